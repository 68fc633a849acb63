import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { ServerFile } from "../../packages/core/src/index.ts";
import { type Hop3, type Hop3Answer, makeHop3 } from "../demo/hop3.ts";
import { httpAsk } from "../demo/http.ts";
import { freeAddress } from "../demo/ports.ts";
import { type Server, startServer } from "../demo/server.ts";
import { stopSignal } from "../demo/stop-signal.ts";
import type { BenchApp } from "./bench-apps.ts";

const patienceMs = 120_000;

/** A Release as the figures need it: where its bytes are and what they were built from. */
const BuiltRelease = z.object({
  number: z.int(),
  artifact: z.object({
    location: z.string(),
    provenance: z.object({ drv_path: z.string(), sandboxed: z.boolean() }),
  }),
});
export type BuiltRelease = z.infer<typeof BuiltRelease>;

/** A server of its own with nothing on it, and what the figures do with it. */
export interface Platform {
  readonly hop3: Hop3;
  readonly server: Server;
  deploy(app: BenchApp): Promise<void>;
  destroy(name: string): Promise<void>;
  /** Asks the API for it; resolves when the Deployment has ended. */
  rollback(name: string, release: number): Promise<void>;
  /** Resolves when the router answers for the app with `marker` in the body. */
  waitFor(name: string, marker: string): Promise<void>;
  release(name: string): Promise<BuiltRelease>;
  serverPid(): Promise<number>;
}

export async function startPlatform(home: string): Promise<Platform> {
  const hop3 = makeHop3(home);
  const server = await startServer({
    hop3,
    listen: await freeAddress({ host: "127.0.0.1", port: 0 }),
    router: await freeAddress({ host: "127.0.0.1", port: 0 }),
    say: (line) => process.stderr.write(`${line}\n`),
    signal: AbortSignal.any([stopSignal, AbortSignal.timeout(900_000)]),
  });
  if (server === undefined) throw new Error("the server did not start");
  const must = async (answer: Promise<Hop3Answer>): Promise<unknown> => {
    const { exitCode, value, result } = await answer;
    if (exitCode !== 0) throw new Error(`ended with ${exitCode}: ${result.stdout}${result.stderr}`);
    return value;
  };
  const serverFile = async (): Promise<ServerFile> =>
    ServerFile.parse(JSON.parse(await readFile(join(home, "server.json"), "utf8")));
  return {
    hop3,
    server,
    async deploy(app) {
      await must(hop3.json(["deploy", app.directory, "--app", app.name]));
    },
    async destroy(name) {
      await must(hop3.json(["destroy", name, "--yes"]));
    },
    async rollback(name, release) {
      const address = { socket: (await serverFile()).socket };
      const path = `/api/v1/apps/${name}/rollback`;
      const answer = await httpAsk({ address, path, json: { release } });
      const { id } = z.object({ id: z.int() }).parse(JSON.parse(answer.body));
      // The stream of its events ends with it.
      await httpAsk({ address, path: `/api/v1/deployments/${id}/events` });
    },
    waitFor: (name, marker) => waitFor(server, name, marker),
    async release(name) {
      const info = z.object({ release: z.int() }).parse(await must(hop3.json(["info", name])));
      const { socket } = await serverFile();
      const path = `/api/v1/apps/${name}/releases/${info.release}`;
      const answer = await httpAsk({ address: { socket }, path });
      return BuiltRelease.parse(JSON.parse(answer.body));
    },
    serverPid: async () => (await serverFile()).pid,
  };
}

async function waitFor(server: Server, name: string, marker: string): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (performance.now() < deadline) {
    const wanted = { address: server.router, path: "/", host: `${name}.localhost` };
    const body = await httpAsk(wanted).then(
      (answer) => (answer.status === 200 ? answer.body : ""),
      () => "",
    );
    if (body.includes(marker)) return;
    // Each question costs the old instance a page: asked more often, the figure would measure the asking.
    await sleep(10);
  }
  throw new Error(`${name} never answered with ${marker}`);
}
