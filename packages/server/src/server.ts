import { rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerFile } from "@hop3/core";
import type { LoadResult } from "@hop3/core/plugin-load";
import { type Accounts, makeAccounts } from "./accounts/accounts.ts";
import { makeCatalogue } from "./catalogue/catalogue.ts";
import { lockHome, openDatabase, requireOwnDatabase, type ServerLock } from "./db/database.ts";
import { makeHookStore } from "./db/hooks.ts";
import { makeReceiverStore } from "./db/receivers.ts";
import { type Deployer, makeDeployer } from "./deploy/deployer.ts";
import type { PhaseEvent, Platform } from "./deploy/platform.ts";
import { recover } from "./deploy/recover.ts";
import { ensureToken, firstRunLink, originOf } from "./first-run.ts";
import { type GitServer, openGitServer } from "./git/git-server.ts";
import { type Home, openHome, requireReachable } from "./home.ts";
import { makeHooks } from "./hooks/hooks.ts";
import { makeIncoming } from "./hooks/incoming.ts";
import { makeNotify } from "./hooks/notify.ts";
import { makeHttpApp } from "./http/app.ts";
import { type Address, closeServer, listenOn, parseAddress, requireFree } from "./http/listen.ts";
import type { Service } from "./http/service.ts";
import { readTls } from "./http/tls.ts";
import { type Log, makeJsonLog } from "./observe/log.ts";
import { makePackages, type Packages } from "./packages/packages.ts";
import { makePluginInstaller } from "./plugins/install.ts";
import { checkPlugins } from "./plugins/list.ts";
import { loadAtStart } from "./plugins/load.ts";
import { makeS6Supervisor } from "./run/s6-supervisor.ts";
import { makeServiceTree } from "./run/service-tree.ts";
import { readSettings } from "./settings.ts";
import { version } from "./version.ts";
import { watchPlatform } from "./watch-platform.ts";
import { wirePlatform } from "./wire-platform.ts";

export interface ServerOptions {
  readonly home: string;
  /** `host:port` of the API; loopback unless a token guards it, which it always does. */
  readonly listen: string;
  /** `host:port` that users of apps reach. */
  readonly router: string;
  /** Every app is reachable as `<app>.<domain>`. */
  readonly domain: string;
  /** Aborting it stops the server as SIGTERM does. */
  readonly signal?: AbortSignal | undefined;
  readonly onReady?: ((ready: ServerFile) => void) | undefined;
  /** Told of the link that makes the first account, as long as there is none. */
  readonly onFirstRun?: ((link: string) => void) | undefined;
  readonly onPhase?: ((event: PhaseEvent) => void) | undefined;
  readonly onProgress?: ((text: string) => void) | undefined;
}

const stopTimeoutMs = 5_000;

/** Runs the control plane until it is told to stop. What it started goes on without it. */
export async function startServer(options: ServerOptions): Promise<void> {
  const listen = parseAddress(options.listen);
  const router = parseAddress(options.router);
  const home = openHome(options.home, process.env);
  requireReachable(home);
  const lock = lockHome(home.lock, home.dir);
  const progress = options.onProgress ?? (() => {});
  try {
    await runServer({ options, listen, router, home, progress });
  } finally {
    rmSync(home.serverFile, { force: true });
    lock.release();
  }
}

interface Start {
  readonly options: ServerOptions;
  readonly listen: Address;
  readonly router: Address;
  readonly home: Home;
  readonly progress: (text: string) => void;
}

async function runServer(start: Start): Promise<void> {
  const { home, options, listen } = start;
  // First of all: whoever cannot be reached must not touch what runs.
  await requireFree(listen);
  requireOwnDatabase(home);
  const log = makeJsonLog(process.stderr, () => new Date());
  const db = openDatabase(home.database);
  const servers: Server[] = [];
  const ending = new AbortController();
  try {
    const settings = readSettings(home.settingsFile);
    const tls = readTls(home.settingsFile, settings.server);
    const packages = makePackages(home, settings);
    const loaded = await loadAtStart(home, settings, log);
    const platform = await wirePlatform({
      stopping: ending.signal,
      home,
      db,
      settings,
      log,
      packages,
      plugins: loaded.plugins.map(({ plugin }) => plugin),
      router: start.router,
      domain: options.domain,
      onPhase: options.onPhase,
      progress: start.progress,
    });
    const deployer = makeDeployer(platform);
    await takeOver(platform, deployer);
    watchPlatform(platform);

    const stopping = Promise.withResolvers<"control-plane" | "all">();
    const accounts = makeAccounts({ db, vault: platform.vault, now: platform.now });
    ensureToken(home, accounts, platform.now());
    const binDir = join(home.dataPlane, "root/bin");
    const git = await openGitServer({ platform, deployer, accounts, binDir });
    const made = { platform, deployer, accounts, git, packages, loaded };
    const service = makeService({ start, ...made, stop: stopping.resolve });
    const local = makeHttpApp({ service, version, isLocal: true });
    servers.push(await listenOn(local, { path: home.socket }));
    const forAll = makeHttpApp({ service, version, isLocal: false });
    servers.push(await listenOn(forAll, { ...listen, tls }, git.http));
    announce({ start, log, origin: service.origin }, () => stopping.resolve("control-plane"));
    const link = firstRunLink(accounts, service.origin);
    if (link !== undefined) options.onFirstRun?.(link);

    const what = await stopping.promise;
    log.write("info", "stopping", { what });
    for (const server of servers.splice(0)) closeServer(server);
    ending.abort();
    await Promise.race([deployer.stop(), sleep(stopTimeoutMs, undefined, { ref: false })]);
    await git.close();
    if (what === "all") await endDataPlane(platform);
  } finally {
    for (const server of servers) closeServer(server);
    db.close();
  }
}

async function endDataPlane({ supervisor, home }: Platform): Promise<void> {
  await supervisor.shutdown();
  rmSync(home.runtimeDir, { recursive: true, force: true });
}

/** Makes the world agree with the database. Where that fails, nothing runs that did not run before. */
async function takeOver(platform: Platform, deployer: Deployer): Promise<void> {
  const { home, log, supervisor } = platform;
  const tree = makeServiceTree({ home, binDir: `${home.dataPlane}/root/bin` });
  const wasRunning = await tree.isRunning();
  try {
    await supervisor.ensureRunning();
    log.write("info", "recovered", { ...(await recover(platform, deployer)) });
  } catch (error) {
    if (!wasRunning) await supervisor.shutdown();
    throw error;
  }
}

function announce(
  { start, log, origin }: { start: Start; log: Log; origin: string },
  onStop: () => void,
): void {
  const ready = writeServerFile(start, origin);
  start.options.signal?.addEventListener("abort", onStop, { once: true });
  // It may have been asked to stop while it started.
  if (start.options.signal?.aborted === true) onStop();
  log.write("info", "ready", { ...ready });
  start.options.onReady?.(ready);
}

function makeService(parts: {
  readonly start: Start;
  readonly platform: Platform;
  readonly deployer: Deployer;
  readonly accounts: Accounts;
  readonly git: GitServer;
  readonly packages: Packages;
  readonly loaded: LoadResult;
  readonly stop: (what: "control-plane" | "all") => void;
}): Service {
  const { start, platform, deployer, accounts, git, packages, loaded } = parts;
  const startedAt = platform.now().toISOString();
  const hookStore = makeHookStore(platform.db);
  const { program, turns, previews } = git;
  return {
    platform,
    deployer,
    accounts,
    git,
    notify: makeNotify({ platform, version, store: makeReceiverStore(platform.db) }),
    hooks: makeHooks({ platform, git: program, store: hookStore }),
    incoming: makeIncoming({ platform, deployer, git: program, turns, previews, store: hookStore }),
    origin: originOf(start.options.listen, platform.settings.server),
    catalogue: makeCatalogue({
      home: start.home,
      settings: platform.settings,
      set: async () => ((await packages.current()).name === "debian" ? "debian" : "nixpkgs"),
    }),
    plugins: makePluginInstaller({
      ...platform,
      loaded,
      configured: platform.settings.plugins.load,
    }),
    async info() {
      const { name, pin } = await packages.current();
      return {
        version,
        pid: process.pid,
        home: start.home.dir,
        startedAt,
        listen: start.options.listen,
        router: start.options.router,
        domain: start.options.domain,
        packageSet: { name, pin },
        supervisor: platform.supervisor.name,
        routerName: platform.router.name,
      };
    },
    async doctor() {
      return [...(await platform.checks()), ...checkPlugins(loaded)];
    },
    packageInfo: () => packages.describe(),
    searchPackages: (text) => packages.search(text),
    updatePackages: (onLine) => packages.update(onLine),
    // The answer to the request that asks for it goes out first.
    stop: (all) => void setTimeout(() => parts.stop(all ? "all" : "control-plane"), 50),
  };
}

function writeServerFile({ home, options }: Start, origin: string): ServerFile {
  const file: ServerFile = {
    pid: process.pid,
    socket: home.socket,
    listen: options.listen,
    origin,
    router: options.router,
    version,
  };
  writeFileSync(home.serverFile, `${JSON.stringify(file)}\n`, { mode: 0o644 });
  return file;
}

/** Ends what a home's control plane left running: every app, the router, the supervisor. */
export async function stopDataPlane(homeDir: string): Promise<void> {
  const home = openHome(homeDir, process.env);
  const lock: ServerLock = lockHome(home.lock, home.dir);
  try {
    const tree = makeServiceTree({ home, binDir: `${home.dataPlane}/root/bin` });
    if (await tree.isRunning()) await makeS6Supervisor({ tree }).shutdown();
  } finally {
    lock.release();
  }
}
