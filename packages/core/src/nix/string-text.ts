import { checkText } from "../encode/text.ts";
import type { NixExpr, StringPart } from "./ast.ts";

/** What follows a piece of an indented string. */
type Next = "newline" | "expression" | "end";

const ESCAPED_SPACE = "''\\ ";

/**
 * Text for the inside of `"…"`. A `$` is escaped before `{`, and at the end where an interpolation
 * follows: Nix reads `$${` as plain text.
 */
export function escapeQuoted(text: string, beforeExpression: boolean): string {
  const dollar = beforeExpression ? /\$(?=\{|$)/g : /\$(?=\{)/g;
  return checkText("Nix", text)
    .replace(/["\\]/g, "\\$&")
    .replace(dollar, "\\$")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t");
}

/**
 * The lines of an indented string, text escaped. Nix takes away the indentation that all lines
 * share, lines of spaces alone not counted, and a last line of spaces: a space that would be lost
 * is escaped, and so is a space at the end of a line, which editors like to remove.
 */
export function indentedLines(parts: readonly StringPart[]): readonly (readonly StringPart[])[] {
  const lines = splitLines(parts);
  const guarded = lineToGuard(lines);
  return lines.map((segments, index) => {
    const isLast = index === lines.length - 1;
    const guardsFirst = index === guarded || isOnlySpaces(segments);
    return segments.map((segment, place) => {
      if (typeof segment !== "string") return segment;
      const next = place < segments.length - 1 ? "expression" : undefined;
      const isGuarded = guardsFirst && place === 0;
      return escapeIndented(segment, next ?? (isLast ? "end" : "newline"), isGuarded);
    });
  });
}

function splitLines(parts: readonly StringPart[]): (string | NixExpr)[][] {
  let current: StringPart[] = [];
  const lines = [current];
  for (const part of parts) {
    if (typeof part !== "string") {
      current.push(part);
      continue;
    }
    const [head = "", ...others] = checkText("Nix", part).split("\n");
    if (head !== "") current.push(head);
    for (const text of others) {
      current = text === "" ? [] : [text];
      lines.push(current);
    }
  }
  return lines;
}

function isOnlySpaces(segments: readonly StringPart[]): boolean {
  return segments.length === 1 && typeof segments[0] === "string" && /^ +$/.test(segments[0]);
}

/** The line whose first space is escaped to keep the indentation that all lines share. */
function lineToGuard(lines: readonly (readonly StringPart[])[]): number | undefined {
  if (lines.some(isOnlySpaces)) return undefined;
  const margins = lines.map(marginOf);
  const margin = Math.min(...new Set(margins));
  return margin > 0 && Number.isFinite(margin) ? margins.indexOf(margin) : undefined;
}

/** Empty lines have no say in the indentation. */
function marginOf(segments: readonly StringPart[]): number {
  const first = segments[0];
  if (first === undefined) return Number.POSITIVE_INFINITY;
  return typeof first === "string" ? (/^ */.exec(first)?.[0].length ?? 0) : 0;
}

function escapeIndented(text: string, next: Next, guardsFirst: boolean): string {
  const head = guardsFirst ? ESCAPED_SPACE : "";
  const inner = guardsFirst ? text.slice(1) : text;
  const hasTail = next !== "expression" && inner.endsWith(" ");
  const body = hasTail ? inner.slice(0, -1) : inner;
  const isPlainAfter = next === "newline" && !hasTail;
  const escaped = body.replace(/'+|\$|\r/g, (match: string, offset: number) => {
    const after = body.slice(offset + match.length, offset + match.length + 1);
    if (match === "\r") return "''\\r";
    if (match === "$") return escapeDollar(after, next === "expression");
    return escapeQuotes(match, after === "" ? isPlainAfter : !/[$\r]/.test(after));
  });
  return head + escaped + (hasTail ? ESCAPED_SPACE : "");
}

function escapeDollar(after: string, beforeExpression: boolean): string {
  return after === "{" || (after === "" && beforeExpression) ? "''$" : "$";
}

/** Two quotes would end the string; a single one is plain only before plain text. */
function escapeQuotes(quotes: string, beforePlain: boolean): string {
  if (quotes === "'" && beforePlain) return quotes;
  const pairs = "'''".repeat(Math.floor(quotes.length / 2));
  return quotes.length % 2 === 0 ? pairs : `${pairs}''\\'`;
}
