import { mkdtemp, rm, rmdir } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ProcessSpec, Supervisor } from "@hop3/core/plugin";
import { ensureDataPlane } from "../src/data-plane.ts";
import { type Home, openHome } from "../src/home.ts";
import { makeNixClient } from "../src/nix/client.ts";
import { lockTree } from "../src/nix/locked-tree.ts";
import { findNixDir } from "../src/nix/nix-dir.ts";
import { makePackages } from "../src/packages/packages.ts";
import { makeS6Supervisor } from "../src/run/s6-supervisor.ts";
import { makeServiceTree, type ServiceTree } from "../src/run/service-tree.ts";
import { readSettings } from "../src/settings.ts";

/**
 * The programs of the data plane as a server has them, built once and kept for all tests of this user.
 * HOP3_TEST_DATA_PLANE names a directory with other versions of them.
 */
export async function testDataPlane(): Promise<string> {
  const given = process.env["HOP3_TEST_DATA_PLANE"];
  if (given !== undefined) return given;
  const home = openHome(join(tmpdir(), `hop3-test-plane-${userInfo().uid}`), process.env);
  const settings = readSettings(home.settingsFile);
  const packages = await makePackages(home, settings).ensure(() => {});
  const binDir = await ensureDataPlane({
    home,
    nix: makeNixClient(),
    tree: await lockTree(findNixDir()),
    packages,
    sandbox: settings.policy.sandbox,
    onLine: () => {},
  });
  await rmdir(home.runtimeDir).catch(() => {});
  return binDir;
}

export interface Testbed {
  readonly home: Home;
  readonly binDir: string;
  readonly tree: ServiceTree;
  readonly supervisor: Supervisor;
  /** A Process of this home that runs `argv` as the user of the test. */
  spec(id: string, argv: ProcessSpec["argv"], more?: Partial<ProcessSpec>): ProcessSpec;
  /** Stops everything and leaves nothing. */
  close(): Promise<void>;
}

/** A home of its own with a supervision tree that is not started yet. */
export async function makeTestbed(): Promise<Testbed> {
  const binDir = await testDataPlane();
  const dir = await mkdtemp(join(tmpdir(), "h3-"));
  const home = openHome(dir, process.env);
  const tree = makeServiceTree({ home, binDir });
  const supervisor = makeS6Supervisor({ tree });
  return {
    home,
    binDir,
    tree,
    supervisor,
    spec: (id, argv, more = {}) => ({
      id,
      serviceDir: join(home.dir, "apps", "test", "run", id),
      argv,
      env: { HOP3_SOCKET: `${home.socketDir(id)}/http.sock`, ...more.env },
      workingDir: "/",
      user: undefined,
      stopSignal: "TERM",
      stopTimeoutMs: 2_000,
      restart: true,
      ...without(more, "env"),
    }),
    close: async () => {
      await supervisor.shutdown();
      await rm(home.runtimeDir, { recursive: true, force: true });
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function without<T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> {
  const { [key]: _, ...rest } = value;
  return rest;
}

/** Waits until something is so; fails the test by its time-out when it never is. */
export async function until<T>(
  look: () => Promise<T | undefined | false> | T | undefined | false,
  timeoutMs = 60_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`not so after ${timeoutMs} ms: ${look}`);
    await sleep(15);
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** One request over a connection of its own. */
export function ask(options: {
  readonly port: number;
  readonly host: string;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const client = request(
      {
        host: "127.0.0.1",
        port: options.port,
        path: options.path ?? "/",
        method: options.method ?? "GET",
        headers: { host: options.host, ...options.headers },
        agent: false,
      },
      (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => {
          body += part;
        });
        response.on("error", reject);
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
      },
    );
    client.on("error", reject);
    client.end(options.body);
  });
}
