import type { Place } from "@hop3/core";
import { z } from "zod";

const Position = z.object({ file: z.string(), line: z.int(), column: z.int() }).nullable();

/** Where each key of the contract stands in the expression, as far as Nix knows. */
export const Positions = z.record(z.string(), Position);
export type Positions = z.infer<typeof Positions>;

/** Where the first of these keys stands in the file. */
export function placeOf(positions: Positions, file: string, keys: readonly string[]): Place {
  for (const key of keys) {
    const found = positions[key];
    if (found != null) return { file, line: found.line, column: found.column };
  }
  return { file };
}
