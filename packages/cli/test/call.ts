import { PassThrough } from "node:stream";
import { runCli, type World } from "../src/cli.ts";
import type { InputStream } from "../src/context.ts";

export interface CallOptions {
  readonly home?: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly stdin?: InputStream;
  readonly terminal?: boolean;
  readonly signal?: AbortSignal;
}

export interface CallResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** The moment at which every test takes place. */
const testNow = Date.parse("2026-11-23T07:00:00.000Z");

/** Runs hop3 in this process, with streams of its own. */
export async function call(
  argv: readonly string[],
  options: CallOptions = {},
): Promise<CallResult> {
  const out: string[] = [];
  const err: string[] = [];
  const isTTY = options.terminal === true;
  const start = Date.now();
  const world: World = {
    env: { ...(options.home === undefined ? {} : { HOP3_HOME: options.home }), ...options.env },
    cwd: options.cwd ?? "/",
    userId: 0,
    stdin: options.stdin ?? typed("", false),
    stdout: { write: (chunk) => out.push(Buffer.from(chunk).toString()), isTTY, columns: 80 },
    stderr: { write: (chunk) => err.push(Buffer.from(chunk).toString()), isTTY },
    now: () => testNow + Date.now() - start,
    signal: options.signal ?? new AbortController().signal,
    version: "0.1.0",
  };
  const exitCode = await runCli(argv, world);
  return { stdout: out.join(""), stderr: err.join(""), exitCode };
}

/** Standard input that holds this text; of a terminal, or of a pipe. */
export function typed(text: string, isTTY: boolean): InputStream {
  const stream = new PassThrough();
  stream.end(text);
  return Object.assign(stream, { isTTY });
}
