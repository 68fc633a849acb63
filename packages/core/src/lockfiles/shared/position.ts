import type { Place } from "../../errors.ts";

/** Line and column of an offset, both from 1. */
export function positionAt(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  let line = 1;
  for (let at = before.indexOf("\n"); at !== -1; at = before.indexOf("\n", at + 1)) line += 1;
  return { line, column: offset - lineStart + 1 };
}

/** Where these words first stand, or the file alone where they do not. */
export function placeOf(file: string, text: string, needle: string): Place {
  const offset = needle === "" ? -1 : text.indexOf(needle);
  return offset === -1 ? { file } : { file, ...positionAt(text, offset) };
}
