import { describe, expect, it } from "vitest";
import type { Hop3Lock, MissingHash } from "./hop3-lock.ts";
import { planLock } from "./update-lock.ts";

const hash = `sha256-${"A".repeat(43)}=`;
const go = (files: readonly string[]): MissingHash => ({
  key: "go:example.org/x@v1.0.0",
  registry: "go",
  files: files.map((file) => ({ file, path: `example.org/x/@v/${file}` })),
});
const flask: MissingHash = {
  key: "pypi:flask@3.0",
  registry: "pypi",
  files: [],
  index: { name: "flask", version: "3.0", hashes: [], extras: [] },
};
const lock: Hop3Lock = {
  version: 1,
  packages: {
    "go:example.org/x@v1.0.0": [{ file: "v1.0.0.mod", hash }],
    "pypi:flask@3.0": [{ file: "flask-3.0-py3-none-any.whl", hash }],
  },
};

describe("planLock", () => {
  it.each<readonly [string, readonly MissingHash[], readonly string[], readonly string[]]>([
    ["keeps what is asked for", [go(["v1.0.0.mod"]), flask], [], []],
    [
      "wants what is not there",
      [go(["v1.0.0.mod"]), flask, { ...flask, key: "pypi:a@1" }],
      ["pypi:a@1"],
      [],
    ],
    [
      "wants a dependency whose files are others",
      [go(["v1.0.0.mod", "v1.0.0.zip"]), flask],
      ["go:example.org/x@v1.0.0"],
      [],
    ],
    ["drops what nothing asks for", [flask], [], ["go:example.org/x@v1.0.0"]],
    ["drops all where nothing is open", [], [], ["go:example.org/x@v1.0.0", "pypi:flask@3.0"]],
  ])("%s", (...row) => {
    const [, missing, wanted, dropped] = row;
    const plan = planLock(lock, missing);
    expect(plan.wanted.map(({ key }) => key)).toEqual(wanted);
    expect(plan.dropped).toEqual(dropped);
    for (const [key, files] of Object.entries(plan.kept)) expect(files).toBe(lock.packages[key]);
  });
});
