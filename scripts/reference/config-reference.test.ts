import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeConfigReference, makeConfigSchema } from "./config-reference.ts";

const reference = join(import.meta.dirname, "../../docs/reference");

describe("docs/reference", () => {
  it.each([
    ["hop3-toml.md", makeConfigReference],
    ["hop3.schema.json", makeConfigSchema],
  ])("%s is what the schema says (node scripts/generate-reference.ts)", (name, make) => {
    expect(readFileSync(join(reference, name), "utf8")).toBe(make());
  });
});
