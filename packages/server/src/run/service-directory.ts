import { chmod, chown, mkdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ProcessSpec } from "@hop3/core/plugin";
import type { Home } from "../home.ts";
import { printExecline, printExeclineWithArguments } from "./execline.ts";
import { finishScript, startScript } from "./scripts.ts";

/** Where s6-log keeps `current` and the rotated files of a service. */
export function logDirectory(serviceDir: string): string {
  return join(serviceDir, "log", "main");
}

/** What a service directory needs to know, for a Process as for the router. */
export interface ServiceFiles {
  readonly argv: readonly [string, ...string[]];
  readonly workingDir: string;
  /** Emptied before each start: what a crashed instance left there would be in the way of the next. */
  readonly socketDir?: string;
  readonly stopSignal: string;
  readonly stopTimeoutMs: number;
  readonly restart: boolean;
}

/** Writes a service directory anew; the log of earlier lives stays. The service must not be supervised. */
export async function writeServiceDirectory(
  binDir: string,
  dir: string,
  files: ServiceFiles,
): Promise<void> {
  await mkdir(join(dir, "log"), { recursive: true, mode: 0o700 });
  const leftover = ["supervise", "event", "log/supervise", "log/event", "once"];
  const marks = ["penalty", "backing-off", "deliberate", "started", "group"];
  await Promise.all(
    [...leftover, ...marks].map((name) => rm(join(dir, name), { recursive: true, force: true })),
  );
  const busybox = join(binDir, "busybox");
  const start = [busybox, "sh", "start.sh", busybox, files.workingDir, files.socketDir ?? ""];
  const log = [join(binDir, "s6-log"), "n10", "s1000000", "T", logDirectory(dir)];
  await Promise.all([
    writeScript(join(dir, "run"), printExecline(binDir, [...start, ...files.argv])),
    writeScript(
      join(dir, "finish"),
      printExeclineWithArguments(binDir, [busybox, "sh", "finish.sh", busybox]),
    ),
    writeScript(join(dir, "log", "run"), printExecline(binDir, log)),
    writeFile(join(dir, "start.sh"), startScript),
    writeFile(join(dir, "finish.sh"), finishScript),
    writeFile(join(dir, "down-signal"), `${files.stopSignal}\n`),
    // For s6 zero means for ever.
    writeFile(join(dir, "timeout-kill"), `${Math.max(1, files.stopTimeoutMs)}\n`),
    // `finish` may wait for the rest of the process group as long as the Process itself may take.
    writeFile(join(dir, "timeout-finish"), `${files.stopTimeoutMs + 5_000}\n`),
    files.restart ? undefined : writeFile(join(dir, "once"), ""),
  ]);
}

async function writeScript(path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o755 });
  await chmod(path, 0o755);
}

/**
 * The argument array that turns a supervised script into the Process: nothing of the environment is inherited, the
 * variables come from the runtime directory, then the rights of the server are given up.
 */
export function processArgv(
  binDir: string,
  envDir: string,
  spec: ProcessSpec,
): readonly [string, ...string[]] {
  const environment = [join(binDir, "s6-envdir"), "-f", "-L", envDir];
  // An empty list of supplementary groups: those of root must not survive.
  const drop =
    spec.user === undefined
      ? []
      : [
          join(binDir, "s6-applyuidgid"),
          ...["-u", String(spec.user.uid), "-g", String(spec.user.gid), "-G", ""],
        ];
  return [join(binDir, "busybox"), "env", "-i", ...environment, ...drop, ...spec.argv];
}

/**
 * Writes the variables, one file each, readable by nobody else, and puts them in place by one rename. s6-envdir in
 * verbatim mode takes one line break off the end and reads an empty file as "unset": hence the added line break.
 */
export async function writeEnvironment(
  dir: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const fresh = `${dir}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { mode: 0o700 });
  await Promise.all(
    Object.entries(env).map(([name, value]) => {
      checkVariable(name, value);
      return writeFile(join(fresh, name), `${value}\n`, { mode: 0o600 });
    }),
  );
  await rm(dir, { recursive: true, force: true });
  await rename(fresh, dir);
}

function checkVariable(name: string, value: string): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,250}$/.test(name)) {
    throw new Error(`${JSON.stringify(name)} cannot be the name of a variable`);
  }
  if (value.includes("\0")) throw new Error(`the value of ${name} holds a NUL character`);
}

interface SocketDirectory {
  readonly path: string;
  readonly user: ProcessSpec["user"];
  readonly routerGid: number | undefined;
}

/** Directory for the sockets of one Process. Set-group-id, so that the router may connect to what is made in it. */
export async function makeSocketDirectory(options: SocketDirectory): Promise<void> {
  const { path, user, routerGid } = options;
  await rm(path, { recursive: true, force: true });
  await mkdir(path, { mode: 0o700 });
  if (user === undefined) return;
  await chown(path, user.uid, routerGid ?? user.gid);
  await chmod(path, 0o2770);
}

/** Variables and sockets of a Process that is gone. */
export async function removeRuntimeFiles(home: Home, id: string): Promise<void> {
  await rm(home.envDir(id), { recursive: true, force: true });
  await rm(home.socketDir(id), { recursive: true, force: true });
}

/** What is left of the runtime directory once nothing runs; the directory itself where nobody else uses it. */
export async function removeRuntimeRoot(home: Home): Promise<void> {
  await rm(join(home.runtimeDir, "env"), { recursive: true, force: true });
  await rm(join(home.runtimeDir, "sock"), { recursive: true, force: true });
  await rm(routerSocket(home), { force: true });
  // Not empty: the socket of the server is in it, and goes with the server.
  await rmdir(home.runtimeDir).catch(() => {});
}

/** Where the router listens for commands. */
export function routerSocket(home: Home): string {
  return join(home.runtimeDir, "router.sock");
}
