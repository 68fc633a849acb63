import type { AppName } from "../names.ts";
import type { Block } from "./blocks.ts";

/** Arguments and options of one call, as the command tree declares them. */
export interface Input {
  /** All arguments of the command line in order, without options. */
  readonly args: readonly string[];
  flag(name: string): boolean;
  text(name: string): string | undefined;
  whole(name: string): number | undefined;
  app(): AppName | undefined;
}

/** What a command may ask the server for. Paths are below /api/v1. */
export interface CommandRequest {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal: AbortSignal;
}

/** The world as a command sees it. */
export interface CommandContext {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** HOP3_HOME. */
  readonly home: string;
  readonly version: string;
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  readonly output: {
    readonly json: boolean;
    readonly verbose: boolean;
    /** Lines for people; nothing with `--json`. */
    print(...blocks: Block[]): void;
    /** Something beside the result, on standard error; nothing with `--json`. */
    notice(...blocks: Block[]): void;
  };
  readonly client: {
    /** The body of the server's answer; a failure is thrown as the server worded it. */
    text(request: CommandRequest): Promise<string>;
  };
}

/** What completion offers for a value. */
export type ValueKind = "app" | "directory" | "file" | "text" | readonly string[];

/** One argument of a command. */
export interface ArgumentSpec {
  readonly name: string;
  readonly summary: string;
  readonly kind: ValueKind;
  readonly required?: boolean;
  readonly many?: boolean;
}

/** One option of a command. */
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
export interface CommandSpec<Ctx = CommandContext> {
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
  readonly children?: readonly CommandSpec<Ctx>[];
  /** Loads the command's code; not before it is really asked for. */
  readonly load?: () => Promise<Handler<Ctx>>;
}

/** What runs when a command is called. */
export type Handler<Ctx = CommandContext> = (input: Input, context: Ctx) => Promise<Answer>;

/** What a command has found out or done; output.ts prints it one way or the other. */
export interface Answer {
  /** The one JSON value of `--json`; undefined where the command has already streamed its lines. */
  readonly json: unknown;
  readonly blocks: readonly Block[];
  /** Text for standard output as it is, instead of blocks: a script, a token. */
  readonly raw?: string;
  readonly exitCode?: number;
}
