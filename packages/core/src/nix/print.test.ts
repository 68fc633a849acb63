import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { NixExpr } from "./ast.ts";
import { nix } from "./build.ts";
import { printNix, printNixFile } from "./print.ts";

/** Texts of the width that makes a line too long where two or three of them meet. */
const wide = nix.string("x".repeat(50));
const half = nix.string("x".repeat(30));
const a = nix.ref("a");
const b = nix.ref("b");
const c = nix.ref("c");
const f = nix.ref("f");
const set = nix.attrs({ x: a });

function value(expr: NixExpr): NixExpr {
  return nix.attrs({ value: expr });
}

const template = nix.fn(
  { pkgs: undefined },
  nix.attrs({
    package: nix.call(
      nix.ref("pkgs", "buildEnv"),
      nix.attrs({
        name: nix.string("myapp-1.0.0"),
        paths: nix.list([
          nix.call(
            nix.ref("pkgs", "python312", "withPackages"),
            nix.lambda("ps", nix.list([nix.ref("ps", "flask")])),
          ),
          nix.path("./."),
        ]),
      }),
    ),
    workers: nix.strings({ web: "flask run --port $PORT" }),
    env: nix.strings({ PYTHONUNBUFFERED: "1", GREETING: 'he said "${x}"' }),
  }),
);

/** Row by row the sections of print.golden, which the formatter of RFC 166 leaves as they are. */
const rows: Readonly<Record<string, NixExpr>> = {
  "a template": template,
  "empty brackets": nix.attrs({ set: nix.attrs({}), list: nix.list([]), rec: nix.rec({}) }),
  numbers: nix.list([0, -1, 1.5, 1e21, -2.5e-9, 2 ** 62, 2 ** 63].map(nix.literal)),
  "a number too small for a literal": value(nix.literal(5e-324)),
  "true, false, null": nix.list([true, false, null].map(nix.literal)),
  "escapes in a string": value(nix.string('"\\ ${x} $x $$ \t\r\n')),
  "a dollar before an interpolation": value(nix.string("$", a, "$")),
  "names that need quotes": nix.attrs({ if: a, or: a, "a b": a, "1": a, "": a, "a-b'": a }),
  "an attribute path": nix.attrs([nix.bind(["a", "b c", nix.string("x", a), b], c)]),
  selections: nix.list([
    nix.ref("a", "b", "c d"),
    nix.select(a, ["b"], nix.string("c")),
    nix.select(nix.call(f, a), ["b"]),
    nix.select(nix.select(a, ["b"], b), ["c"]),
    nix.has(a, ["b", "c"]),
  ]),
  "a long default": value(nix.select(nix.ref("a".repeat(60)), ["b"], wide)),
  paths: nix.list([
    nix.path("./a/b.c"),
    nix.path("./."),
    nix.path("./a b"),
    nix.searchPath("nixpkgs"),
  ]),
  "an indented string": value(nix.text("one\n  two\n\nthree ''${x}\n")),
  "an indented string without last line break": value(nix.indented("one\n", a, "\ntwo")),
  "an indented string that is indented itself": value(nix.indented("  one\n    two \n   \n")),
  "an indented string of one line": value(nix.indented("it's ", a)),
  "a long interpolation": value(nix.string(nix.call(f, wide, nix.ifElse(a, b, c)))),
  "a list of compound items": nix.list([
    nix.call(f, a),
    nix.lambda("x", a),
    nix.letIn({ b: a }, b),
  ]),
  inherit: nix.attrs([
    nix.inherit(["a", "b"]),
    nix.inheritFrom(nix.ref("lib"), ["a", "b", "c", "d"]),
    nix.inherit(["one", "two", "three", "four"], { comment: "Four of them" }),
  ]),
  comments: nix.attrs([
    nix.bind("a", b, { comment: "One line" }),
    nix.bind("c", set, { comment: "Two\r\n\nlines\rand no code" }),
  ]),
  "a call": value(nix.call(f, a, nix.call(f, b), nix.string("c"))),
  "a call that ends in a set": value(nix.call(f, a, set)),
  "a call with a set before the end": value(nix.call(f, set, a)),
  "a call with two sets": value(nix.call(f, set, set)),
  "a call that ends in a list": value(nix.call(f, a, nix.list([b, c]))),
  "a call with a short list before the end": value(nix.call(f, nix.list([b, c]), a)),
  "a call with two lists": value(nix.call(f, nix.list([a]), nix.list([b, c]))),
  "a call on the next line": value(nix.call(f, half, half, nix.call(f, a), b, half)),
  "a call with each argument on its line": value(nix.call(f, wide, wide, wide)),
  "a call that ends in a function": value(nix.call(f, nix.lambda("x", set))),
  "a call that ends in a long function": value(
    nix.call(f, nix.lambda("x", nix.call(f, wide, wide, a))),
  ),
  "a call that ends in a call": nix.call(f, nix.call(nix.ref("g"), set)),
  "a call of a function": value(nix.call(nix.fn({ a: undefined }, set), b)),
  "an import": value(nix.call(nix.ref("import"), nix.searchPath("nixpkgs"), nix.attrs({}))),
  operators: value(
    nix.binary("->", nix.not(nix.binary("==", a, b)), nix.binary("||", nix.has(a, ["b"]), c)),
  ),
  "parentheses of operators": nix.list([
    nix.binary("-", a, nix.binary("-", b, c)),
    nix.binary("-", nix.binary("-", a, b), c),
    nix.binary("++", a, nix.binary("++", b, c)),
    nix.binary("++", nix.binary("++", a, b), c),
    nix.negate(nix.negate(a)),
    nix.binary("*", nix.binary("+", a, b), nix.literal(-1)),
  ]),
  "long operators": value(nix.binary("+", wide, nix.binary("+", wide, wide))),
  "mixed long operators": value(
    nix.binary("&&", nix.binary("||", wide, half), nix.binary("==", a, wide)),
  ),
  "an update": value(nix.binary("//", a, set)),
  "a list and more": value(
    nix.binary("++", nix.list([a]), nix.call(nix.ref("lib", "optionals"), b, nix.list([c]))),
  ),
  if: value(nix.ifElse(a, b, c)),
  "a long if": value(nix.ifElse(a, wide, nix.ifElse(b, c, wide))),
  let: value(nix.letIn({ b: a, c: set }, b)),
  with: nix.attrs({
    list: nix.with(nix.ref("pkgs"), nix.list([a])),
    short: nix.with(nix.ref("pkgs"), a),
    long: nix.with(nix.ref("pkgs"), nix.call(f, wide, wide, a)),
  }),
  assert: value(nix.assert(nix.binary("==", a, b), c)),
  functions: nix.attrs({
    simple: nix.lambda("x", nix.lambda("y", a)),
    three: nix.lambda("x", nix.lambda("y", nix.lambda("z", a))),
    set: nix.lambda("x", set),
    open: nix.fn({ a: undefined, b: undefined }, a, { isOpen: true }),
    alias: nix.fn({ a: undefined }, set, { alias: "args" }),
    empty: nix.fn({}, a),
    defaults: nix.fn({ a: undefined, b: nix.ref("a", "b"), c: nix.attrs({}) }, c, { isOpen: true }),
  }),
  "a JSON value": nix.json({ a: [1, "b", { "c d": null }], e: {}, f: "g\nh" }),
};

function readGolden(): ReadonlyMap<string, string> {
  const text = readFileSync(join(import.meta.dirname, "print.golden"), "utf8");
  const sections = text.split(/^=== /m).slice(1);
  return new Map(
    sections.map((section) => {
      const end = section.indexOf("\n");
      return [section.slice(0, end), section.slice(end + 1, -1)];
    }),
  );
}

describe("printNix", () => {
  const golden = readGolden();

  it.each(Object.entries(rows))("lays out %s", (name, expr) => {
    expect(printNix(expr)).toBe(golden.get(name));
  });

  it("has a row for every section of the golden file", () => {
    expect(Object.keys(rows)).toEqual([...golden.keys()]);
  });

  it("puts a comment above a file and a line break below", () => {
    expect(printNixFile(nix.literal(1), "Made by a template\n\nDo not edit")).toBe(
      "# Made by a template\n#\n# Do not edit\n1\n",
    );
    expect(printNixFile(a)).toBe("a\n");
  });

  it.each([
    ["a keyword", () => nix.ref("if")],
    ["code", () => nix.ref("a; b")],
    ["a parameter", () => nix.lambda("a b", nix.literal(1))],
    ["a formal", () => nix.fn({ "a.b": undefined }, nix.literal(1))],
    ["an alias", () => nix.fn({}, nix.literal(1), { alias: "" })],
    ["a search path", () => nix.searchPath("a b")],
    ["an inherited name", () => nix.inherit(["a b"])],
  ])("takes no text for a name: %s", (_, act) => {
    expect(act).toThrow("not a ");
  });
});
