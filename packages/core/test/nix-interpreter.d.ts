import type { NixExpr } from "../src/nix/ast.ts";
/** What the trees of the precedence law evaluate to; a second opinion on what a tree means. */
export type NixValue =
  | number
  | boolean
  | string
  | readonly NixValue[]
  | NixAttrs
  | ((argument: NixValue) => NixValue);
export interface NixAttrs {
  readonly [name: string]: NixValue;
}
type Scope = ReadonlyMap<string, NixValue>;
/** Evaluates a tree strictly, without ever looking at its text. */
export declare function interpret(expr: NixExpr, scope?: Scope): NixValue;
/** Equal text for equal values, whatever the order of attributes. */
export declare function canonical(value: unknown): string;
