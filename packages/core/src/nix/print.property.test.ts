import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evalNix, parseNix } from "../../test/nix-eval.ts";
import { canonical, interpret } from "../../test/nix-interpreter.ts";
import { anyText, anyTree } from "../../test/nix-trees.ts";
import type { JsonValue } from "../encode/json-value.ts";
import type { NixExpr } from "./ast.ts";
import { nix } from "./build.ts";
import { printNix } from "./print.ts";

const LARGE = `${"''${x} \"'$\\\n  ".repeat(5000)}${"🦀é".repeat(2000)}`;

/** Texts that once broke a printer, and every short mix of the characters with a meaning. */
const known: readonly string[] = [
  ...["", "'", "''", "'''", "''''", "$", "$$", "${", "$${", "''${", "''$", "'${x}", "\\", "\\n"],
  ...[
    " ",
    "  ",
    "\n",
    "\n\n",
    " \n",
    "\n ",
    " \n ",
    "  a\n  b",
    "  a\n b\n",
    "a\n\n  b ",
    "\ta\n\tb",
  ],
  ...[
    "\r",
    "\r\n",
    "a\rb\r\n",
    "'\r",
    "' ",
    "'\n",
    "$\n",
    "$'",
    "$''",
    "''\\",
    "''\\'",
    " '",
    "   ''",
  ],
  LARGE,
];

function evalAll(exprs: readonly NixExpr[]): unknown {
  return evalNix(printNix(nix.list(exprs)));
}

/** Nix 2.8 prints floats with six digits, so Nix itself compares them. */
const anyNumber = fc.oneof(
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)),
  fc.constantFrom(1e21, 1e-7, -1e300, 5e-324, 0.1, 2 ** 62, 1e15 + 0.5),
);

const { value: anyJson } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    fc.constantFrom(null, true, false),
    anyNumber.filter((value) => Math.abs(value) < 2 ** 63 || !Number.isInteger(value)),
    anyText,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(
      anyText.filter((key) => key !== "__proto__"),
      tie("value"),
      { maxKeys: 4 },
    ),
  ),
}));

describe("laws of the printer, with the real evaluator", () => {
  it("prints any JSON value so that it evaluates to itself", () => {
    const values = fc.sample(anyJson, 500);
    const comparisons = values.map((value) =>
      nix.binary(
        "==",
        nix.json(value),
        nix.call(nix.ref("builtins", "fromJSON"), nix.string(JSON.stringify(value))),
      ),
    );
    expect(evalAll(comparisons)).toEqual(values.map(() => true));
    const texts = values.filter((value) => !/[.e]|outPath|__toString/.test(JSON.stringify(value)));
    expect(evalAll(texts.map(nix.json))).toEqual(texts);
  });

  it("keeps any text in a quoted string, also beside interpolations", () => {
    const pairs = fc.sample(fc.tuple(anyText, anyText), 400);
    expect(evalAll([...known, ...pairs.flat()].map((text) => nix.string(text)))).toEqual([
      ...known,
      ...pairs.flat(),
    ]);
    const mixed = pairs.map(([left, right]) => nix.string(left, nix.string(right), left));
    expect(evalAll(mixed)).toEqual(pairs.map(([left, right]) => left + right + left));
  });

  it("keeps any text in an indented string, beside interpolations and at any depth", () => {
    const pairs = fc.sample(fc.tuple(anyText, anyText), 400);
    const texts = [...known, ...pairs.map(([left, right]) => `${left}\n${right}`)];
    expect(evalAll(texts.map((text) => nix.indented(text)))).toEqual(texts);
    const mixed = pairs.map(([left, right]) =>
      nix.indented(left, nix.indented(right, "\n"), `\n${left}`, nix.string("x"), right),
    );
    const wanted = pairs.map(([left, right]) => `${left}${right}\n\n${left}x${right}`);
    expect(evalAll(mixed)).toEqual(wanted);
    const deep = mixed.map((expr, index) => nest(expr, index % 7));
    expect(evalAll(deep)).toEqual(wanted.map((text, index) => nestValue(text, index % 7)));
  });

  it("keeps any attribute name, bound, selected and asked for", () => {
    const names = [
      ...new Set([
        "if",
        "or",
        "rec",
        "a-b",
        "a'",
        "",
        "0",
        "a.b",
        "true",
        ...fc.sample(anyText, 400),
      ]),
    ];
    const sets = names.map((name) => nix.attrs([nix.bind(name, nix.string(name))]));
    const selected = sets.map((set, index) => nix.select(set, [names[index] ?? ""]));
    expect(evalAll(selected)).toEqual(names);
    const all = nix.attrs(names.map((name) => nix.bind(["x", name], nix.literal(1))));
    expect(evalAll([nix.call(nix.ref("builtins", "attrNames"), nix.select(all, ["x"]))])).toEqual([
      names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    ]);
    const asked = sets.map((set, index) => nix.has(set, [nix.string(names[index] ?? "")]));
    expect(evalAll(asked)).toEqual(names.map(() => true));
  });

  it("keeps any comment out of the value", () => {
    const comments = fc.sample(anyText, 200);
    const sets = comments.map((comment) => nix.attrs([nix.bind("a", nix.literal(1), { comment })]));
    expect(evalAll(sets)).toEqual(comments.map(() => ({ a: 1 })));
  });

  it("puts parentheses so that any tree means what the interpreter says", () => {
    const trees = fc.sample(anyTree, 600);
    const values = evalAll(trees);
    expect(Array.isArray(values) && values.map(canonical)).toEqual(
      trees.map((tree) => canonical(interpret(tree))),
    );
  });

  it("prints the same text for equal trees, and what the parser takes for the same tree", () => {
    const trees = fc.sample(anyTree, 50);
    const copies = trees.map((tree) => structuredClone(tree));
    expect(copies.map(printNix)).toEqual(trees.map(printNix));
    expect(parseNix(printNix(nix.list(trees)))).toBe(
      parseNix(`[ ${trees.map((tree) => `(${printNix(tree)})`).join(" ")} ]`),
    );
  });

  it.each([
    ["a NUL character", "a\0b"],
    ["half of a surrogate pair", "a\ud800b"],
    ["half of a surrogate pair", "\udc00"],
  ])("refuses %s wherever text stands", (what, text) => {
    const exprs = [
      nix.string(text),
      nix.indented(text, "\n"),
      nix.attrs([nix.bind(text, nix.literal(1))]),
      nix.attrs([nix.bind("a", nix.literal(1), { comment: text })]),
      nix.path(`./${text}`),
    ];
    for (const expr of exprs) {
      expect(() => printNix(expr)).toThrow(
        expect.objectContaining({
          code: "ENCODE_IMPOSSIBLE",
          message: expect.stringContaining(what),
        }),
      );
    }
  });
});

function nest(expr: NixExpr, depth: number): NixExpr {
  return depth === 0 ? expr : nix.attrs([nix.bind("a", nix.list([nest(expr, depth - 1)]))]);
}

function nestValue(value: unknown, depth: number): unknown {
  return depth === 0 ? value : { a: [nestValue(value, depth - 1)] };
}
