import { checkText } from "../encode/text.ts";
import type { AttrsExpr, Binding, InheritBinding, NixExpr } from "./ast.ts";
import { group, indent, join, type Layout, line, newline, seq, softLine } from "./layout.ts";
import { Level } from "./levels.ts";
import { attrName } from "./names.ts";
import { callValueLayout } from "./print-call.ts";
import { operatorValueLayout } from "./print-operator.ts";
import type { Printer } from "./printer.ts";
import { isAbsorbable } from "./shape.ts";

/** With more names than this, `inherit` has one a line. */
const MAX_INLINE_NAMES = 3;

export function attrsLayout(printer: Printer, { recursive, bindings }: AttrsExpr): Layout {
  const open = recursive ? "rec {" : "{";
  if (bindings.length === 0) return seq(`${open} }`);
  return seq(open, indent(newline, bindingsLayout(printer, bindings)), newline, "}");
}

export function bindingsLayout(printer: Printer, bindings: readonly Binding[]): Layout {
  return join(
    newline,
    bindings.map((binding) => seq(commentLayout(binding.comment), bindingLayout(printer, binding))),
  );
}

/** A `#` before each line; Nix ends a comment at every kind of line break. */
export function commentLayout(comment: string | undefined): Layout {
  if (comment === undefined) return seq();
  const lines = checkText("Nix", comment).split(/\r\n|\r|\n/);
  return seq(...lines.flatMap((text) => [`# ${text}`.trimEnd(), newline]));
}

function bindingLayout(printer: Printer, binding: Binding): Layout {
  if (binding.kind === "inherit") return inheritLayout(printer, binding);
  return seq(printer.attrPath(binding.path), " =", valueLayout(printer, binding.value), ";");
}

function inheritLayout(printer: Printer, { source, names }: InheritBinding): Layout {
  const isWide = names.length > MAX_INLINE_NAMES;
  const items = names.flatMap((name) => [isWide ? newline : line, attrName(name)]);
  const from = source === undefined ? [] : [" (", printer.layout(source), ")"];
  return group("inherit", ...from, indent(...items, isWide ? newline : softLine, ";"));
}

/** What follows `=` or `?`, the space or line break before it included. */
export function valueLayout(printer: Printer, value: NixExpr): Layout {
  if (isAbsorbable(value)) return seq(" ", printer.absorbed(value));
  switch (value.kind) {
    case "string":
    case "indented":
    case "path":
      return seq(" ", printer.layout(value));
    case "call":
      return callValueLayout(printer, value);
    case "binary":
      return operatorValueLayout(printer, value);
    case "literal":
    case "search-path":
    case "ref":
    case "select":
    case "has":
    case "list":
    case "attrs":
    case "lambda":
    case "function":
    case "let":
    case "if":
    case "with":
    case "assert":
    case "not":
    case "negate":
      return group(indent(line, printer.operand(value, Level.expression)));
  }
}
