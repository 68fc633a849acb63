import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { defineError, ExitCode, isError } from "@hop3/core";
import type { Route, Router } from "@hop3/core/plugin";
import { logDirectory, routerSocket, writeServiceDirectory } from "../run/service-directory.ts";
import { isSupervised, type ServiceTree } from "../run/service-tree.ts";
import { writeAtomically } from "../write-atomically.ts";
import { planChanges } from "./changes.ts";
import { type HaproxyAdmin, makeHaproxyAdmin, routerUnreachable } from "./haproxy-admin.ts";
import {
  bindLine,
  configFiles,
  desiredHosts,
  type RouterSettings,
  renderConfig,
  renderHosts,
  structureLine,
} from "./haproxy-config.ts";
import { checkPortFree } from "./listen.ts";
import { pages, renderJson, renderPage } from "./pages.ts";
import { backendName, serverName } from "./tokens.ts";

export const routerNotStarted = defineError<{ reason: string }>({
  code: "ROUTER_NOT_STARTED",
  exitCode: ExitCode.failure,
  status: 503,
  message: () => "The router could not be started",
  hint: () => "The last lines of its log say why; `hop3 doctor` checks what it needs",
  detail: ({ reason }) => reason,
});

export const routerRefused = defineError<{ command: string; answer: string }>({
  code: "ROUTER_REFUSED",
  exitCode: ExitCode.failure,
  status: 500,
  message: ({ command, answer }) => `The router refused "${command}": ${answer}`,
  hint: () => "Start the router again: `hop3 server stop --all`, then `hop3 server start`",
});

export interface HaproxyOptions {
  readonly tree: ServiceTree;
  readonly listen: RouterSettings["listen"];
  /** Backends that are set aside; one App takes one of them for life. Default 512. */
  readonly maxApps?: number | undefined;
  readonly user?: RouterSettings["user"];
}

interface Context {
  readonly tree: ServiceTree;
  readonly dir: string;
  readonly settings: RouterSettings;
  readonly admin: HaproxyAdmin;
}

const serviceName = "router";
const startTimeoutMs = 10_000;
const stopTimeoutMs = 2_000;
const removeTimeoutMs = 10_000;

/** haproxy as a service of the supervision tree, changed through its runtime API alone. */
export function makeHaproxyRouter(options: HaproxyOptions): Router {
  const { home } = options.tree;
  const adminSocket = routerSocket(home);
  const context: Context = {
    tree: options.tree,
    dir: home.router,
    settings: {
      listen: options.listen,
      adminSocket,
      maxApps: options.maxApps ?? 512,
      user: options.user,
    },
    admin: makeHaproxyAdmin(adminSocket, configFiles.hosts),
  };
  const inTurn = makeQueue();
  return {
    name: "haproxy",
    ensureRunning: (routes) => inTurn(() => ensureRunning(context, routes)),
    apply: (routes) => inTurn(() => apply(context, routes)),
    openSessions: async (app, upstreamId) => {
      const [backend, server] = [backendName(app.backend), serverName(upstreamId)];
      return (await whenUp(context, () => context.admin.sessions(backend, server))) ?? 0;
    },
    traffic: ({ backend }) => whenUp(context, () => context.admin.traffic(backendName(backend))),
    remove: (app, upstreamId) => whenUp(context, () => remove(context, app.backend, upstreamId)),
  };
}

/** Runs one task at a time, in the order of the calls; a failure is the caller's, not the next task's. */
function makeQueue(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task, task);
    last = result.catch(() => {});
    return result;
  };
}

async function ensureRunning(context: Context, routes: readonly Route[]): Promise<void> {
  const { tree, dir, settings } = context;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await tree.ensureRunning();
  const serviceDir = join(dir, "service");
  const known = (await tree.services()).has(serviceName) && (await isSupervised(serviceDir));
  if (known && (await runsWith(context))) return apply(context, routes);
  // The one that runs goes on serving where its successor could not.
  if (known && !(await listensAlready(context))) await checkPortFree(settings.listen);
  if (known) await tree.remove(serviceName, 2 * stopTimeoutMs);
  await checkPortFree(settings.listen);
  await writePages(dir);
  await writeRoutes(context, routes);
  const haproxy = [join(tree.binDir, "haproxy"), "-db", "-f", configFiles.config];
  await writeServiceDirectory(tree.binDir, serviceDir, {
    argv: [join(tree.binDir, "busybox"), "env", "-i", ...haproxy],
    workingDir: dir,
    stopSignal: "SIGTERM",
    stopTimeoutMs,
    restart: true,
  });
  await tree.add(serviceName, serviceDir);
  await waitUntilUp(context);
}

/** False where the haproxy that runs was started with another address or by another version of this program. */
async function runsWith({ dir, tree, settings }: Context): Promise<boolean> {
  const config = await readIfThere(join(dir, configFiles.config));
  const script = await readIfThere(join(dir, "service", "run"));
  return (
    config.startsWith(`${structureLine(settings)}\n`) && script.includes(`"${tree.binDir}/haproxy"`)
  );
}

/** True where the haproxy that runs holds the very address that is wanted. */
async function listensAlready({ dir, settings }: Context): Promise<boolean> {
  return (await readIfThere(join(dir, configFiles.config))).includes(`${bindLine(settings)}\n`);
}

function readIfThere(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}

async function waitUntilUp({ admin, dir }: Context): Promise<void> {
  const deadline = performance.now() + startTimeoutMs;
  for (;;) {
    try {
      await admin.send("show version");
      return;
    } catch (error) {
      if (!isError(error, routerUnreachable)) throw error;
      if (performance.now() > deadline) break;
    }
    await sleep(5);
  }
  const log = await readIfThere(join(logDirectory(join(dir, "service")), "current"));
  throw routerNotStarted({ reason: log.slice(-2_000) });
}

/** haproxy may have crashed a moment ago: s6 starts it again, and what may be repeated is. */
async function whenUp<T>(context: Context, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    if (!isError(error, routerUnreachable)) throw error;
    await waitUntilUp(context);
    return task();
  }
}

async function apply(context: Context, routes: readonly Route[]): Promise<void> {
  await writeRoutes(context, routes);
  await whenUp(context, () => changeRoutes(context.admin, routes));
}

async function changeRoutes(admin: HaproxyAdmin, routes: readonly Route[]): Promise<void> {
  const [hosts, servers] = await Promise.all([admin.hosts(), admin.servers()]);
  for (const { command, expect } of planChanges(routes, { hosts, servers })) {
    const answer = await admin.send(command);
    if (!expect.test(answer)) throw routerRefused({ command, answer });
  }
}

/** Puts on disk what a haproxy that starts now must know. */
async function writeRoutes(context: Context, routes: readonly Route[]): Promise<void> {
  const { dir, settings } = context;
  await writeIfChanged(join(dir, configFiles.hosts), renderHosts(desiredHosts(routes)));
  await writeIfChanged(join(dir, configFiles.config), renderConfig(settings, routes));
}

async function writePages(dir: string): Promise<void> {
  for (const page of Object.values(pages)) {
    await writeIfChanged(join(dir, configFiles.page(page.status)), renderPage(page));
    await writeIfChanged(join(dir, configFiles.json(page.status)), renderJson(page));
  }
}

async function writeIfChanged(path: string, text: string): Promise<void> {
  if ((await readIfThere(path)) === text && text !== "") return;
  await writeAtomically(path, text);
}

/** `del server` is refused while a connection, even an idle one, is still being taken down. */
async function remove(context: Context, backend: number, upstreamId: string): Promise<void> {
  const { admin } = context;
  const server = `${backendName(backend)}/${serverName(upstreamId)}`;
  if ((await admin.sessions(backendName(backend), upstreamId)) === undefined) return;
  await admin.send(`set server ${server} state maint`);
  const deadline = performance.now() + removeTimeoutMs;
  for (;;) {
    await admin.send(`shutdown sessions server ${server}`);
    const command = `experimental-mode on; del server ${server}`;
    const answer = await admin.send(command);
    if (/deleted|No such server/i.test(answer)) return;
    if (performance.now() > deadline) throw routerRefused({ command, answer });
    await sleep(5);
  }
}
