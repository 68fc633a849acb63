import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { RuntimeConfig } from "../../packages/core/src/index.ts";
import { commandArgv, makeEnvironment } from "../../packages/server/src/deploy/environment.ts";
import { run } from "../../packages/server/src/proc/run.ts";
import { httpAsk } from "../demo/http.ts";
import { freeAddress } from "../demo/ports.ts";

const patienceMs = 30_000;

/** Milliseconds from starting a release's web worker, with nothing of Hop3 around it, to its first 200. */
export async function timeOwnStart(runtime: RuntimeConfig, path: string): Promise<number> {
  const web = runtime.workers["web"];
  if (web === undefined) throw new Error("a release without a web worker");
  const directory = await mkdtemp(join(tmpdir(), "hop3-own-"));
  const { port } = await freeAddress({ host: "127.0.0.1", port: 0 });
  const socket = join(directory, "http.sock");
  const env = makeEnvironment(
    { runtime, settings: { env: {}, envOverridesConfig: false }, stored: {} },
    {
      app: "bench",
      release: 1,
      dataDir: directory,
      tmpDir: directory,
      publicUrl: "http://bench.localhost",
      role: "web",
      port,
      socket,
    },
  );
  const stop = new AbortController();
  const started = performance.now();
  const ended = run({
    argv: commandArgv(web.command, runtime),
    env,
    cwd: runtime.working_dir,
    signal: stop.signal,
  });
  try {
    await firstAnswer([{ socket }, { host: "127.0.0.1", port }], path, started + patienceMs);
    return performance.now() - started;
  } finally {
    stop.abort();
    await ended;
    await rm(directory, { recursive: true, force: true });
  }
}

type Address = Parameters<typeof httpAsk>[0]["address"];

async function firstAnswer(
  addresses: readonly Address[],
  path: string,
  deadline: number,
): Promise<void> {
  while (performance.now() < deadline) {
    for (const address of addresses) {
      const status = await statusOf(address, path);
      if (status === 200) return;
    }
    await sleep(2);
  }
  throw new Error(`no 200 for ${path} within ${patienceMs} ms`);
}

async function statusOf(address: Address, path: string): Promise<number> {
  try {
    return (await httpAsk({ address, path, timeoutMs: 2_000 })).status;
  } catch {
    return 0;
  }
}
