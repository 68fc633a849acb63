import type { BinaryOperator, NixExpr } from "./ast.ts";

/** How tightly an expression holds together; a higher level needs parentheses less often. */
export const Level = {
  expression: 0,
  implication: 1,
  or: 2,
  and: 3,
  equality: 4,
  comparison: 5,
  update: 6,
  not: 7,
  sum: 8,
  product: 9,
  concat: 10,
  has: 11,
  negate: 12,
  call: 13,
  select: 14,
  atom: 15,
} as const;

interface OperatorSpec {
  readonly level: number;
  /** Which side may hold the same level without parentheses. */
  readonly assoc: "left" | "right" | "none";
}

const operators: Readonly<Record<BinaryOperator, OperatorSpec>> = {
  "->": { level: Level.implication, assoc: "right" },
  "||": { level: Level.or, assoc: "left" },
  "&&": { level: Level.and, assoc: "left" },
  "==": { level: Level.equality, assoc: "none" },
  "!=": { level: Level.equality, assoc: "none" },
  "<": { level: Level.comparison, assoc: "none" },
  "<=": { level: Level.comparison, assoc: "none" },
  ">": { level: Level.comparison, assoc: "none" },
  ">=": { level: Level.comparison, assoc: "none" },
  "//": { level: Level.update, assoc: "right" },
  "+": { level: Level.sum, assoc: "left" },
  "-": { level: Level.sum, assoc: "left" },
  "*": { level: Level.product, assoc: "left" },
  "/": { level: Level.product, assoc: "left" },
  "++": { level: Level.concat, assoc: "right" },
};

/** The lowest level that each operand of an operator may have without parentheses. */
export function operandLevels(operator: BinaryOperator): { left: number; right: number } {
  const { level, assoc } = operators[operator];
  return {
    left: assoc === "left" ? level : level + 1,
    right: assoc === "right" ? level : level + 1,
  };
}

export function levelOf(expr: NixExpr): number {
  switch (expr.kind) {
    case "string":
    case "indented":
    case "path":
    case "search-path":
    case "ref":
    case "list":
    case "attrs":
      return Level.atom;
    case "literal":
      return typeof expr.value === "number" && expr.value < 0 ? Level.negate : Level.atom;
    case "select":
      return Level.select;
    case "call":
      return Level.call;
    case "has":
      return Level.has;
    case "negate":
      return Level.negate;
    case "not":
      return Level.not;
    case "binary":
      return operators[expr.operator].level;
    case "lambda":
    case "function":
    case "let":
    case "if":
    case "with":
    case "assert":
      return Level.expression;
  }
}
