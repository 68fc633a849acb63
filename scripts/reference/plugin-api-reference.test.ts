import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as api from "../../packages/core/src/plugin/api.ts";
import { makePluginApiReference, readPluginApi } from "./plugin-api-reference.ts";

const root = join(import.meta.dirname, "../..");

describe("hop3/plugin", () => {
  it("exports what docs/reference/plugin-api.md lists (node scripts/generate-reference.ts)", () => {
    const page = readFileSync(join(root, "docs/reference/plugin-api.md"), "utf8");
    expect(page).toBe(makePluginApiReference());
  });

  it("has the values at run time, and nothing beside them", () => {
    const listed = readPluginApi().filter(({ isType }) => !isType);
    expect(Object.keys(api).sort()).toEqual(listed.map(({ name }) => name));
  });

  it("says of every name what it is", () => {
    expect(readPluginApi().filter(({ summary }) => summary === "")).toEqual([]);
  });

  it("has every contract", () => {
    const exported = new Set(readPluginApi().map(({ name }) => name));
    const contracts = ["addon", "blocks", "builder", "check", "command", "host", "plugin"].concat([
      "router",
      "run",
      "supervisor",
    ]);
    const missing = contracts.flatMap((file) => {
      const text = readFileSync(join(root, `packages/core/src/plugin/${file}.ts`), "utf8");
      const declared = [...text.matchAll(/^export (?:interface|type) (\w+)/gm)];
      return declared.map(([, name = ""]) => name).filter((name) => !exported.has(name));
    });
    expect(missing).toEqual([]);
  });
});
