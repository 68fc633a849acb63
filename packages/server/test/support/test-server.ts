import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, openSync } from "node:fs";
import {
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { type IncomingMessage, type RequestOptions, request } from "node:http";
import { createServer } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DeploymentSummary, type Phase } from "@hop3/core";
import { create } from "tar";
import { openHome } from "../../src/home.ts";
import { updatePackages } from "../../src/packages/debian/update.ts";
import { stopDataPlane } from "../../src/server.ts";
import { nodeOptions } from "./cli.ts";

/** One lock of the package set for all tests of a machine: making it takes 15 s. */
const lockCache = join(homedir(), ".cache/hop3-test");

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

export interface TestServer {
  readonly home: string;
  readonly routerPort: number;
  readonly apiPort: number;
  readonly process: ChildProcess;
  /** Everything the server has written. */
  log(): Promise<string>;
  /** The API over the local socket; a body that is not a Buffer goes as JSON. */
  api(method: string, path: string, body?: unknown): Promise<Answer>;
  json<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Packs a directory and deploys it; returns at once. */
  deploy(app: string, dir: string, query?: string): Promise<DeploymentSummary>;
  /** Waits until a Deployment has ended. */
  ended(id: number): Promise<DeploymentSummary>;
  /** `deploy` and `ended`. */
  deployed(app: string, dir: string, query?: string): Promise<DeploymentSummary>;
  /** A request through the router. */
  get(app: string, path?: string): Promise<Answer>;
  kill(): Promise<void>;
  /** Lets it end as `kill -9` would when a Deployment of the App begins or ends this phase. */
  dieAt(app: string, phase: Phase, at: "begin" | "end"): Promise<void>;
  /** Resolves when the server has ended by itself. */
  readonly exited: Promise<unknown>;
  /** SIGTERM: the apps go on. */
  stop(): Promise<void>;
}

export interface TestServerOptions {
  readonly home: string;
  readonly routerPort?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** A program that starts the server instead of the test: its arguments are the command. */
  readonly startedBy?: readonly [string, ...string[]];
}

/** A home with a package lock, so that a server starts on it at once. Ends with `destroyHome`. */
export async function makeTestHome(name: string): Promise<string> {
  if (!existsSync(join(lockCache, "packages"))) {
    await mkdir(lockCache, { recursive: true });
    const aside = await mkdtemp(join(lockCache, "new-"));
    await updatePackages(aside, () => {});
    await rename(join(aside, "packages"), join(lockCache, "packages")).catch(() => {});
    await rm(aside, { recursive: true, force: true });
  }
  const home = await mkdtemp(join("/tmp", `hop3-${name}-`));
  await mkdir(join(home, "packages"));
  const lock = await realpath(join(lockCache, "packages/debian"));
  await symlink(lock, join(home, "packages/debian"));
  return home;
}

export async function destroyHome(home: string): Promise<void> {
  await stopDataPlane(home).catch(() => {});
  await rm(openHome(home, process.env).runtimeDir, { recursive: true, force: true });
  await rm(home, { recursive: true, force: true });
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

export async function startTestServer(options: TestServerOptions): Promise<TestServer> {
  const apiPort = await freePort();
  const routerPort = options.routerPort ?? (await freePort());
  const { home } = options;
  const logFile = join(home, "server.log");
  const log = openSync(logFile, "a");
  const fuse = join(home, "die-at");
  await rm(join(home, "server.json"), { force: true });
  await rm(fuse, { force: true });
  const settings = {
    home,
    listen: `127.0.0.1:${apiPort}`,
    router: `127.0.0.1:${routerPort}`,
    domain: "localhost",
    fuse,
  };
  const script = join(import.meta.dirname, "run-server.ts");
  const args = [...nodeOptions, script, JSON.stringify(settings)];
  const [program = process.execPath, ...before] = [...(options.startedBy ?? []), process.execPath];
  const child = spawn(program, [...before, ...args], {
    stdio: ["ignore", log, log],
    env: { ...process.env, ...options.env },
  });
  while (!existsSync(join(home, "server.json"))) {
    if (child.exitCode !== null) throw new Error(await readFile(logFile, "utf8"));
    await sleep(20);
  }
  return makeServer({ home, apiPort, routerPort, child, logFile, fuse });
}

function makeServer(parts: {
  home: string;
  apiPort: number;
  routerPort: number;
  child: ChildProcess;
  logFile: string;
  fuse: string;
}): TestServer {
  const { home, child, routerPort, apiPort } = parts;
  const { socket } = openHome(home, process.env);
  const exited = once(child, "exit");
  const api: TestServer["api"] = (method, path, body) =>
    send({ socketPath: socket, method, path: `/api/v1${path}` }, body);
  const json = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await api(method, path, body);
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.text}`);
    return JSON.parse(answer.text) as T;
  };
  const deploy: TestServer["deploy"] = async (app, dir, query = "") => {
    const archive = await pack(dir);
    return DeploymentSummary.parse(await json("POST", `/apps/${app}/deployments${query}`, archive));
  };
  const ended: TestServer["ended"] = async (id) => {
    // The stream of events ends with the Deployment: nothing is polled.
    await api("GET", `/deployments/${id}/events`);
    return DeploymentSummary.parse(await json("GET", `/deployments/${id}`));
  };
  return {
    home,
    routerPort,
    apiPort,
    process: child,
    exited,
    log: () => readFile(parts.logFile, "utf8"),
    api,
    json,
    deploy,
    ended,
    deployed: async (app, dir, query) => ended((await deploy(app, dir, query)).id),
    get: (app, path = "/") =>
      send({
        host: "127.0.0.1",
        port: routerPort,
        method: "GET",
        path,
        headers: { host: `${app}.localhost` },
      }),
    dieAt: (app, phase, at) => writeFile(parts.fuse, `${app} ${phase}:${at}`),
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
    async stop() {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

export async function pack(dir: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of create({ gzip: true, cwd: dir, portable: true }, ["."])) {
    chunks.push(Buffer.from(chunk as Uint8Array));
  }
  return Buffer.concat(chunks);
}

function send(options: RequestOptions, body?: unknown): Promise<Answer> {
  const isRaw = Buffer.isBuffer(body);
  const headers = {
    ...("headers" in options ? options.headers : {}),
    ...(body === undefined
      ? {}
      : { "content-type": isRaw ? "application/gzip" : "application/json" }),
  };
  return new Promise((resolve, reject) => {
    const call = request({ ...options, agent: false, headers } as never, (response) => {
      response.setEncoding("utf8");
      let text = "";
      response.on("data", (part: string) => {
        text += part;
      });
      response.once("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
      response.once("error", reject);
    });
    call.once("error", reject);
    if (body === undefined) call.end();
    else call.end(isRaw ? body : JSON.stringify(body));
  });
}
