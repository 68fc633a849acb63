import fc from "fast-check";
import { parse, stringify } from "smol-toml";
import { describe, expect, it } from "vitest";
import { findPositions, type KeyPath } from "./positions.ts";

const text = `# comment = 1
title = "a # b"
[build] # a table
ignore = [
  "one", # first
  'two',
]
nix.file = "x.nix"
"quoted key" = """
not = "a key"
"""
[run.workers]
web = { command = "serve", instances = 2 }
"w.2" = '''
[not.a.table]'''

[[volumes]]
name = "a"
[volumes.backup]
include = true
[[volumes]]
  name = "b"
[ a . "b" ]
c = 2024-01-01T00:00:00Z
d = [{ x = 1 }, { y = [1,
 2] }]
`;

const cases: readonly [path: KeyPath, line: number, column: number][] = [
  [["title"], 2, 1],
  [["build"], 3, 2],
  [["build", "ignore"], 4, 1],
  [["build", "ignore", 1], 6, 3],
  [["build", "nix"], 8, 1],
  [["build", "nix", "file"], 8, 5],
  [["build", "quoted key"], 9, 1],
  [["run"], 12, 2],
  [["run", "workers"], 12, 6],
  [["run", "workers", "web", "instances"], 13, 28],
  [["run", "workers", "w.2"], 14, 1],
  [["volumes", 0], 17, 3],
  [["volumes", 0, "name"], 18, 1],
  [["volumes", 0, "backup", "include"], 20, 1],
  [["volumes", 1, "name"], 22, 3],
  [["a", "b", "c"], 24, 1],
  [["a", "b", "d", 1, "y", 1], 26, 2],
];

describe("findPositions", () => {
  const positions = findPositions(text);

  it.each(cases)("finds %j", (path, line, column) => {
    expect(positions.find(path)).toEqual({ line, column });
  });

  it("falls back to what is around a path", () => {
    expect(positions.find(["build", "nix", "pure"])).toEqual({ line: 8, column: 1 });
    expect(positions.find(["nowhere"])).toBeUndefined();
  });

  it("finds every key of any document that smol-toml writes", () => {
    const key = fc.string({
      minLength: 1,
      unit: fc.constantFrom("a", "-", ".", " ", '"', "é", "#", "]"),
    });
    const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean());
    const { document } = fc.letrec<{ document: Record<string, unknown>; value: unknown }>(
      (tie) => ({
        document: fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
        value: fc.oneof(
          { depthSize: "small" },
          scalar,
          fc.array(scalar),
          fc.array(tie("document")),
          tie("document"),
        ),
      }),
    );
    fc.assert(
      fc.property(document, (value) => {
        const written = stringify(value);
        const found = findPositions(written);
        for (const path of pathsOf(parse(written), [])) {
          const outer = path.slice(0, -1);
          const { line = 0, column = 0 } = found.find(path) ?? {};
          expect(found.find(path), written).toBeDefined();
          expect(written.split("\n")[line - 1]?.length ?? 0).toBeGreaterThanOrEqual(column - 1);
          if (outer.length > 0) expect(found.find(outer)?.line).toBeLessThanOrEqual(line);
        }
      }),
    );
  });
});

/** Paths of keys; elements of arrays have no key of their own to look for. */
function pathsOf(value: unknown, path: KeyPath): KeyPath[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    return [here, ...pathsOf(inner, here)];
  });
}
