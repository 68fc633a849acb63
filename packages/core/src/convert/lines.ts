import type { Place } from "../errors.ts";

/** Turns offsets of a text into places. */
export interface Lines {
  at(offset: number): Place;
}

export function makeLines(text: string, file: string): Lines {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return {
    at: (offset) => {
      const index = starts.findLastIndex((start) => start <= offset);
      return { file, line: index + 1, column: offset - (starts[index] ?? 0) + 1 };
    },
  };
}
