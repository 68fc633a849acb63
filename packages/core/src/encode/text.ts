import { encodeImpossible } from "./encode-errors.ts";

/**
 * Returns the text, or refuses what no file of text can carry everywhere: NUL, and half a
 * surrogate pair, which has no UTF-8 form.
 */
export function checkText(target: string, text: string): string {
  if (text.includes("\0")) throw encodeImpossible({ target, what: "a NUL character", value: text });
  if (!text.isWellFormed()) {
    throw encodeImpossible({ target, what: "half of a surrogate pair", value: text });
  }
  return text;
}

/** Returns the number, or refuses NaN and the infinities. */
export function checkNumber(target: string, value: number): number {
  if (Number.isFinite(value)) return value;
  throw encodeImpossible({ target, what: "a number that is not finite", value: String(value) });
}

/**
 * Decimal text of a number that every reader takes for a float unless it is written without
 * fraction and exponent: `1e+21` becomes `1.0e+21`.
 */
export function decimal(value: number): string {
  const text = String(value);
  return /^-?\d+e/.test(text) ? text.replace("e", ".0e") : text;
}
