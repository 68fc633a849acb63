import type { AttrName, FunctionExpr, NixExpr } from "./ast.ts";
import { isIdentifier } from "./names.ts";

/** A term whose brackets may stay on the line that it begins on while the rest goes below. */
export function isBracketed(expr: NixExpr): boolean {
  if (expr.kind === "list") return expr.items.length > 0;
  if (expr.kind === "attrs") return expr.bindings.length > 0;
  return expr.kind === "indented" && hasLineBreak(expr);
}

function hasLineBreak(expr: NixExpr & { kind: "indented" }): boolean {
  return expr.parts.some((part) => typeof part === "string" && part.includes("\n"));
}

/** A bracketed term, or `x: term`, `{ x }: term`, `with x; term`. */
export function isAbsorbable(expr: NixExpr): boolean {
  if (expr.kind === "with") return isBracketed(expr.body) && !isBracketed(expr.scope);
  if (expr.kind === "lambda") return isAbsorbableBody(expr.body);
  if (expr.kind === "function") {
    return hasShortFormals(expr) && expr.alias === undefined && isAbsorbable(expr.body);
  }
  return isBracketed(expr);
}

function isAbsorbableBody(body: NixExpr): boolean {
  return isBracketed(body) || (body.kind === "lambda" && isAbsorbableBody(body.body));
}

/** Up to two formals without defaults, and `...`. */
export function hasShortFormals({ formals }: FunctionExpr): boolean {
  return formals.length <= 2 && formals.every(({ fallback }) => fallback === undefined);
}

/** Short enough in structure never to be broken: names, strings, calls with up to two of them. */
export function isSimple(expr: NixExpr): boolean {
  switch (expr.kind) {
    case "string":
    case "indented":
    case "path":
    case "search-path":
    case "ref":
      return true;
    case "literal":
      return typeof expr.value !== "number" || expr.value >= 0;
    case "select":
      return expr.fallback === undefined && isSimple(expr.target) && expr.path.every(isPlainName);
    case "call":
      return expr.args.length <= 2 && isSimple(expr.callee) && expr.args.every(isSimple);
    case "has":
    case "list":
    case "attrs":
    case "lambda":
    case "function":
    case "let":
    case "if":
    case "with":
    case "assert":
    case "binary":
    case "not":
    case "negate":
      return false;
  }
}

function isPlainName(name: AttrName): boolean {
  return typeof name === "string" && isIdentifier(name);
}
