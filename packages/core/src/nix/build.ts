import { isJsonArray, type JsonValue } from "../encode/json-value.ts";
import { checkNumber } from "../encode/text.ts";
import type { AttrName, BinaryOperator, Binding, Formal, NixExpr, StringPart } from "./ast.ts";
import { checkIdentifier } from "./names.ts";

/** Bindings as a list, or as a record from name to value; undefined values are left out. */
export type BindingsInput = readonly Binding[] | Readonly<Record<string, NixExpr | undefined>>;

interface FunctionOptions {
  /** Accepts other attributes than those named: `...`. */
  readonly isOpen?: boolean;
  /** Name of the whole argument: `{ … }@args`. */
  readonly alias?: string;
}

interface Note {
  readonly comment?: string;
}

const PATH = /^\.(?:\/[A-Za-z0-9._+-]+)+$/;
const SEARCH_PATH = /^[A-Za-z0-9._+-]+(?:\/[A-Za-z0-9._+-]+)*$/;
const SMALLEST_NORMAL = 2.2250738585072014e-308;

function freeze(expr: NixExpr): NixExpr {
  return Object.freeze(expr);
}

function list(items: readonly NixExpr[]): NixExpr {
  return freeze({ kind: "list", items: Object.freeze([...items]) });
}

/** Adjacent texts become one, so that equal strings are equal trees. */
function joinParts(parts: readonly StringPart[]): readonly StringPart[] {
  const joined: StringPart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (typeof part === "string" && typeof last === "string")
      joined[joined.length - 1] = last + part;
    else if (part !== "") joined.push(part);
  }
  return Object.freeze(joined);
}

/** `"…"`; every line break is written as `\n`. */
function string(...parts: readonly StringPart[]): NixExpr {
  return freeze({ kind: "string", parts: joinParts(parts) });
}

/** `''…''`; the value is exactly the parts, however deep the string stands in the file. */
function indented(...parts: readonly StringPart[]): NixExpr {
  return freeze({ kind: "indented", parts: joinParts(parts) });
}

/** The spelling that reads best: indented for a text of several lines, else quoted. */
function text(value: string): NixExpr {
  return value.trimEnd().includes("\n") ? indented(value) : string(value);
}

function ref(name: string, ...path: readonly AttrName[]): NixExpr {
  const variable = freeze({ kind: "ref", name: checkIdentifier(name) });
  return path.length === 0 ? variable : select(variable, path);
}

/** `target.path`; selecting from a selection prolongs its path. */
function select(target: NixExpr, path: readonly AttrName[], fallback?: NixExpr): NixExpr {
  if (path.length === 0) throw new Error("a selection needs at least one name");
  if (target.kind === "select" && target.fallback === undefined) {
    return select(target.target, [...target.path, ...path], fallback);
  }
  return freeze({ kind: "select", target, path: Object.freeze([...path]), fallback });
}

function call(callee: NixExpr, ...args: readonly NixExpr[]): NixExpr {
  if (args.length === 0) return callee;
  if (callee.kind === "call") return call(callee.callee, ...callee.args, ...args);
  return freeze({ kind: "call", callee, args: Object.freeze([...args]) });
}

/**
 * A number, boolean or null. Nix has no literal for numbers below the smallest normal one: they
 * are read from JSON.
 */
function literal(value: number | boolean | null): NixExpr {
  if (typeof value !== "number") return freeze({ kind: "literal", value });
  const size = Math.abs(checkNumber("Nix", value));
  if (size === 0 || size >= SMALLEST_NORMAL) return freeze({ kind: "literal", value });
  return call(ref("builtins", "fromJSON"), string(String(value)));
}

/** `./a/b`; characters that a Nix path has no spelling for go into a string beside it. */
function path(relative: `./${string}`): NixExpr {
  if (PATH.test(relative)) return freeze({ kind: "path", path: relative });
  return binary("+", freeze({ kind: "path", path: "./." }), string(relative.slice(1)));
}

function searchPath(name: string): NixExpr {
  if (!SEARCH_PATH.test(name)) throw new Error(`not a search path of Nix: ${JSON.stringify(name)}`);
  return freeze({ kind: "search-path", name });
}

function bind(name: string | readonly AttrName[], value: NixExpr, note: Note = {}): Binding {
  const names = typeof name === "string" ? [name] : [...name];
  if (names.length === 0) throw new Error("a binding needs at least one name");
  const comment = note.comment;
  return Object.freeze({ kind: "assign", path: Object.freeze(names), value, comment });
}

function inherit(names: readonly string[], note: Note = {}): Binding {
  for (const name of names) checkIdentifier(name);
  return inheritNode(names, undefined, note);
}

function inheritFrom(source: NixExpr, names: readonly string[], note: Note = {}): Binding {
  return inheritNode(names, source, note);
}

function inheritNode(names: readonly string[], source: NixExpr | undefined, note: Note): Binding {
  if (names.length === 0) throw new Error("inherit needs at least one name");
  const comment = note.comment;
  return Object.freeze({ kind: "inherit", source, names: Object.freeze([...names]), comment });
}

function toBindings(input: BindingsInput): readonly Binding[] {
  if (isBindings(input)) return Object.freeze([...input]);
  const bindings: Binding[] = [];
  for (const [name, value] of Object.entries(input)) {
    if (value !== undefined) bindings.push(bind(name, value));
  }
  return Object.freeze(bindings);
}

function isBindings(input: BindingsInput): input is readonly Binding[] {
  return Array.isArray(input);
}

function attrs(input: BindingsInput): NixExpr {
  return freeze({ kind: "attrs", recursive: false, bindings: toBindings(input) });
}

function rec(input: BindingsInput): NixExpr {
  return freeze({ kind: "attrs", recursive: true, bindings: toBindings(input) });
}

/** The bindings of a `let` are variables, so their names are never computed or quoted. */
function letIn(input: BindingsInput, body: NixExpr): NixExpr {
  const bindings = toBindings(input);
  return bindings.length === 0 ? body : freeze({ kind: "let", bindings, body });
}

/** `param: body` */
function lambda(param: string, body: NixExpr): NixExpr {
  return freeze({ kind: "lambda", param: checkIdentifier(param), body });
}

/** `{ pkgs, lib ? default }: body`; a formal without default is given as undefined. */
function fn(
  formals: Readonly<Record<string, NixExpr | undefined>>,
  body: NixExpr,
  options: FunctionOptions = {},
): NixExpr {
  const entries: Formal[] = [];
  for (const [name, fallback] of Object.entries(formals)) {
    entries.push(Object.freeze({ name: checkIdentifier(name), fallback }));
  }
  const alias = options.alias === undefined ? undefined : checkIdentifier(options.alias);
  const isOpen = options.isOpen ?? false;
  return freeze({ kind: "function", formals: Object.freeze(entries), isOpen, alias, body });
}

function ifElse(condition: NixExpr, then: NixExpr, otherwise: NixExpr): NixExpr {
  return freeze({ kind: "if", condition, then, otherwise });
}

function binary(operator: BinaryOperator, left: NixExpr, right: NixExpr): NixExpr {
  return freeze({ kind: "binary", operator, left, right });
}

/** Any JSON value; texts of several lines stay in one quoted string. */
function json(value: JsonValue): NixExpr {
  if (typeof value === "string") return string(value);
  if (value === null || typeof value !== "object") return literal(value);
  if (isJsonArray(value)) return list(value.map(json));
  return attrs(Object.entries(value).map(([name, item]) => bind(name, json(item))));
}

/** A set of strings, each in the spelling that reads best. */
function strings(record: Readonly<Record<string, string>>): NixExpr {
  return attrs(Object.entries(record).map(([name, value]) => bind(name, text(value))));
}

/** Frozen factories of every node; they take data, never Nix text. */
export const nix = {
  string,
  indented,
  text,
  literal,
  path,
  searchPath,
  ref,
  select,
  has: (target: NixExpr, path: readonly AttrName[]): NixExpr =>
    freeze({ kind: "has", target, path: Object.freeze([...path]) }),
  list,
  attrs,
  rec,
  bind,
  inherit,
  inheritFrom,
  call,
  lambda,
  fn,
  letIn,
  ifElse,
  with: (scope: NixExpr, body: NixExpr): NixExpr => freeze({ kind: "with", scope, body }),
  assert: (condition: NixExpr, body: NixExpr): NixExpr =>
    freeze({ kind: "assert", condition, body }),
  binary,
  not: (operand: NixExpr): NixExpr => freeze({ kind: "not", operand }),
  negate: (operand: NixExpr): NixExpr => freeze({ kind: "negate", operand }),
  json,
  strings,
} as const;
