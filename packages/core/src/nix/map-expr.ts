import type { AttrName, Binding, NixExpr, StringPart } from "./ast.ts";

type Change = (expr: NixExpr) => NixExpr;

/** The same tree with every node changed, inner ones first. */
export function mapExpr(expr: NixExpr, change: Change): NixExpr {
  return change(mapChildren(expr, (child) => mapExpr(child, change)));
}

/** Calls a function with every node, outer ones first. */
export function visitExpr(expr: NixExpr, see: (expr: NixExpr) => void): void {
  see(expr);
  mapChildren(expr, (child) => {
    visitExpr(child, see);
    return child;
  });
}

function mapChildren(expr: NixExpr, map: Change): NixExpr {
  switch (expr.kind) {
    case "literal":
    case "path":
    case "search-path":
    case "ref":
      return expr;
    case "string":
    case "indented":
      return { ...expr, parts: expr.parts.map((part) => mapText(part, map)) };
    case "select":
      return {
        ...expr,
        target: map(expr.target),
        path: expr.path.map((name) => mapText(name, map)),
        fallback: expr.fallback && map(expr.fallback),
      };
    case "has":
      return {
        ...expr,
        target: map(expr.target),
        path: expr.path.map((name) => mapText(name, map)),
      };
    case "list":
      return { ...expr, items: expr.items.map(map) };
    case "attrs":
      return { ...expr, bindings: expr.bindings.map((binding) => mapBinding(binding, map)) };
    case "let": {
      const bindings = expr.bindings.map((binding) => mapBinding(binding, map));
      return { ...expr, bindings, body: map(expr.body) };
    }
    case "call":
      return { ...expr, callee: map(expr.callee), args: expr.args.map(map) };
    default:
      return mapRest(expr, map);
  }
}

type Rest = Extract<
  NixExpr,
  { kind: "lambda" | "function" | "if" | "with" | "assert" | "binary" | "not" | "negate" }
>;

function mapRest(expr: Rest, map: Change): NixExpr {
  switch (expr.kind) {
    case "lambda":
      return { ...expr, body: map(expr.body) };
    case "function": {
      const formals = expr.formals.map(({ name, fallback }) => ({
        name,
        fallback: fallback && map(fallback),
      }));
      return { ...expr, formals, body: map(expr.body) };
    }
    case "if": {
      const { condition, otherwise } = expr;
      const then = map(expr.then);
      return { ...expr, condition: map(condition), then, otherwise: map(otherwise) };
    }
    case "with":
      return { ...expr, scope: map(expr.scope), body: map(expr.body) };
    case "assert":
      return { ...expr, condition: map(expr.condition), body: map(expr.body) };
    case "binary":
      return { ...expr, left: map(expr.left), right: map(expr.right) };
    case "not":
    case "negate":
      return { ...expr, operand: map(expr.operand) };
  }
}

function mapText(part: StringPart | AttrName, map: Change): StringPart {
  return typeof part === "string" ? part : map(part);
}

function mapBinding(binding: Binding, map: Change): Binding {
  if (binding.kind === "inherit")
    return { ...binding, source: binding.source && map(binding.source) };
  return {
    ...binding,
    path: binding.path.map((name) => mapText(name, map)),
    value: map(binding.value),
  };
}
