import type { Place } from "../errors.ts";
import type { NixExpr } from "../nix/ast.ts";
import { nix } from "../nix/build.ts";
import { recipeReferenceUnknown, recipeTextInvalid } from "./generate-errors.ts";
import { fromNix, type Text, type TextPart, variable } from "./text.ts";

/** What a text of a recipe may refer to, and where it stands. */
export interface TextScope {
  readonly key: string;
  readonly place: Place | undefined;
  /** Names that stand for something of the Release: `pkg`, `php`, `APPDIR`. */
  readonly names: Readonly<Record<string, NixExpr>>;
  /** `${version}` */
  readonly version: string | undefined;
}

export interface ParseOptions {
  /** Double quotes and backslashes are the shell's: `"$@"`, `"$PWD/data"`. */
  readonly hasShellQuotes?: boolean;
  /** `$NAME` without braces is a variable too. */
  readonly hasBareVariables?: boolean;
  /** Names in lower case that nothing defines stay as they stand. */
  readonly isLenient?: boolean;
}

/** Longer than any reference that was ever written; keeps a long text linear. */
const maxReference = 8192;
const runTimeName = /^[A-Z_][A-Z0-9_]*$/;
const secretCommand = /^\$\(head -c (\d+) \/dev\/urandom \| base64\)/;
const bareName = /^\$([A-Za-z_][A-Za-z0-9_]*)/;
const bracedName = /^\$\{([A-Za-z_][A-Za-z0-9_-]*?)(:?[-?][\s\S]*)?\}$/;
const attributeOf = /^\$\{([A-Za-z_][A-Za-z0-9_-]*)((?:\.[A-Za-z_][A-Za-z0-9_'-]*)+)\}$/;
const word = /^[A-Z][A-Z0-9_]*(?![A-Za-z0-9_])/;

/** Reads a text of a recipe; a command substitution, which would have to be run, is refused. */
export function parseText(text: string, scope: TextScope, options: ParseOptions = {}): Text {
  return readText({ scope, options }, text);
}

interface Reader {
  readonly scope: TextScope;
  readonly options: ParseOptions;
}

interface Found {
  readonly part: TextPart;
  readonly length: number;
}

function readText(reader: Reader, text: string): Text {
  const parts: TextPart[] = [];
  for (let at = 0; at < text.length; ) {
    const found = readAt(reader, text, at);
    parts.push(found.part);
    at += found.length;
  }
  return joinLiterals(parts);
}

function readAt(reader: Reader, text: string, at: number): Found {
  const rest = text.slice(at, at + maxReference);
  const first = rest.charAt(0);
  if (first === "$") return readDollar(reader, rest);
  if (reader.options.hasShellQuotes) {
    if (first === '"') return { part: "", length: 1 };
    if (first === "\\") return { part: rest.charAt(1), length: 2 };
    if (first === "`") throw refuseCommand(reader.scope, rest);
  }
  return readPlaceholder(reader, text, at) ?? { part: first, length: 1 };
}

/** Words in capitals that templates define, such as APPDIR, stand without a dollar. */
function readPlaceholder({ scope }: Reader, text: string, at: number): Found | undefined {
  if (!/[A-Z]/.test(text.charAt(at))) return undefined;
  if (at > 0 && /[A-Za-z0-9_]/.test(text.charAt(at - 1))) return undefined;
  const name = word.exec(text.slice(at, at + maxReference))?.[0];
  const expr = name === undefined ? undefined : own(scope.names, name);
  if (name === undefined || expr === undefined) return undefined;
  return { part: fromNix(expr), length: name.length };
}

function readDollar(reader: Reader, rest: string): Found {
  const { options, scope } = reader;
  if (rest.startsWith("${")) return readBraced(reader, rest);
  if (rest.startsWith("$(")) return options.isLenient ? dollar : readSubstitution(scope, rest);
  if (options.hasShellQuotes && rest.startsWith("$@")) {
    return { part: { kind: "arguments" }, length: 2 };
  }
  return readBare(reader, rest);
}

const dollar: Found = { part: "$", length: 1 };

/** One command is so common in recipes that its meaning is known: a value made up at the first start. */
function readSubstitution(scope: TextScope, rest: string): Found {
  const secret = secretCommand.exec(rest);
  if (secret === null) throw refuseCommand(scope, rest);
  return { part: { kind: "secret", bytes: Number(secret[1]) }, length: secret[0].length };
}

function readBare({ scope, options }: Reader, rest: string): Found {
  const [all = "", name = ""] = bareName.exec(rest) ?? [];
  const expr = own(scope.names, name);
  if (expr !== undefined) return { part: fromNix(expr), length: all.length };
  if (!options.hasBareVariables || !runTimeName.test(name)) return dollar;
  return { part: variable(name), length: all.length };
}

function readBraced(reader: Reader, rest: string): Found {
  const { scope, options } = reader;
  const length = closingBrace(rest);
  const all = rest.slice(0, length);
  const attribute = attributeReference(scope, all);
  if (attribute !== undefined) return { part: fromNix(attribute), length };
  const [, name = "", tail] = bracedName.exec(all) ?? [];
  const part = tail === undefined ? fixedReference(reader, name) : undefined;
  const found = part ?? runTimeReference(reader, name, tail);
  if (found !== undefined) return { part: found, length };
  if (options.isLenient) return { part: "${", length: 2 };
  if (name !== "" && tail === undefined) {
    const known = Object.keys(scope.names).map((other) => `\${${other}}`);
    throw recipeReferenceUnknown({ ...scope, reference: all, known });
  }
  throw recipeTextInvalid({
    ...scope,
    reason: `'${all}' is not a reference`,
    hint: `References are \${NAME}, \${NAME:-default} and \${NAME:?message}`,
  });
}

/** `${pkgs.coreutils}`, `${php.extensions}`: an attribute of something that is known. */
export function attributeReference(scope: TextScope, text: string): NixExpr | undefined {
  const [, name = "", path = ""] = attributeOf.exec(text) ?? [];
  const expr = name === "pkgs" ? nix.ref("pkgs") : own(scope.names, name);
  if (path === "" || (expr?.kind !== "ref" && expr?.kind !== "select")) return undefined;
  return nix.select(expr, path.slice(1).split("."));
}

function fixedReference({ scope }: Reader, name: string): TextPart | undefined {
  const expr = own(scope.names, name);
  if (expr !== undefined) return fromNix(expr);
  return name === "version" ? versionOf(scope) : undefined;
}

function runTimeReference(
  reader: Reader,
  name: string,
  tail: string | undefined,
): TextPart | undefined {
  if (!runTimeName.test(name)) return undefined;
  if (tail === undefined) return variable(name);
  const [operator, sign] = /^:?([-?])/.exec(tail) ?? [""];
  const text = readText(reader, tail.slice(operator.length));
  return variable(name, { kind: sign === "-" ? "default" : "required", text });
}

function own(names: TextScope["names"], name: string): NixExpr | undefined {
  return Object.hasOwn(names, name) ? names[name] : undefined;
}

function versionOf(scope: TextScope): string {
  if (scope.version !== undefined) return scope.version;
  throw recipeTextInvalid({
    ...scope,
    reason: `\${version} is used, and there is no version`,
    hint: 'Set [metadata] version = "…"',
  });
}

function refuseCommand(scope: TextScope, rest: string): Error {
  const [line = ""] = rest.split("\n");
  return recipeTextInvalid({
    ...scope,
    reason: `'${line.slice(0, 60)}' is a command, and values are not run`,
    hint: 'A value made once comes from [env] NAME = { generate = "base64" }; commands go into [nix] pre-exec',
  });
}

/** Length of the text up to the brace that closes the one at its second character. */
function closingBrace(text: string): number {
  let depth = 0;
  for (let at = 1; at < text.length; at++) {
    if (text[at] === "{") depth += 1;
    if (text[at] === "}") depth -= 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

function joinLiterals(parts: readonly TextPart[]): Text {
  const joined: TextPart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (typeof part === "string" && typeof last === "string")
      joined[joined.length - 1] = last + part;
    else if (part !== "") joined.push(part);
  }
  return joined;
}
