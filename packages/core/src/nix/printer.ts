import type { AttrName, NixExpr } from "./ast.ts";
import type { Layout } from "./layout.ts";

/** What the layouts of composite expressions need of the whole printer. */
export interface Printer {
  /** The expression as it stands alone. */
  readonly layout: (expr: NixExpr) => Layout;
  /** The expression in parentheses if its level is lower than the given one. */
  readonly operand: (expr: NixExpr, level: number) => Layout;
  /** The expression with its head on the current line: `x: {`, `with pkgs; [`. */
  readonly absorbed: (expr: NixExpr) => Layout;
  readonly attrPath: (path: readonly AttrName[]) => Layout;
}
