import type { NixExpr, StringPart } from "../nix/ast.ts";

/** What is taken where a variable is not set, or what is said then. */
export interface Fallback {
  readonly kind: "default" | "required";
  readonly text: Text;
}

/** A piece of a text of a recipe: literal, known when the Release is built, or known when it runs. */
export type TextPart =
  | string
  | { readonly kind: "nix"; readonly expr: NixExpr }
  | {
      readonly kind: "variable";
      readonly name: string;
      readonly fallback: Fallback | undefined;
    }
  /** Made at the first start and kept in the data directory. */
  | { readonly kind: "secret"; readonly bytes: number }
  /** `"$@"`: what the caller of the start script adds. */
  | { readonly kind: "arguments" };

/** A text of a recipe, in pieces. */
export type Text = readonly TextPart[];

/** A variable of the environment that the Release runs in. */
export function variable(name: string, fallback?: Fallback): TextPart {
  return { kind: "variable", name, fallback };
}

/** An expression whose value is known when the Release is built. */
export function fromNix(expr: NixExpr): TextPart {
  return { kind: "nix", expr };
}

/** True where the text says the same for every process of the Release. */
export function isFixed(text: Text): boolean {
  return text.every((part) => typeof part === "string" || part.kind === "nix");
}

/** An expression as parts of a string around it: a string becomes part of that string. */
export function spliced(expr: NixExpr): readonly StringPart[] {
  return expr.kind === "string" ? expr.parts : [expr];
}

/** Where an app may write; without the platform, where its start script is called. */
export const dataDirectory: Text = [variable("HOP3_DATA_DIR", { kind: "default", text: ["."] })];
