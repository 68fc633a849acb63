import { escapeQuoted } from "./string-text.ts";

const KEYWORDS: ReadonlySet<string> = new Set([
  "assert",
  "else",
  "if",
  "in",
  "inherit",
  "let",
  "or",
  "rec",
  "then",
  "with",
]);

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_'-]*$/;

/** True for a name that Nix reads as a variable, or as an attribute without quotes. */
export function isIdentifier(name: string): boolean {
  return IDENTIFIER.test(name) && !KEYWORDS.has(name);
}

/** A name for a variable or formal; anything else is a fault of the caller, not of user input. */
export function checkIdentifier(name: string): string {
  if (isIdentifier(name)) return name;
  throw new Error(`not a name of a Nix variable: ${JSON.stringify(name)}`);
}

/** The name of an attribute, in quotes where Nix needs them. */
export function attrName(name: string): string {
  return isIdentifier(name) ? name : `"${escapeQuoted(name, false)}"`;
}
