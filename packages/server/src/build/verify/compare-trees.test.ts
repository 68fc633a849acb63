import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { FileDifference } from "@hop3/core";
import { afterAll, describe, expect, it } from "vitest";
import { compareTrees } from "./compare-trees.ts";

const dir = mkdtempSync(join(tmpdir(), "hop3-compare-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

type Tree = Readonly<Record<string, string | { link: string } | { program: string }>>;

let trees = 0;

function make(tree: Tree): string {
  const root = join(dir, String(trees++));
  mkdirSync(root);
  for (const [name, entry] of Object.entries(tree)) {
    const file = join(root, name);
    mkdirSync(dirname(file), { recursive: true });
    if (typeof entry === "object" && "link" in entry) symlinkSync(entry.link, file);
    else writeFileSync(file, typeof entry === "string" ? entry : entry.program);
    if (typeof entry === "object" && "program" in entry) chmodSync(file, 0o755);
  }
  return root;
}

const large = "x".repeat(200_000);

const cases: readonly (readonly [string, Tree, Tree, readonly FileDifference[]])[] = [
  ["equal trees", { "a/b": "1", c: { link: "/x" } }, { "a/b": "1", c: { link: "/x" } }, []],
  [
    "other bytes",
    { a: "abcd" },
    { a: "abXd" },
    [{ path: "a", kind: "bytes", offset: 2, sizes: [4, 4] }],
  ],
  [
    "a longer file",
    { a: "ab" },
    { a: "abc" },
    [{ path: "a", kind: "size", offset: 2, sizes: [2, 3] }],
  ],
  ["an empty file", { a: "" }, { a: "c" }, [{ path: "a", kind: "size", offset: 0, sizes: [0, 1] }]],
  [
    "a byte behind the first pieces",
    { a: `${large}1${large}` },
    { a: `${large}2${large}` },
    [{ path: "a", kind: "bytes", offset: 200_000, sizes: [400_001, 400_001] }],
  ],
  [
    "names",
    { "d/a": "", "d/b": "" },
    { "d/b": "", "d/c": "" },
    [
      { path: "d/a", kind: "missing" },
      { path: "d/c", kind: "added" },
    ],
  ],
  ["who may execute", { a: "x" }, { a: { program: "x" } }, [{ path: "a", kind: "mode" }]],
  ["a link", { a: { link: "/x" } }, { a: { link: "/y" } }, [{ path: "a", kind: "target" }]],
  ["a file and a directory", { a: "x" }, { "a/b": "x" }, [{ path: "a", kind: "type" }]],
];

describe("compareTrees", () => {
  it.each(cases)("%s", async (...row) => {
    const [, left, right, differences] = row;
    expect(await compareTrees(make(left), make(right))).toEqual(differences);
  });

  it("compares two files as such", async () => {
    const found = await compareTrees(join(make({ a: "1" }), "a"), join(make({ a: "2" }), "a"));
    expect(found).toEqual([{ path: "", kind: "bytes", offset: 0, sizes: [1, 1] }]);
  });
});
