import type { Readable } from "node:stream";
import type { CommandSpec as Spec } from "@hop3/core/plugin";
import type { Client } from "./client.ts";
import type { Output } from "./output.ts";

/** What a command reads from the person or program that called it. */
export interface InputStream extends Readable {
  readonly isTTY?: boolean;
  readonly fd?: number;
  setRawMode?(mode: boolean): unknown;
}

/** The world as one command sees it; main.ts makes the real one, tests make theirs. */
export interface Context {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly home: string;
  readonly stdin: InputStream;
  readonly output: Output;
  readonly client: Client;
  readonly now: () => number;
  readonly version: string;
  /** The command this one is part of, with all its siblings. */
  readonly tree: CommandSpec;
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
}

/** A command of this program: it sees more of the world than one of a plug-in. */
export type CommandSpec = Spec<Context>;
