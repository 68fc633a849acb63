import { constants } from "node:fs";
import { chmod, mkdir, open, readdir, readFile, readlink, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { defineError, ExitCode } from "@hop3/core";
import type { Home } from "../home.ts";
import { run, spawnDetached } from "../proc/run.ts";

export const supervisorNotRunning = defineError<{ dir: string; reason: string }>({
  code: "SUPERVISOR_NOT_RUNNING",
  exitCode: ExitCode.failure,
  status: 503,
  message: ({ dir }) => `The supervisor of ${dir} does not run and could not be started`,
  hint: () => "`hop3 doctor` says whether the programs of the data plane are there",
  detail: ({ reason }) => reason,
});

/** The s6 supervision tree of one home: services come and go in it by name, whatever they are. */
export interface ServiceTree {
  readonly home: Home;
  readonly binDir: string;
  ensureRunning(): Promise<void>;
  isRunning(): Promise<boolean>;
  /** Puts a service directory under supervision; returns as soon as that is so. Idempotent. */
  add(name: string, serviceDir: string): Promise<void>;
  /** Stops a service, waits at most so long, then ends its logger. Idempotent. */
  remove(name: string, timeoutMs: number): Promise<void>;
  /** Service directory by name. */
  services(): Promise<ReadonlyMap<string, string>>;
  /** Sends what the letters of s6-svc stand for. */
  control(serviceDir: string, commands: string): Promise<void>;
  /** Ends the tree, which should be empty by now. */
  shutdown(): Promise<void>;
}

interface TreeOptions {
  readonly home: Home;
  /** Directory with the programs of the data plane. */
  readonly binDir: string;
}

/** More services than one machine will ever hold; s6 sets its table aside by it. */
const maxServices = 4_000;
const startTimeoutMs = 10_000;
/** How long a logger may take to write what is left once its service is gone. */
const loggerTimeoutMs = 1_000;
/** How long a Process that ends at once takes. */
const toldMs = 200;

/** Handle of the tree of one home; it may be running already, started by an earlier life of this program. */
export function makeServiceTree(options: TreeOptions): ServiceTree {
  const { home, binDir } = options;
  return {
    home,
    binDir,
    ensureRunning: () => ensureRunning(options),
    isRunning: () => isTreeRunning(home),
    add: (name, serviceDir) => addService(options, name, serviceDir),
    remove: (name, timeoutMs) => removeService(options, name, timeoutMs),
    services: () => readServices(home.scanDir),
    control: (serviceDir, commands) => s6Svc(binDir, serviceDir, commands),
    shutdown: () => shutdown(options),
  };
}

async function ensureRunning({ home, binDir }: TreeOptions): Promise<void> {
  for (const [dir, mode] of [
    [home.scanDir, 0o700],
    [join(home.runtimeDir, "env"), 0o700],
    [join(home.runtimeDir, "sock"), 0o711],
    [home.supervisor, 0o700],
  ] as const) {
    await mkdir(dir, { recursive: true });
    await chmod(dir, mode);
  }
  if (await isTreeRunning(home)) return;
  const logFile = join(home.supervisor, "svscan.log");
  await removeDeadLinks(home.scanDir);
  // TZ: s6-log writes local time, and logs are in UTC.
  spawnDetached([join(binDir, "s6-svscan"), "-c", String(maxServices), home.scanDir], {
    env: { PATH: binDir, TZ: "UTC0" },
    cwd: "/",
    logFile,
  });
  if (await waitFor(() => isTreeRunning(home), startTimeoutMs)) return;
  const reason = await readFile(logFile, "utf8").catch(() => "");
  throw supervisorNotRunning({ dir: home.dir, reason: reason.slice(-2_000) });
}

/** A service whose directory is gone would only make s6-svscan complain for ever. */
async function removeDeadLinks(scanDir: string): Promise<void> {
  for (const [name, dir] of await readServices(scanDir)) {
    const found = await readFile(join(dir, "run")).catch(() => undefined);
    if (found === undefined) await rm(join(scanDir, name), { force: true });
  }
}

async function addService(
  { home, binDir }: TreeOptions,
  name: string,
  serviceDir: string,
): Promise<void> {
  if (!(await isTreeRunning(home))) await ensureRunning({ home, binDir });
  const link = join(home.scanDir, name);
  if ((await linkTarget(link)) !== serviceDir) {
    await rm(link, { force: true });
    await symlink(serviceDir, link);
  }
  await rescan(home, binDir);
  if (await waitFor(() => hasStatus(serviceDir), startTimeoutMs)) return;
  throw supervisorNotRunning({ dir: home.dir, reason: `${name} was not taken over` });
}

async function removeService(
  { home, binDir }: TreeOptions,
  name: string,
  timeoutMs: number,
): Promise<void> {
  const link = join(home.scanDir, name);
  const serviceDir = await linkTarget(link);
  if (serviceDir === undefined) return;
  await rm(link, { force: true });
  const isGone = async (): Promise<boolean> => !(await isSupervised(serviceDir));
  if (await isTreeRunning(home)) await rescan(home, binDir);
  // Where its s6-supervise has outlived the s6-svscan that started it, only it itself can be told. Not before the
  // rescan: s6-svscan would start it again.
  if (!(await waitFor(isGone, toldMs))) await s6Svc(binDir, serviceDir, "xd");
  if (!(await waitFor(isGone, timeoutMs))) {
    await s6Svc(binDir, serviceDir, "kx");
    await waitFor(isGone, loggerTimeoutMs);
  }
  await endLogger(binDir, join(serviceDir, "log"));
}

/** The logger ends with its input. A child that left the process group may hold that open: then it is told to end. */
async function endLogger(binDir: string, logDir: string): Promise<void> {
  if (await waitFor(async () => !(await isSupervised(logDir)), loggerTimeoutMs)) return;
  await s6Svc(binDir, logDir, "xd");
  await waitFor(async () => !(await isSupervised(logDir)), loggerTimeoutMs);
}

async function shutdown({ home, binDir }: TreeOptions): Promise<void> {
  if (!(await isTreeRunning(home))) return;
  await run({ argv: [join(binDir, "s6-svscanctl"), "-t", home.scanDir] });
  await waitFor(async () => !(await isTreeRunning(home)), startTimeoutMs);
  await rm(home.scanDir, { recursive: true, force: true });
}

/** `-a`: look for new services, `-n`: stop those whose link is gone. */
async function rescan(home: Home, binDir: string): Promise<void> {
  const result = await run({ argv: [join(binDir, "s6-svscanctl"), "-an", home.scanDir] });
  if (result.exitCode === 0) return;
  throw supervisorNotRunning({ dir: home.dir, reason: result.stderr });
}

async function s6Svc(binDir: string, serviceDir: string, commands: string): Promise<void> {
  // Exit 100 and the like mean that nothing supervises the service, which callers read from the status instead.
  await run({ argv: [join(binDir, "s6-svc"), `-${commands}`, serviceDir] });
}

async function readServices(scanDir: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const entries = await readdir(scanDir).catch(() => []);
  for (const name of entries.sort()) {
    const target = await linkTarget(join(scanDir, name));
    if (target !== undefined) found.set(name, target);
  }
  return found;
}

function linkTarget(path: string): Promise<string | undefined> {
  return readlink(path).catch(() => undefined);
}

function isTreeRunning(home: Home): Promise<boolean> {
  return hasReader(join(home.scanDir, ".s6-svscan", "control"));
}

/** True while an s6-supervise looks after this service directory. */
export function isSupervised(serviceDir: string): Promise<boolean> {
  return hasReader(join(serviceDir, "supervise", "control"));
}

/** s6-supervise takes commands a moment before it can be asked how its service is. */
async function hasStatus(serviceDir: string): Promise<boolean> {
  const status = await readFile(join(serviceDir, "supervise", "status")).catch(() => undefined);
  return status !== undefined && (await isSupervised(serviceDir));
}

/** s6 programs keep their control FIFO open for reading as long as they live: opening it to write then succeeds. */
async function hasReader(fifo: string): Promise<boolean> {
  try {
    const handle = await open(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
    await handle.close();
    return true;
  } catch {
    return false;
  }
}

async function waitFor(condition: () => Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  let pause = 1;
  while (!(await condition())) {
    if (performance.now() > deadline) return false;
    await sleep(pause);
    pause = Math.min(pause * 1.5, 50);
  }
  return true;
}
