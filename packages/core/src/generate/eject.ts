import { parse } from "smol-toml";

/**
 * A hop3.toml without its `[nix]`, which the ejected hop3.nix has taken the place of. Everything
 * else stays byte for byte, comments inside of `[nix]` too.
 */
export function withoutNixSection(text: string): string {
  const kept: string[] = [];
  let isInNix = false;
  for (const statement of statements(text)) {
    if (statement.kind === "table") isInNix = statement.name === "nix";
    const isRootKey = statement.kind === "value" && !isInNix && statement.name === "nix";
    const isNix = statement.kind !== "other" && (isInNix || (isRootKey && isAtRoot(kept)));
    if (!isNix) kept.push(statement.text);
  }
  const result = kept
    .join("")
    .replace(/\n{3,}/g, "\n\n")
    .replace(/^\n+/, "")
    .replace(/\n+$/, "\n");
  checkSame(text, result);
  return result;
}

interface Statement {
  readonly kind: "table" | "value" | "other";
  /** First part of the table's name, or of the key. */
  readonly name: string;
  readonly text: string;
}

const header = /^[ \t]*\[\[?[ \t]*(?:"([^"]*)"|'([^']*)'|([\w-]+))/;
const key = /^[ \t]*(?:"([^"]*)"|'([^']*)'|([\w-]+))[^=\n]*=/;

function isAtRoot(kept: readonly string[]): boolean {
  return !kept.some((text) => header.test(text));
}

function* statements(text: string): Generator<Statement> {
  for (let at = 0; at < text.length; ) {
    const rest = text.slice(at);
    const [kind, match] = classify(rest);
    const start = at + (match?.[0].length ?? 0);
    const end = kind === "value" ? endOfValue(text, start) : endOfLine(text, at);
    const name = match?.[1] ?? match?.[2] ?? match?.[3] ?? "";
    yield { kind, name, text: text.slice(at, end) };
    at = end;
  }
}

function classify(rest: string): readonly [Statement["kind"], RegExpExecArray | null] {
  const table = header.exec(rest);
  if (table !== null) return ["table", table];
  const value = key.exec(rest);
  return value === null ? ["other", null] : ["value", value];
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end + 1;
}

/** A string of any kind, a comment, a bracket, or one character of anything else. */
const token =
  /"""(?:\\[\s\S]|[^\\])*?"{3,5}|'''[\s\S]*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|#[^\n]*|[\s\S]/y;

/** Behind the line on which the value ends: its brackets are closed there. */
function endOfValue(text: string, start: number): number {
  let depth = 0;
  token.lastIndex = start;
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    const [part] = found;
    if (part === "[" || part === "{") depth += 1;
    if (part === "]" || part === "}") depth -= 1;
    if (part === "\n" && depth <= 0) return token.lastIndex;
  }
  return text.length;
}

/** An edit that changed anything but `[nix]` would be a fault of this file. */
function checkSame(before: string, after: string): void {
  const { nix: _, ...rest } = parse(before);
  if (JSON.stringify(rest) === JSON.stringify(parse(after))) return;
  throw new Error("removing [nix] would change other sections of hop3.toml");
}
