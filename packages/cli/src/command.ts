import type { Block } from "./blocks.ts";
import type { Context } from "./context.ts";
import type { Input } from "./input.ts";

/** What completion offers for a value. */
export type ValueKind = "app" | "directory" | "file" | "text" | readonly string[];

export interface ArgumentSpec {
  readonly name: string;
  readonly summary: string;
  readonly kind: ValueKind;
  readonly required?: boolean;
  readonly many?: boolean;
}

export interface OptionSpec {
  /** Without the dashes: `follow`. */
  readonly name: string;
  readonly short?: string;
  readonly summary: string;
  /** Present where the option takes a value; shown in help as its name. */
  readonly value?: { readonly name: string; readonly kind: ValueKind };
  readonly fallback?: string;
}

/** One node of the command tree: the only description of a command, for parser, help, reference and completion. */
export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  /** Further paragraphs for help and reference. */
  readonly notes?: readonly string[];
  readonly examples?: readonly string[];
  readonly group?: string;
  readonly args?: readonly ArgumentSpec[];
  readonly options?: readonly OptionSpec[];
  /** Everything after the first argument belongs to that argument, dashes or not. */
  readonly passThrough?: boolean;
  /** Left out of help, reference and completion. */
  readonly hidden?: boolean;
  /** Name of the child that runs where none is named. */
  readonly defaultChild?: string;
  readonly children?: readonly CommandSpec[];
  /** Loads the command's code; not before it is really asked for. */
  readonly load?: () => Promise<Handler>;
}

type Handler = (input: Input, context: Context) => Promise<Answer>;

/** What a command has found out or done; output.ts prints it one way or the other. */
export interface Answer {
  /** The one JSON value of `--json`; undefined where the command has already streamed its lines. */
  readonly json: unknown;
  readonly blocks: readonly Block[];
  /** Text for standard output as it is, instead of blocks: a script, a token. */
  readonly raw?: string;
  readonly exitCode?: number;
}
