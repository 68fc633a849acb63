import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandNeeds } from "../scripts/command-needs.ts";
import { makeReference } from "../scripts/reference.ts";
import { call } from "../test/call.ts";
import type { CommandSpec } from "./command.ts";
import { commandTree } from "./tree.ts";
import { commonOptions } from "./tree-options.ts";

function listLeaves(spec: CommandSpec, path: readonly string[] = []): [string, CommandSpec][] {
  const below = (spec.children ?? []).flatMap((child) => listLeaves(child, [...path, child.name]));
  return spec.load === undefined ? below : [[path.join(" "), spec], ...below];
}

const leaves = listLeaves(commandTree);

describe("the command tree", () => {
  it.each(leaves)("loads the code of hop3 %s", async (_path, spec) => {
    expect(await spec.load?.()).toBeTypeOf("function");
  });

  it.each(leaves)("gives hop3 %s options that differ", (_path, spec) => {
    const options = [...(spec.options ?? []), ...commonOptions];
    const names = options.flatMap(({ name, short }) =>
      short === undefined ? [name] : [name, short],
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(leaves)("has help for hop3 %s", async (path) => {
    const result = await call([...path.split(" "), "--help"]);
    expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    expect(result.stdout).toContain(`Usage: hop3 ${path}`);
  });

  it("says of every command which permission it needs", () => {
    expect(Object.keys(commandNeeds).sort()).toEqual(leaves.map(([path]) => path).sort());
  });

  it("has a command for every file of commands", async () => {
    const text = readdirSync(import.meta.dirname)
      .filter((name) => /^tree(?:-[a-z]+)?\.ts$/.test(name))
      .map((name) => readFileSync(join(import.meta.dirname, name), "utf8"))
      .join("");
    for (const file of readdirSync(join(import.meta.dirname, "commands"))) {
      expect(text).toContain(`import("./commands/${file}")`);
    }
  });
});

describe("docs/reference/cli.md", () => {
  it("is what the tree says; else run packages/cli/scripts/write-reference.ts", () => {
    const file = join(import.meta.dirname, "../../../docs/reference/cli.md");
    expect(readFileSync(file, "utf8")).toBe(makeReference(commandTree));
  });
});
