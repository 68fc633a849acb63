import type { NixExpr } from "./ast.ts";
import {
  choice,
  group,
  indent,
  join,
  type Layout,
  line,
  newline,
  seq,
  softLine,
} from "./layout.ts";
import { Level, levelOf } from "./levels.ts";
import type { Printer } from "./printer.ts";
import { isBracketed, isSimple } from "./shape.ts";

type CallExpr = NixExpr & { kind: "call" };

interface CallParts {
  readonly callee: Layout;
  /** Everything before the last argument. */
  readonly head: Layout;
  readonly last: Layout;
  readonly flat: Layout;
  /** With one argument opened over several lines, the rest on the lines of its brackets. */
  readonly hugs: readonly Layout[];
  readonly isSimple: boolean;
}

/** Lists of more items than this are never written on one line. */
const MAX_INLINE_ITEMS = 6;

/** `f a b`, `f a {` …, or each argument on a line of its own. */
export function callLayout(printer: Printer, expr: CallExpr): Layout {
  const { head, last, flat, hugs, isSimple } = splitCall(printer, expr);
  return isSimple ? flat : choice(flat, ...hugs, seq(head, indent(newline, last)));
}

/** The call behind `name =`: it goes on the next line if its head does not fit on this one. */
export function callValueLayout(printer: Printer, expr: CallExpr): Layout {
  const { head, last, flat, hugs, isSimple } = splitCall(printer, expr);
  if (isSimple) return seq(" ", flat);
  const below = indent(newline, head, indent(newline, last));
  return choice(seq(" ", flat), ...hugs.map((hug) => seq(" ", hug)), below);
}

/** The call in parentheses, which open and close around its arguments. */
export function callInParentheses(printer: Printer, expr: CallExpr): Layout {
  const { callee, head, last, flat, hugs, isSimple } = splitCall(printer, expr);
  const closed = hugs.map((hug) => seq("(", hug, ")"));
  if (isSimple) return seq("(", flat, ")");
  if (callee.isHard) return parenthesized(seq(head, indent(newline, last)));
  const spread = seq("(", head, indent(newline, last), newline, ")");
  return choice(seq("(", flat, ")"), ...closed, spread);
}

function splitCall(printer: Printer, expr: CallExpr): CallParts {
  const callee = printer.operand(expr.callee, Level.call);
  const inner = expr.args.map((arg, index) => argument(printer, expr.args, { arg, index }));
  const last = inner.at(-1) ?? seq();
  return {
    callee,
    head: headLayout(callee, inner.slice(0, -1)),
    last,
    flat: join(" ", [callee, ...inner]),
    hugs: hugsOf(printer, expr, [callee, ...inner]),
    isSimple: isSimple(expr),
  };
}

/** As many arguments beside the function as fit, each of the others on its own line. */
function headLayout(callee: Layout, args: readonly Layout[]): Layout {
  const last = args.at(-1);
  if (last === undefined) return callee;
  const below = seq(headLayout(callee, args.slice(0, -1)), indent(newline, last));
  return choice(join(" ", [callee, ...args]), below);
}

function argument(
  printer: Printer,
  args: readonly NixExpr[],
  { arg, index }: { arg: NixExpr; index: number },
): Layout {
  const isLast = index === args.length - 1;
  const mayInline = !isLast || args.at(-2)?.kind === "list";
  if (arg.kind === "list" && mayInline && isInlineList(arg)) return inlineList(printer, arg);
  return printer.operand(arg, Level.select);
}

function isInlineList({ items }: NixExpr & { kind: "list" }): boolean {
  return items.length > 0 && items.length <= MAX_INLINE_ITEMS && items.every(isSimple);
}

function inlineList(printer: Printer, { items }: NixExpr & { kind: "list" }): Layout {
  const layouts = items.map((item) => printer.operand(item, Level.select));
  return group("[", indent(line, join(line, layouts)), line, "]");
}

function hugsOf(printer: Printer, expr: CallExpr, words: readonly Layout[]): readonly Layout[] {
  const before = words.slice(0, -1);
  const arg = expr.args.at(-1);
  const opened = arg === undefined ? undefined : openLast(printer, arg);
  const isLastHug = opened !== undefined && before.every(({ isHard }) => !isHard);
  const last = isLastHug && opened !== undefined ? [join(" ", [...before, opened])] : [];
  const isInner = expr.args.length > 1 && words.at(-1)?.isHard === false;
  return [...last, ...(isInner ? hugInner(words[0] ?? seq(), words.slice(1)) : [])];
}

/** One hard argument among flat ones: `f {` … `} x`. */
function hugInner(callee: Layout, args: readonly Layout[]): readonly Layout[] {
  const hard = args.filter(({ isHard }) => isHard);
  return hard.length === 1 && !callee.isHard ? [join(" ", [callee, ...args])] : [];
}

/** The last argument spread over lines, its opening bracket on the line of the call. */
function openLast(printer: Printer, arg: NixExpr): Layout | undefined {
  if (isBracketed(arg)) return printer.layout(arg);
  if (levelOf(arg) >= Level.select) return undefined;
  const hugsBody = arg.kind === "lambda" ? isBracketed(arg.body) : isBracketedCall(arg);
  if (hugsBody) return seq("(", printer.absorbed(arg), ")");
  return seq("(", indent(newline, printer.layout(arg)), newline, ")");
}

function isBracketedCall(arg: NixExpr): boolean {
  if (arg.kind !== "call" || arg.callee.kind !== "ref" || arg.args.length !== 1) return false;
  return arg.args.every(isBracketed);
}

/** Empty parentheses content never occurs; the line break inside them is optional. */
export function parenthesized(content: Layout): Layout {
  return group("(", indent(softLine, content), softLine, ")");
}
