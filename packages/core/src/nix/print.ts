import { decimal } from "../encode/text.ts";
import type { AttrName, FunctionExpr, IfExpr, NixExpr, SelectExpr, StringPart } from "./ast.ts";
import {
  choice,
  flatText,
  group,
  indent,
  join,
  type Layout,
  line,
  newline,
  render,
  seq,
  softLine,
} from "./layout.ts";
import { Level, levelOf } from "./levels.ts";
import { attrName } from "./names.ts";
import { attrsLayout, bindingsLayout, commentLayout, valueLayout } from "./print-binding.ts";
import { callInParentheses, callLayout, parenthesized } from "./print-call.ts";
import { operatorLayout } from "./print-operator.ts";
import type { Printer } from "./printer.ts";
import { hasShortFormals, isAbsorbable, isBracketed, isSimple } from "./shape.ts";
import { escapeQuoted, indentedLines } from "./string-text.ts";

/** An interpolation that is no longer than this stays on its line, however long that becomes. */
const MAX_INLINE_INTERPOLATION = 30;
const INT64_LIMIT = 2n ** 63n;

/** Nix text of an expression, laid out as the formatter of RFC 166 would leave it. */
export function printNix(expr: NixExpr): string {
  return render(group(makePrinter().layout(expr)));
}

/** A whole file: an optional comment, the expression, a line break at the end. */
export function printNixFile(expr: NixExpr, comment?: string): string {
  return `${render(seq(commentLayout(comment), group(makePrinter().layout(expr))))}\n`;
}

/** Layouts are kept: an expression is asked for in several places of one page. */
function makePrinter(): Printer {
  const known = new Map<NixExpr, Layout>();
  const printer: Printer = {
    layout(expr) {
      const layout = known.get(expr) ?? layoutOf(printer, expr);
      known.set(expr, layout);
      return layout;
    },
    operand: (expr, level) =>
      levelOf(expr) < level ? inParentheses(printer, expr) : printer.layout(expr),
    absorbed: (expr) => absorbedLayout(printer, expr),
    attrPath: (path) =>
      join(
        ".",
        path.map((name) => attrNameLayout(printer, name)),
      ),
  };
  return printer;
}

function layoutOf(printer: Printer, expr: NixExpr): Layout {
  switch (expr.kind) {
    case "string":
      return quotedLayout(printer, expr.parts);
    case "indented":
      return indentedLayout(printer, expr.parts);
    case "literal":
      return seq(literalText(expr.value));
    case "path":
      return seq(expr.path);
    case "search-path":
      return seq(`<${expr.name}>`);
    case "ref":
      return seq(expr.name);
    case "select":
      return selectLayout(printer, expr);
    case "has":
      return seq(printer.operand(expr.target, Level.has + 1), " ? ", printer.attrPath(expr.path));
    case "list":
      return listLayout(printer, expr.items);
    case "attrs":
      return attrsLayout(printer, expr);
    case "call":
      return callLayout(printer, expr);
    case "lambda":
      return isAbsorbable(expr) ? printer.absorbed(expr) : lambdaLayout(printer, expr);
    case "function":
      return functionLayout(printer, expr);
    case "let":
      return letLayout(printer, expr);
    case "if":
      return ifLayout(printer, expr);
    case "with":
      return withLayout(printer, expr);
    case "assert":
      return assertLayout(printer, expr);
    case "binary":
      return operatorLayout(printer, expr);
    case "not":
      return seq("!", printer.operand(expr.operand, Level.not));
    case "negate":
      return seq("-", printer.operand(expr.operand, Level.negate + 1));
  }
}

function inParentheses(printer: Printer, expr: NixExpr): Layout {
  if (isAbsorbable(expr)) return seq("(", printer.absorbed(expr), ")");
  if (expr.kind === "call") return callInParentheses(printer, expr);
  return parenthesized(printer.layout(expr));
}

function absorbedLayout(printer: Printer, expr: NixExpr): Layout {
  if (expr.kind === "with")
    return seq("with ", printer.layout(expr.scope), "; ", printer.layout(expr.body));
  if (expr.kind === "lambda") return seq(`${expr.param}: `, printer.absorbed(expr.body));
  if (expr.kind === "function")
    return seq(formalsLayout(printer, expr), ": ", printer.absorbed(expr.body));
  return printer.layout(expr);
}

function literalText(value: number | boolean | null): string {
  if (typeof value !== "number") return String(value);
  const text = decimal(value);
  const isTooBig = /^-?\d+$/.test(text) && BigInt(text.replace("-", "")) >= INT64_LIMIT;
  return isTooBig ? `${text}.0` : text;
}

function quotedLayout(printer: Printer, parts: readonly StringPart[]): Layout {
  const last = parts.length - 1;
  const layouts = parts.map((part, index) =>
    typeof part === "string" ? escapeQuoted(part, index < last) : interpolation(printer, part),
  );
  return seq('"', ...layouts, '"');
}

function indentedLayout(printer: Printer, parts: readonly StringPart[]): Layout {
  const lines = indentedLines(parts).map((segments) =>
    segments.map((part) => (typeof part === "string" ? part : interpolation(printer, part))),
  );
  const layouts = lines.map((segments) => seq(...segments));
  if (layouts.length === 1) return quotedLayout(printer, parts);
  const endsWithBreak = lines.at(-1)?.length === 0;
  if (!endsWithBreak) return seq("''", indent(newline, join(newline, layouts)), "''");
  return seq("''", indent(newline, join(newline, layouts.slice(0, -1))), newline, "''");
}

function interpolation(printer: Printer, expr: NixExpr): Layout {
  const layout = printer.layout(expr);
  if (isBracketed(expr)) return seq("${", layout, "}");
  const flat = flatText(layout);
  const isShort = flat !== undefined && (isSimple(expr) || flat.length <= MAX_INLINE_INTERPOLATION);
  if (isShort) return seq(`\${${flat}}`);
  if (isSimple(expr)) return seq("${", layout, "}");
  return group("${", indent(softLine, layout), softLine, "}");
}

function attrNameLayout(printer: Printer, name: AttrName): Layout {
  if (typeof name === "string") return seq(attrName(name));
  return name.kind === "string" ? printer.layout(name) : interpolation(printer, name);
}

function selectLayout(printer: Printer, { target, path, fallback }: SelectExpr): Layout {
  const base = printer.operand(target, Level.atom);
  const opensBelow = base.isHard && levelOf(target) === Level.atom;
  const selection = seq(base, ...(opensBelow ? [newline] : []), ".", printer.attrPath(path));
  if (fallback === undefined) return selection;
  const other = seq("or ", printer.operand(fallback, Level.select));
  const beside = seq(selection, " ", other);
  return choice(beside, beside, seq(selection, indent(newline, other)));
}

function listLayout(printer: Printer, items: readonly NixExpr[]): Layout {
  if (items.length === 0) return seq("[ ]");
  const layouts = items.map((item) => printer.operand(item, Level.select));
  return seq("[", indent(newline, join(newline, layouts)), newline, "]");
}

function lambdaLayout(printer: Printer, expr: NixExpr & { kind: "lambda" }): Layout {
  const params = [`${expr.param}:`];
  let body = expr.body;
  for (; body.kind === "lambda"; body = body.body) params.push(`${body.param}:`);
  const gap = params.length > 2 ? newline : line;
  return group(params.join(" "), gap, printer.layout(body));
}

function functionLayout(printer: Printer, expr: FunctionExpr): Layout {
  const body = printer.layout(expr.body);
  const gap = body.isHard ? newline : line;
  return group(formalsLayout(printer, expr), ":", gap, body);
}

function formalsLayout(printer: Printer, expr: FunctionExpr): Layout {
  const alias = expr.alias === undefined ? "" : `@${expr.alias}`;
  const formals = expr.formals.map(({ name, fallback }) =>
    seq(name, ...(fallback === undefined ? [] : [" ?", valueLayout(printer, fallback)])),
  );
  const dots = expr.isOpen ? ["..."] : [];
  if (formals.length + dots.length === 0) return seq(`{ }${alias}`);
  if (hasShortFormals(expr)) return seq("{ ", join(", ", [...formals, ...dots]), ` }${alias}`);
  const lines = [...formals.map((formal) => seq(formal, ",")), ...dots];
  return seq("{", indent(newline, join(newline, lines)), newline, `}${alias}`);
}

function letLayout(printer: Printer, expr: NixExpr & { kind: "let" }): Layout {
  const bindings = indent(newline, bindingsLayout(printer, expr.bindings));
  return seq("let", bindings, newline, "in", newline, printer.layout(expr.body));
}

function ifLayout(printer: Printer, expr: IfExpr): Layout {
  const branches: Layout[] = [branchHead(printer, expr)];
  let rest = expr.otherwise;
  for (; rest.kind === "if"; rest = rest.otherwise) {
    branches.push(newline, seq("else ", branchHead(printer, rest)));
  }
  return group(...branches, line, "else", indent(line, group(printer.layout(rest))));
}

function branchHead(printer: Printer, expr: IfExpr): Layout {
  const head = group("if", indent(line, printer.layout(expr.condition)), line, "then");
  return seq(head, indent(line, group(printer.layout(expr.then))));
}

/** Whether the body begins on a line of its own is up to the group around. */
function withLayout(printer: Printer, expr: NixExpr & { kind: "with" }): Layout {
  const scope = group("with ", printer.layout(expr.scope), ";");
  return seq(scope, line, printer.layout(expr.body));
}

function assertLayout(printer: Printer, expr: NixExpr & { kind: "assert" }): Layout {
  const condition = printer.layout(expr.condition);
  const head = group("assert", indent(line, condition), ";");
  return seq(head, newline, printer.layout(expr.body));
}
