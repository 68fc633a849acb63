import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerFile } from "@hop3/core";
import { lockHome, openDatabase, type ServerLock } from "./db/database.ts";
import { makeTokenStore, type TokenStore } from "./db/tokens.ts";
import { type Deployer, makeDeployer } from "./deploy/deployer.ts";
import type { PhaseEvent, Platform } from "./deploy/platform.ts";
import { recover } from "./deploy/recover.ts";
import { examine } from "./doctor.ts";
import { type Home, openHome, requireReachable } from "./home.ts";
import { hashToken, makeHttpApp } from "./http/app.ts";
import { type Address, closeServer, listenOn, parseAddress } from "./http/listen.ts";
import type { Service } from "./http/service.ts";
import { makeJsonLog } from "./observe/log.ts";
import { makePackages, type Packages } from "./packages/packages.ts";
import { makeS6Supervisor } from "./run/s6-supervisor.ts";
import { makeServiceTree } from "./run/service-tree.ts";
import { readSettings } from "./settings.ts";
import { version } from "./version.ts";
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
  const log = makeJsonLog(process.stderr, () => new Date());
  const db = openDatabase(home.database);
  const settings = readSettings(home.settingsFile);
  const packages = makePackages(home, settings);
  const ending = new AbortController();
  const platform = await wirePlatform({
    stopping: ending.signal,
    home,
    db,
    settings,
    log,
    packages,
    router: start.router,
    domain: options.domain,
    onPhase: options.onPhase,
    progress: start.progress,
  });
  const deployer = makeDeployer(platform);
  await platform.supervisor.ensureRunning();
  const recovery = await recover(platform, deployer);
  log.write("info", "recovered", { ...recovery });

  const stopping = Promise.withResolvers<"control-plane" | "all">();
  const tokens = makeTokenStore(db);
  ensureToken(home, tokens, platform.now());
  const service = makeService({ start, platform, deployer, packages, stop: stopping.resolve });
  const servers = [
    await listenOn(makeHttpApp({ service, version }), { path: home.socket }),
    await listenOn(makeHttpApp({ service, version, tokenHashes: tokens.hashes }), listen),
  ];
  const ready = writeServerFile(start);
  options.signal?.addEventListener("abort", () => stopping.resolve("control-plane"), {
    once: true,
  });
  log.write("info", "ready", { ...ready });
  options.onReady?.(ready);

  const what = await stopping.promise;
  log.write("info", "stopping", { what });
  for (const server of servers) closeServer(server);
  ending.abort();
  await Promise.race([deployer.stop(), sleep(stopTimeoutMs, undefined, { ref: false })]);
  if (what === "all") await platform.supervisor.shutdown();
  db.close();
  if (what === "all") rmSync(home.runtimeDir, { recursive: true, force: true });
}

function makeService(parts: {
  readonly start: Start;
  readonly platform: Platform;
  readonly deployer: Deployer;
  readonly packages: Packages;
  readonly stop: (what: "control-plane" | "all") => void;
}): Service {
  const { start, platform, deployer, packages } = parts;
  const startedAt = platform.now().toISOString();
  return {
    platform,
    deployer,
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
      const { name, pin } = await packages.current();
      return examine(platform, `${name}, pinned at ${pin}`);
    },
    packageInfo: () => packages.describe(),
    searchPackages: (text) => packages.search(text),
    updatePackages: (onLine) => packages.update(onLine),
    // The answer to the request that asks for it goes out first.
    stop: (all) => void setTimeout(() => parts.stop(all ? "all" : "control-plane"), 50),
  };
}

/** The first token, so that the API can be used over TCP at all; only its hash is in the database. */
function ensureToken(home: Home, tokens: TokenStore, now: Date): void {
  if (existsSync(home.tokenFile)) {
    const known = hashToken(readFileSync(home.tokenFile, "utf8").trim());
    if (tokens.hashes().includes(known)) return;
  }
  const token = `hop3_${randomBytes(32).toString("base64url")}`;
  tokens.add(hashToken(token), "first", now.toISOString());
  writeFileSync(home.tokenFile, `${token}\n`, { mode: 0o600 });
}

function writeServerFile({ home, options }: Start): ServerFile {
  const file: ServerFile = {
    pid: process.pid,
    socket: home.socket,
    listen: options.listen,
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
