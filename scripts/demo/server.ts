import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ServerFile } from "../../packages/core/src/index.ts";
import type { Hop3 } from "./hop3.ts";
import { httpAsk } from "./http.ts";
import { type Address, answers, formatAddress } from "./ports.ts";

/** The first start fetches and builds the data plane, so it may take minutes on a slow line. */
const startPatienceMs = 900_000;
const stopPatienceMs = 60_000;

/** A server that this process started. */
export interface Server {
  readonly listen: Address;
  readonly router: Address;
  /** Settles when the server has ended, for whatever reason. */
  readonly ended: Promise<unknown>;
  /** Stops it with its apps, router and supervisor; resolves to what is still there, empty if nothing. */
  stop(): Promise<string>;
}

export interface ServerOptions {
  readonly hop3: Hop3;
  readonly listen: Address;
  readonly router: Address;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Starts `hop3 server start` and resolves when its API answers; undefined where it ended before that. */
export async function startServer(options: ServerOptions): Promise<Server | undefined> {
  const { hop3, listen, router, say, signal } = options;
  await mkdir(hop3.home, { recursive: true, mode: 0o711 });
  await rm(join(hop3.home, "server.json"), { force: true });
  let isReady = false;
  const args = ["server", "start", "--listen", formatAddress(listen)];
  const finished = hop3.run([...args, "--router", formatAddress(router)], {
    // What the server says later is in its log; here it would tear the demo's own lines apart.
    onLine: (line) => (isReady ? undefined : say(`  server | ${line}`)),
  });
  let hasEnded = false;
  const ended = finished.finally(() => {
    hasEnded = true;
  });
  const deadline = Date.now() + startPatienceMs;
  while (!(await apiAnswers(hop3.home))) {
    if (hasEnded || signal.aborted || Date.now() > deadline) {
      await stopServer(hop3, ended);
      return undefined;
    }
    await sleep(100);
  }
  isReady = true;
  return {
    listen,
    router,
    ended,
    async stop() {
      await stopServer(hop3, ended);
      return findLeftovers([listen, router]);
    },
  };
}

/** Whether a server of this home is up; an earlier demo that was killed leaves one behind. */
export async function apiAnswers(home: string): Promise<boolean> {
  try {
    const file = ServerFile.parse(JSON.parse(await readFile(join(home, "server.json"), "utf8")));
    const address = { socket: file.socket };
    const answer = await httpAsk({ address, path: "/api/v1/server", timeoutMs: 2_000 });
    return answer.status === 200;
  } catch {
    return false;
  }
}

async function stopServer(hop3: Hop3, ended: Promise<unknown>): Promise<void> {
  await hop3.run(["server", "stop", "--all"], { timeoutMs: stopPatienceMs });
  await Promise.race([ended, sleep(stopPatienceMs, undefined, { ref: false })]);
}

async function findLeftovers(addresses: readonly Address[]): Promise<string> {
  const open: string[] = [];
  for (const address of addresses) {
    if (await answers(address)) open.push(formatAddress(address));
  }
  return open.length === 0 ? "" : `still answering after the stop: ${open.join(", ")}`;
}
