import type { BinaryExpr, BinaryOperator, NixExpr } from "./ast.ts";
import { choice, group, indent, type Layout, line, newline, seq } from "./layout.ts";
import { levelOf, operandLevels } from "./levels.ts";
import type { Printer } from "./printer.ts";
import { isBracketed } from "./shape.ts";

const COMPARISONS: ReadonlySet<BinaryOperator> = new Set(["==", "!=", "<", "<=", ">", ">="]);
const COMBINING: ReadonlySet<BinaryOperator> = new Set(["//", "++", "+"]);

interface Operand {
  readonly expr: NixExpr;
  readonly layout: Layout;
  readonly isNested: boolean;
}

/** Operands of one operator stand below each other, the operator before each but the first. */
export function operatorLayout(printer: Printer, expr: BinaryExpr): Layout {
  const levels = operandLevels(expr.operator);
  if (COMPARISONS.has(expr.operator)) {
    const left = printer.operand(expr.left, levels.left);
    const right = printer.operand(expr.right, levels.right);
    return seq(left, group(line), `${expr.operator} `, right);
  }
  const [first, ...others] = flatten(printer, expr);
  const rest = others.map((operand) => seq(line, expr.operator, besideOperator(operand)));
  return group(first?.layout ?? seq(), ...rest);
}

/** An operator behind `name =`. */
export function operatorValueLayout(printer: Printer, expr: BinaryExpr): Layout {
  const operands = flatten(printer, expr);
  const [first, last] = [operands.at(0), operands.at(-1)];
  const whole = operatorLayout(printer, expr);
  if (COMBINING.has(expr.operator) && first !== undefined && isBracketed(first.expr)) {
    return seq(" ", whole);
  }
  const below = group(indent(line, whole));
  if (!COMBINING.has(expr.operator) || operands.length !== 2) return below;
  if (first === undefined || last === undefined || !isBracketed(last.expr)) return below;
  const hug = seq(" ", first.layout, ` ${expr.operator} `, last.layout);
  return first.layout.isHard ? below : choice(seq(" ", whole), hug, indent(newline, whole));
}

function flatten(printer: Printer, expr: BinaryExpr): readonly Operand[] {
  const levels = operandLevels(expr.operator);
  return [
    ...side(printer, expr, { expr: expr.left, level: levels.left }),
    ...side(printer, expr, { expr: expr.right, level: levels.right }),
  ];
}

function side(
  printer: Printer,
  { operator }: BinaryExpr,
  { expr, level }: { expr: NixExpr; level: number },
): readonly Operand[] {
  const isNested = expr.kind === "binary" && levelOf(expr) >= level;
  if (isNested && expr.operator === operator) return flatten(printer, expr);
  return [{ expr, layout: printer.operand(expr, level), isNested }];
}

function besideOperator({ layout, isNested }: Operand): Layout {
  return isNested ? indent(group(line, layout)) : seq(" ", layout);
}
