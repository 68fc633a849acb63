import { type ChildProcess, spawn } from "node:child_process";
import { openSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** A program and its arguments; never shell text. */
export type Argv = readonly [program: string, ...args: string[]];

export interface RunRequest {
  readonly argv: Argv;
  /** The whole environment of the child; nothing is inherited. Default: a PATH of the host and HOME alone. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: string | Readable;
  readonly signal?: AbortSignal;
  /** The child and its group are stopped after this many milliseconds. */
  readonly timeoutMs?: number;
  /** The same when neither stream has said anything for this long. */
  readonly silenceMs?: number;
  readonly onLine?: (line: string, stream: "stdout" | "stderr") => void;
  /** Raw bytes instead of lines and of `stdout`: for output that is data. */
  readonly onData?: (chunk: Buffer, stream: "stdout" | "stderr") => void;
  /** Characters of each stream to keep, counted from the end. Default 4 Mi. */
  readonly keep?: number;
}

export type StopReason = "timeout" | "silence" | "aborted";

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

const defaultKeep = 4 * 1024 * 1024;
const killAfterMs = 5_000;

/** The host's PATH and HOME and nothing else: what our own tools need to be found. */
export function hostEnvironment(): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: process.env["HOME"] ?? "/root",
    LC_ALL: "C.UTF-8",
  };
}

/**
 * Runs a program to its end and returns what it did; a non-zero exit is a result, not an exception.
 * The child leads a process group of its own, so that stopping it stops what it started.
 */
export function run(request: RunRequest): Promise<RunResult> {
  const [program, ...args] = request.argv;
  const child = spawn(program, args, {
    env: request.env ?? hostEnvironment(),
    cwd: request.cwd,
    detached: true,
    stdio: [request.stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  return collect(child, request);
}

function collect(child: ChildProcess, request: RunRequest): Promise<RunResult> {
  const kept = { stdout: "", stderr: "" };
  const keep = request.keep ?? defaultKeep;
  let stopped: StopReason | undefined;
  let silence: NodeJS.Timeout | undefined;

  const stop = (reason: StopReason): void => {
    if (stopped !== undefined) return;
    stopped = reason;
    signalGroup(child, "SIGTERM");
    setTimeout(() => signalGroup(child, "SIGKILL"), killAfterMs).unref();
  };
  const heard = (): void => {
    if (request.silenceMs === undefined) return;
    clearTimeout(silence);
    silence = setTimeout(() => stop("silence"), request.silenceMs);
  };
  const listen = (stream: "stdout" | "stderr"): void => {
    const source = child[stream];
    if (source === null) return;
    source.on("data", heard);
    if (request.onData !== undefined) {
      const { onData } = request;
      source.on("data", (chunk: Buffer) => onData(chunk, stream));
      return;
    }
    source.setEncoding("utf8");
    source.on("data", (text: string) => {
      kept[stream] = tail(kept[stream] + text, keep);
    });
    if (request.onLine === undefined) return;
    const { onLine } = request;
    createInterface({ input: source, crlfDelay: Number.POSITIVE_INFINITY }).on("line", (line) =>
      onLine(line, stream),
    );
  };

  listen("stdout");
  listen("stderr");
  heard();
  feed(child, request.stdin);
  const onAbort = (): void => stop("aborted");
  if (request.signal?.aborted === true) onAbort();
  request.signal?.addEventListener("abort", onAbort, { once: true });
  const deadline =
    request.timeoutMs === undefined
      ? undefined
      : setTimeout(() => stop("timeout"), request.timeoutMs);

  return new Promise((resolve, reject) => {
    const finish = (result: Pick<RunResult, "exitCode" | "exitSignal" | "missing">): void => {
      clearTimeout(silence);
      clearTimeout(deadline);
      request.signal?.removeEventListener("abort", onAbort);
      resolve({ ...result, ...kept, stopped });
    };
    child.once("error", (error: NodeJS.ErrnoException) => {
      if (child.pid !== undefined) return;
      if (error.code !== "ENOENT" && error.code !== "EACCES") return reject(error);
      finish({ exitCode: null, exitSignal: null, missing: true });
    });
    child.once("close", (exitCode, exitSignal) => finish({ exitCode, exitSignal, missing: false }));
  });
}

function feed(child: ChildProcess, stdin: RunRequest["stdin"]): void {
  if (stdin === undefined || child.stdin === null) return;
  // A program may end without reading all of its input; that is its right, not our failure.
  child.stdin.on("error", () => {});
  if (typeof stdin === "string") child.stdin.end(stdin);
  else stdin.pipe(child.stdin);
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group ended between the check and the call.
  }
}

function tail(text: string, length: number): string {
  return text.length > length ? text.slice(-length) : text;
}

/** Starts a program that outlives this process; both streams are appended to `logFile`. Returns its pid. */
export function spawnDetached(
  argv: Argv,
  options: {
    readonly env: Readonly<Record<string, string>>;
    readonly cwd: string;
    readonly logFile: string;
  },
): number {
  const [program, ...args] = argv;
  const log = openSync(options.logFile, "a", 0o600);
  const child = spawn(program, args, {
    env: options.env,
    cwd: options.cwd,
    detached: true,
    stdio: ["ignore", log, log],
  });
  child.once("error", () => {});
  child.unref();
  if (child.pid === undefined) throw new Error(`cannot start ${program}`);
  return child.pid;
}
