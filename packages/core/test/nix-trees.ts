import fc from "fast-check";
import type { NixExpr } from "../src/nix/ast.ts";
import { nix } from "../src/nix/build.ts";

/** Pieces of text that have a meaning in one of the languages we write, and ordinary ones. */
export const trickyUnit = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("$", "{", "}", "'", '"', "\\", " ", "\n") },
  { weight: 2, arbitrary: fc.constantFrom("''", "${", "''${", "$$", "''\\", "  ", "\n  ", "\r\n") },
  {
    weight: 2,
    arbitrary: fc.constantFrom("\t", "\r", "#", ";", "=", "%", "`", "!", ":", "-", "?>"),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom("a", "Z", "0", "é", "ß", "漢", "😀", "\u2028", "\ufeff"),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("\u0001", "\u001b", "\u007f", "\u0085", "\ufffe", "\ue000"),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("null", "yes", "1e3", "<<", "---", "~", "export ", "[s]"),
  },
);

/** Any text that has a UTF-8 form and no NUL. */
export const trickyText = fc.array(trickyUnit, { maxLength: 14 }).map((units) => units.join(""));

const anyUnicode = fc
  .string({ unit: "binary", maxLength: 20 })
  .map((text) => text.toWellFormed().replaceAll("\0", ""));

export const anyText = fc.oneof(
  { weight: 3, arbitrary: trickyText },
  { weight: 1, arbitrary: anyUnicode },
);

const ascii = fc.string({
  unit: fc.constantFrom("a", "b", " ", "$", "{", "'", '"', "\\", "\n"),
  maxLength: 6,
});
const name = fc.constantFrom("i", "k 1", "or", "x-y", "");

/** Variables that every tree can refer to; each keeps its type wherever it is bound again. */
const globals = {
  i1: nix.literal(3),
  i2: nix.literal(-5),
  b1: nix.literal(true),
  s1: nix.string("s$"),
  l1: nix.list([nix.literal(1)]),
  a1: nix.attrs({ i: nix.literal(7), s: nix.string("t") }),
};

type Trees = Record<"int" | "bool" | "string" | "list" | "attrs", NixExpr>;

const small = fc.integer({ min: -9, max: 9 }).map((value) => nix.literal(value));
const positive = fc.integer({ min: 1, max: 9 }).map((value) => nix.literal(value));

const trees = fc.letrec<Trees>((tie) => ({
  int: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    small,
    fc.constantFrom(nix.ref("i1"), nix.ref("i2"), nix.ref("a1", "i")),
    operators(["+", "-"], tie("int"), tie("int")),
    operators(["*", "/"], tie("int"), positive),
    tie("int").map(nix.negate),
    fc.tuple(tie("attrs"), tie("int")).map(([set, other]) => nix.select(set, ["i"], other)),
    fc.tuple(tie("int"), tie("int")).map(([body, arg]) => nix.call(nix.lambda("i1", body), arg)),
    fc
      .tuple(tie("int"), tie("int"), tie("int"))
      .map(([body, first, second]) =>
        nix.call(nix.lambda("i1", nix.lambda("i2", body)), first, second),
      ),
    fc.tuple(tie("int"), tie("attrs"), tie("int")).map(([body, given, other]) =>
      nix.call(
        nix.fn({ i1: undefined, i2: nix.ref("args", "i1") }, body, {
          isOpen: true,
          alias: "args",
        }),
        nix.binary("//", given, nix.attrs({ i1: other })),
      ),
    ),
    fc
      .tuple(tie("int"), tie("int"))
      .map(([value, more]) =>
        nix.with(nix.attrs({ w1: value }), nix.binary("+", nix.ref("w1"), more)),
      ),
    ...anywhere(tie, tie("int")),
  ),
  bool: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    fc.constantFrom(nix.literal(true), nix.literal(false), nix.ref("b1")),
    operators(["&&", "||", "->"], tie("bool"), tie("bool")),
    operators(["<", "<=", ">", ">=", "==", "!="], tie("int"), tie("int")),
    operators(["==", "!="], tie("list"), tie("list")),
    operators(["==", "!="], tie("attrs"), tie("attrs")),
    operators(["==", "!="], tie("bool"), tie("bool")),
    tie("bool").map(nix.not),
    fc
      .tuple(tie("attrs"), fc.array(name, { minLength: 1, maxLength: 2 }))
      .map(([set, path]) => nix.has(set, path)),
    ...anywhere(tie, tie("bool")),
  ),
  string: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    ascii.map((text) => nix.string(text)),
    fc.constantFrom(nix.ref("s1"), nix.ref("a1", "s")),
    operators(["+"], tie("string"), tie("string")),
    fc
      .tuple(ascii, tie("string"), ascii)
      .map(([left, inner, right]) => nix.string(left, inner, right)),
    fc
      .tuple(ascii, tie("string"), ascii)
      .map(([left, inner, right]) => nix.indented(left, inner, right)),
    fc.tuple(tie("string"), ascii).map(([left, right]) => nix.indented(left, "\n", right)),
    ...anywhere(tie, tie("string")),
  ),
  list: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    fc.constant(nix.ref("l1")),
    fc.array(fc.oneof(tie("int"), tie("string"), tie("attrs")), { maxLength: 3 }).map(nix.list),
    operators(["++"], tie("list"), tie("list")),
    ...anywhere(tie, tie("list")),
  ),
  attrs: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    fc.constant(nix.ref("a1")),
    fc.tuple(name, tie("int")).map(([key, value]) => nix.attrs([nix.bind(key, value)])),
    fc
      .tuple(tie("int"), tie("bool"), ascii)
      .map(([value, flag, comment]) =>
        nix.attrs([
          nix.bind("i", value, { comment }),
          nix.bind(["n", "x y"], flag),
          nix.inherit(["s1"]),
        ]),
      ),
    tie("int").map((value) => nix.rec([nix.bind("t1", value), nix.bind("i", nix.ref("t1"))])),
    fc
      .tuple(tie("string"), tie("int"))
      .map(([key, value]) =>
        nix.attrs([nix.bind([nix.string("p", key)], value), nix.inheritFrom(nix.ref("a1"), ["i"])]),
      ),
    operators(["//"], tie("attrs"), tie("attrs")),
    ...anywhere(tie, tie("attrs")),
  ),
}));

function operators(
  names: readonly (NixExpr & { kind: "binary" })["operator"][],
  left: fc.Arbitrary<NixExpr>,
  right: fc.Arbitrary<NixExpr>,
): fc.Arbitrary<NixExpr> {
  return fc
    .tuple(fc.constantFrom(...names), left, right)
    .map(([operator, first, second]) => nix.binary(operator, first, second));
}

/** The forms that an expression of any type can take. */
function anywhere(
  tie: fc.LetrecTypedTie<Trees>,
  same: fc.Arbitrary<NixExpr>,
): readonly fc.Arbitrary<NixExpr>[] {
  return [
    fc.tuple(tie("bool"), same, same).map(([test, yes, no]) => nix.ifElse(test, yes, no)),
    fc
      .tuple(tie("int"), same)
      .map(([value, body]) =>
        nix.letIn({ t1: value }, nix.call(nix.lambda("i1", body), nix.ref("t1"))),
      ),
    fc.tuple(tie("attrs"), same).map(([scope, body]) => nix.with(scope, body)),
    fc
      .tuple(tie("bool"), same)
      .map(([test, body]) => nix.assert(nix.binary("||", test, nix.literal(true)), body)),
  ];
}

/** A closed expression of any type and shape, except functions. */
export const anyTree: fc.Arbitrary<NixExpr> = fc
  .oneof(trees.int, trees.bool, trees.string, trees.list, trees.attrs)
  .map((body) => nix.letIn(globals, body));
