import { asUser } from "../deploy/as-user.ts";
import { hostEnvironment, type PipedProgram, startPiped } from "../proc/run.ts";
import { gitUid } from "../proc/users.ts";
import { gitMissing } from "./git-errors.ts";
import type { SocketClient } from "./socket-client.ts";

/** How git is called here: under a user of its own, with nothing of the host's or the pusher's settings. */
export interface GitProgram {
  /** Starts it with its streams left to the caller; `extra` joins the environment. */
  start(args: readonly string[], extra?: Readonly<Record<string, string>>): PipedProgram;
  /** Runs it to its end; what it wrote, and how it ended. */
  run(args: readonly string[], stdin?: string): Promise<GitResult>;
  /** As `start`, where what it brings is another server's: no file becomes larger than a pack may be. */
  startLimited(args: readonly string[], extra?: Readonly<Record<string, string>>): PipedProgram;
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
  /** By which what it starts itself reaches the server. */
  readonly client: SocketClient;
}

export interface GitResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface GitOptions {
  readonly isRoot: boolean;
  readonly client: SocketClient;
  readonly hooksDir: string;
  /** Largest pack that is taken in. */
  readonly maxBytes: number;
}

/** Settings of every repository; from the environment, so that no file can be out of date or changed. */
function settings({ hooksDir, maxBytes }: GitOptions): Readonly<Record<string, string>> {
  return {
    "core.hooksPath": hooksDir,
    // Each ref goes through our hook, which decides on each by itself.
    "receive.procReceiveRefs": "refs",
    "receive.advertisePushOptions": "true",
    "receive.advertiseAtomic": "false",
    "receive.shallowUpdate": "true",
    "receive.maxInputSize": String(maxBytes),
    // Only what makes packs says how large one may be where it is too large.
    "receive.unpackLimit": "1",
    // Names such as .git or .. in a tree; faults of old tools that harm nobody are let through.
    "receive.fsckObjects": "true",
    "receive.fsck.zeroPaddedFilemode": "ignore",
    "receive.fsck.missingSpaceBeforeDate": "ignore",
    "receive.fsck.badTimezone": "ignore",
    "fetch.fsckObjects": "true",
    "fetch.fsck.zeroPaddedFilemode": "ignore",
    "fetch.fsck.missingSpaceBeforeDate": "ignore",
    "fetch.fsck.badTimezone": "ignore",
    "http.receivepack": "true",
    "gc.pruneExpire": "1.day.ago",
    "advice.detachedHead": "false",
  };
}

export function makeGitProgram(options: GitOptions): GitProgram {
  const user = options.isRoot ? { uid: gitUid, gid: gitUid } : undefined;
  const env = environment(settings(options));
  const start: GitProgram["start"] = (args, extra = {}) =>
    startPiped({ argv: asUser(user, ["git", ...args]), env: { ...env, ...extra }, cwd: "/" });
  const limit = ["/usr/bin/prlimit", `--fsize=${options.maxBytes}`, "git"] as const;
  return {
    user,
    client: options.client,
    start,
    startLimited: (args, extra = {}) =>
      startPiped({ argv: asUser(user, [...limit, ...args]), env: { ...env, ...extra }, cwd: "/" }),
    async run(args, stdin = "") {
      const program = start(args);
      program.stdin.end(stdin);
      const [stdout, stderr, exitCode] = await Promise.all([
        readAll(program.stdout),
        readAll(program.stderr),
        program.ended,
      ]);
      if (exitCode === 127) throw gitMissing({ reason: stderr.trim() });
      return { exitCode, stdout, stderr };
    },
  };
}

function environment(config: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(config).map(([key, value], index) => ({
    [`GIT_CONFIG_KEY_${index}`]: key,
    [`GIT_CONFIG_VALUE_${index}`]: value,
  }));
  return Object.assign({}, ...entries, {
    PATH: hostEnvironment()["PATH"],
    LC_ALL: "C.UTF-8",
    HOME: "/nonexistent",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_ATTR_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_CONFIG_COUNT: String(entries.length),
  });
}

export async function readBytes(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** More is no text that anybody waits for, and may be another server's that never ends. */
const mostText = 4 * 1024 * 1024;

/** The beginning of what it says; the rest is read and let go. */
export async function readAll(stream: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (length < mostText) chunks.push(chunk);
    length += chunk.length;
  }
  return Buffer.concat(chunks).toString("utf8");
}
