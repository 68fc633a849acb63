import { type ChildProcess, spawn } from "node:child_process";
import { openSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { Argv, RunRequest, RunResult, StopReason } from "@hop3/core/plugin";

export type { Argv, RunRequest, RunResult } from "@hop3/core/plugin";

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

/** Everything this program was started with: for a program of our own that stands in for us. */
export function wholeEnvironment(): Record<string, string> {
  const known = Object.entries(process.env).filter((entry) => entry[1] !== undefined);
  return Object.fromEntries(known) as Record<string, string>;
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

/** Stops a child for one reason, the first one. */
interface Stopper {
  readonly reason: () => StopReason | undefined;
  /** Resolves when there is a reason. */
  readonly stopped: Promise<void>;
  stop(reason: StopReason): void;
}

/** A program whose streams the caller connects himself, each at the pace of the other end. */
export interface PipedProgram {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when it has ended and all that it wrote was read; null where a signal ended it. */
  readonly ended: Promise<number | null>;
  stop(): void;
}

/** Starts a program and leaves its streams alone; as with `run`, stopping it stops what it has started. */
export function startPiped(request: Pick<RunRequest, "argv" | "env" | "cwd">): PipedProgram {
  const [program, ...args] = request.argv;
  const child = spawn(program, args, {
    env: request.env ?? hostEnvironment(),
    cwd: request.cwd,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.on("error", () => {});
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  // Whoever waits for it sees it; nobody has to.
  ended.catch(() => {});
  const { stdin, stdout, stderr } = child;
  return { stdin, stdout, stderr, ended, stop: () => makeStopper(child).stop("aborted") };
}

function makeStopper(child: ChildProcess): Stopper {
  let reason: StopReason | undefined;
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  return {
    reason: () => reason,
    stopped,
    stop(why) {
      if (reason !== undefined) return;
      reason = why;
      resolve();
      signalGroup(child, "SIGTERM");
      setTimeout(() => {
        signalGroup(child, "SIGKILL");
        letGo(child);
      }, killAfterMs).unref();
    },
  };
}

async function collect(child: ChildProcess, request: RunRequest): Promise<RunResult> {
  const stopper = makeStopper(child);
  const endWatch = watch(child, request, stopper);
  const stdout = listen(child.stdout, "stdout", request);
  const stderr = listen(child.stderr, "stderr", request);
  feed(child, request.stdin);
  try {
    const end = await endOf(child);
    // Who was told to stop waits for no reader.
    await Promise.race([Promise.all([stdout.taken(), stderr.taken()]), stopper.stopped]);
    return { ...end, stdout: stdout.text(), stderr: stderr.text(), stopped: stopper.reason() };
  } finally {
    endWatch();
  }
}

type End = Pick<RunResult, "exitCode" | "exitSignal" | "missing">;

/** Resolves when the child has ended and its streams are closed, or where there is no such program. */
function endOf(child: ChildProcess): Promise<End> {
  return new Promise((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) => {
      if (child.pid !== undefined) return;
      if (error.code !== "ENOENT" && error.code !== "EACCES") return reject(error);
      resolve({ exitCode: null, exitSignal: null, missing: true });
    });
    child.once("close", (exitCode, exitSignal) =>
      resolve({ exitCode, exitSignal, missing: false }),
    );
  });
}

/** Stops the child when it takes too long, is silent too long, or nobody wants it any more. Returns how to end that. */
function watch(child: ChildProcess, request: RunRequest, { stop }: Stopper): () => void {
  const { timeoutMs, silenceMs, signal } = request;
  let silence: NodeJS.Timeout | undefined;
  const heard = (): void => {
    clearTimeout(silence);
    if (silenceMs !== undefined) silence = setTimeout(() => stop("silence"), silenceMs);
  };
  heard();
  if (silenceMs !== undefined) {
    child.stdout?.on("data", heard);
    child.stderr?.on("data", heard);
  }
  const deadline =
    timeoutMs === undefined ? undefined : setTimeout(() => stop("timeout"), timeoutMs);
  const onAbort = (): void => stop("aborted");
  if (signal?.aborted === true) onAbort();
  signal?.addEventListener("abort", onAbort, { once: true });
  return () => {
    clearTimeout(silence);
    clearTimeout(deadline);
    signal?.removeEventListener("abort", onAbort);
  };
}

/** What was heard of a stream. */
interface Heard {
  /** What was kept of it. */
  readonly text: () => string;
  /** Resolves when what was handed on last is taken. */
  readonly taken: () => Promise<void>;
}

/** Hands on what a stream says. */
function listen(
  source: Readable | null,
  stream: "stdout" | "stderr",
  { onData, onLine, keep = defaultKeep }: RunRequest,
): Heard {
  let kept = "";
  let last = Promise.resolve();
  const heard: Heard = { text: () => kept, taken: () => last };
  if (source === null) return heard;
  if (onData !== undefined) {
    let isBeingTaken = false;
    source.on("data", (chunk: Buffer) => {
      const taken = onData(chunk, stream);
      if (taken === undefined) return;
      isBeingTaken = true;
      source.pause();
      last = taken.finally(() => {
        isBeingTaken = false;
        source.resume();
      });
    });
    // Node lets the streams of a child flow when it ends, whoever has paused them.
    source.on("resume", () => {
      if (isBeingTaken) source.pause();
    });
    return heard;
  }
  source.setEncoding("utf8");
  source.on("data", (text: string) => {
    kept = tail(kept + text, keep);
  });
  if (onLine !== undefined) {
    const lines = createInterface({ input: source, crlfDelay: Number.POSITIVE_INFINITY });
    lines.on("line", (line) => onLine(line, stream));
  }
  return heard;
}

function feed(child: ChildProcess, stdin: RunRequest["stdin"]): void {
  if (stdin === undefined || child.stdin === null) return;
  // A program may end without reading all of its input; that is its right, not our failure.
  child.stdin.on("error", () => {});
  if (typeof stdin === "string" || Buffer.isBuffer(stdin)) child.stdin.end(stdin);
  else stdin.pipe(child.stdin);
}

/** A process that has left the group may still hold the streams: it is not waited for. */
function letGo({ stdout, stderr }: ChildProcess): void {
  stdout?.destroy();
  stderr?.destroy();
}

/** Also where the child itself has ended, as long as its group may hold the streams. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  const { pid, stdout, stderr, exitCode, signalCode } = child;
  const isHeld = stdout?.closed === false || stderr?.closed === false;
  const isOver = (exitCode !== null || signalCode !== null) && !isHeld;
  if (pid === undefined || isOver) return;
  try {
    process.kill(-pid, signal);
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
