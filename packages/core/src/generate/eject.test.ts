import { describe, expect, it } from "vitest";
import { withoutNixSection } from "./eject.ts";

const cases: readonly (readonly [name: string, before: string, after: string])[] = [
  ["a file without it", "# mine\n[run]\nstart = 'x' # y\n", "# mine\n[run]\nstart = 'x' # y\n"],
  [
    "tables and lists of tables",
    "[nix]\ntemplate = 'a'\n\n[nix.env-exports]\nA = 'b'\n[[nix.config-files]]\npath = 'c'\n\n# of run\n[run]\nstart = 'x'\n",
    "# of run\n[run]\nstart = 'x'\n",
  ],
  [
    "values of several lines",
    "[nix]\npre-exec = [\n  'a', # ]\n  \"\"\"[run]\nb\\\"\"\"\"\n,\n]\nraw = '''\n[x]\n'''\n[env]\nA = '1'\n",
    "[env]\nA = '1'\n",
  ],
  ["dotted keys at the root", 'nix.template = "a"\n[run]\nnix-like = 1\n', "[run]\nnix-like = 1\n"],
  ["a key of another table", "[run]\nnix = 1\n", "[run]\nnix = 1\n"],
  ["comments inside of it", "[nix]\n# why\ntemplate = 'a' # gone\n", "# why\n"],
];

describe("withoutNixSection", () => {
  it.each(cases)("%s", (_name, before, after) => {
    expect(withoutNixSection(before)).toBe(after);
  });
});
