/** Text, or an expression in `${}`. */
export type StringPart = string | NixExpr;

/** One name of an attribute path; an expression is computed: `a.${name}`. */
export type AttrName = string | NixExpr;

export type BinaryOperator =
  | "->"
  | "||"
  | "&&"
  | "=="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "//"
  | "+"
  | "-"
  | "*"
  | "/"
  | "++";

/** The part of Nix that Hop3 writes, as data. `nix` makes the nodes, `printNix` prints them. */
export type NixExpr =
  | { readonly kind: "string"; readonly parts: readonly StringPart[] }
  | { readonly kind: "indented"; readonly parts: readonly StringPart[] }
  | { readonly kind: "literal"; readonly value: number | boolean | null }
  | { readonly kind: "path"; readonly path: `./${string}` }
  | { readonly kind: "search-path"; readonly name: string }
  | { readonly kind: "ref"; readonly name: string }
  | SelectExpr
  | { readonly kind: "has"; readonly target: NixExpr; readonly path: readonly AttrName[] }
  | { readonly kind: "list"; readonly items: readonly NixExpr[] }
  | AttrsExpr
  | { readonly kind: "call"; readonly callee: NixExpr; readonly args: readonly NixExpr[] }
  | { readonly kind: "lambda"; readonly param: string; readonly body: NixExpr }
  | FunctionExpr
  | { readonly kind: "let"; readonly bindings: readonly Binding[]; readonly body: NixExpr }
  | IfExpr
  | { readonly kind: "with"; readonly scope: NixExpr; readonly body: NixExpr }
  | { readonly kind: "assert"; readonly condition: NixExpr; readonly body: NixExpr }
  | BinaryExpr
  | { readonly kind: "not"; readonly operand: NixExpr }
  | { readonly kind: "negate"; readonly operand: NixExpr };

/** `target.path`, or `target.path or fallback`. */
export interface SelectExpr {
  readonly kind: "select";
  readonly target: NixExpr;
  readonly path: readonly AttrName[];
  readonly fallback: NixExpr | undefined;
}

export interface AttrsExpr {
  readonly kind: "attrs";
  readonly recursive: boolean;
  readonly bindings: readonly Binding[];
}

/** A function of an attribute set: `{ pkgs, lib ? pkgs.lib, ... }@args: body`. */
export interface FunctionExpr {
  readonly kind: "function";
  readonly formals: readonly Formal[];
  readonly isOpen: boolean;
  readonly alias: string | undefined;
  readonly body: NixExpr;
}

export interface IfExpr {
  readonly kind: "if";
  readonly condition: NixExpr;
  readonly then: NixExpr;
  readonly otherwise: NixExpr;
}

export interface BinaryExpr {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: NixExpr;
  readonly right: NixExpr;
}

export interface Formal {
  readonly name: string;
  readonly fallback: NixExpr | undefined;
}

/** One entry of an attribute set or `let`. */
export type Binding = AssignBinding | InheritBinding;

export interface AssignBinding {
  readonly kind: "assign";
  readonly path: readonly AttrName[];
  readonly value: NixExpr;
  /** Printed above the binding, a `#` before each line. */
  readonly comment: string | undefined;
}

export interface InheritBinding {
  readonly kind: "inherit";
  readonly source: NixExpr | undefined;
  readonly names: readonly string[];
  readonly comment: string | undefined;
}
