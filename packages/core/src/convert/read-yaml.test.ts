import { describe, expect, it } from "vitest";
import { readToml } from "./read-toml.ts";
import { readYaml } from "./read-yaml.ts";

describe("readYaml", () => {
  it("knows where things stand, those behind an alias included", () => {
    const document = readYaml("a: &x\n  - b: 1\nc: *x\n", "f.yaml");
    expect(document.value).toEqual({ a: [{ b: 1 }], c: [{ b: 1 }] });
    expect(document.placeOf(["a", 0, "b"])).toEqual({ file: "f.yaml", line: 2, column: 8 });
    expect(document.placeOf(["c", 0, "b"])).toMatchObject({ line: 3 });
    expect(document.placeOf([])).toEqual({ file: "f.yaml", line: 1, column: 1 });
  });

  it.each([
    ["a tab", "a:\n\tb: 1\n", "f.yaml:2:1"],
    ["an alias to nothing", "a: *b\n", "not valid YAML"],
    ["two documents", "a: 1\n---\nb: 2\n", "not valid YAML"],
  ])("refuses %s with its place", (_name, text, part) => {
    expect(() => readYaml(text, "f.yaml")).toThrow(part);
  });

  it("refuses aliases that multiply", () => {
    const names = [..."abcdefghi"];
    const lines = names.map((name, index) => {
      const before = names[index - 1];
      const items = before === undefined ? '"x"' : Array(9).fill(`*${before}`).join(", ");
      return `${name}: &${name} [${items}]`;
    });
    expect(() => readYaml(lines.join("\n"), "f.yaml")).toThrow("alias");
  });
});

describe("readToml", () => {
  it("knows where things stand, and refuses the rest with a place", () => {
    const document = readToml("[a]\n b = 1\n", "f.toml");
    expect(document.placeOf(["a", "b"])).toEqual({ file: "f.toml", line: 2, column: 2 });
    expect(() => readToml("a = 1\nb = = 2\n", "f.toml")).toThrow("f.toml:2:5: not valid TOML");
  });
});
