import type { Readable } from "node:stream";

/** A program and its arguments; never shell text. */
export type Argv = readonly [program: string, ...args: string[]];

/** A program to start, and when to stop it. */
export interface RunRequest {
  readonly argv: Argv;
  /** The whole environment of the child; nothing is inherited. Default: a PATH of the host and HOME alone. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: string | Buffer | Readable;
  readonly signal?: AbortSignal | undefined;
  /** The child and its group are stopped after this many milliseconds. */
  readonly timeoutMs?: number;
  /** The same when neither stream has said anything for this long. */
  readonly silenceMs?: number;
  readonly onLine?: (line: string, stream: "stdout" | "stderr") => void;
  /** Raw bytes instead of lines and of `stdout`: for output that is data. While a promise is open, no more is read, nor does the run end. */
  readonly onData?: (chunk: Buffer, stream: "stdout" | "stderr") => void | Promise<void>;
  /** Characters of each stream to keep, counted from the end. Default 4 Mi. */
  readonly keep?: number;
}

/** Why a program was stopped before its end. */
export type StopReason = "timeout" | "silence" | "aborted";

/** How a program has ended, and what it wrote. */
export interface RunResult {
  /** null where a signal ended the child. */
  readonly exitCode: number | null;
  readonly exitSignal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Why we stopped it, where we did. */
  readonly stopped: StopReason | undefined;
  /** True where the program could not be found or started. */
  readonly missing: boolean;
}
