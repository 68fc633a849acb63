import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { RuntimeConfig, ServerFile, TimelineEvent } from "../../packages/core/src/index.ts";
import { type Hop3, type Hop3Answer, makeHop3 } from "../demo/hop3.ts";
import { type HttpRequest, httpAsk } from "../demo/http.ts";
import { freeAddress } from "../demo/ports.ts";
import { type Server, startServer } from "../demo/server.ts";
import { stopSignal } from "../demo/stop-signal.ts";
import type { BenchApp } from "./bench-apps.ts";

const patienceMs = 120_000;

/** A Release as the figures need it: where its bytes are, how they run, what they were built from. */
const BuiltRelease = z.object({
  number: z.int(),
  artifact: z.object({
    location: z.string(),
    runtime: RuntimeConfig,
    provenance: z.object({
      /** Of what Nix has built. */
      drv_path: z.string().default(""),
      sandboxed: z.boolean(),
    }),
  }),
});
export type BuiltRelease = z.infer<typeof BuiltRelease>;

const Numbered = z.object({ id: z.int() });

export interface Access {
  /** host:port of the API. */
  readonly listen: string;
  readonly token: string;
}

/** A server of its own with nothing on it, and what the figures do with it. */
export interface Platform {
  readonly hop3: Hop3;
  readonly server: Server;
  deploy(app: BenchApp): Promise<void>;
  /** Deploys a tree that is packed already, by the API; resolves when the Deployment has ended. */
  deployPacked(app: BenchApp, archive: Buffer): Promise<void>;
  /** The timeline of the newest Deployment. */
  timeline(name: string): Promise<readonly TimelineEvent[]>;
  destroy(name: string): Promise<void>;
  /** Asks the API for it; resolves when the Deployment has ended. */
  rollback(name: string, release: number): Promise<void>;
  /** Resolves when the router answers for the app with `marker` in the body. */
  waitFor(name: string, marker: string): Promise<void>;
  release(name: string): Promise<BuiltRelease>;
  serverPid(): Promise<number>;
  /** What a browser or another machine needs: over TCP and with a token. */
  access(): Promise<Access>;
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
  const ask = async (path: string, content: Pick<HttpRequest, "json" | "upload"> = {}) => {
    const address = { socket: (await serverFile()).socket };
    const answer = await httpAsk({ address, path: `/api/v1${path}`, ...content });
    if (answer.status >= 400) throw new Error(`${path}: ${answer.body}`);
    return answer.body;
  };
  const eventsOf = (id: number) => ask(`/deployments/${id}/events`);
  return {
    hop3,
    server,
    async deploy(app) {
      await must(hop3.json(["deploy", app.directory, "--app", app.name]));
    },
    async destroy(name) {
      await must(hop3.json(["destroy", name, "--yes"]));
    },
    async deployPacked(app, archive) {
      const answer = await ask(`/apps/${app.name}/deployments`, { upload: archive });
      const timeline = readEvents(await eventsOf(Numbered.parse(JSON.parse(answer)).id));
      const end = timeline.at(-1);
      if (end?.type === "end" && end.state === "succeeded") return;
      throw new Error(`${app.name} was not deployed: ${JSON.stringify(end)}`);
    },
    async timeline(name) {
      const answer = JSON.parse(await ask(`/apps/${name}/deployments?limit=1`));
      const [newest] = z.object({ deployments: z.tuple([Numbered]) }).parse(answer).deployments;
      return readEvents(await eventsOf(newest.id));
    },
    async rollback(name, release) {
      const answer = await ask(`/apps/${name}/rollback`, { json: { release } });
      // The stream of its events ends with it.
      await eventsOf(Numbered.parse(JSON.parse(answer)).id);
    },
    waitFor: (name, marker) => waitFor(server, name, marker),
    async release(name) {
      const info = z.object({ release: z.int() }).parse(await must(hop3.json(["info", name])));
      return BuiltRelease.parse(JSON.parse(await ask(`/apps/${name}/releases/${info.release}`)));
    },
    serverPid: async () => (await serverFile()).pid,
    async access() {
      const { listen } = await serverFile();
      return { listen, token: (await readFile(join(home, "token"), "utf8")).trim() };
    },
  };
}

/** The data of server-sent events, one line each. */
function readEvents(stream: string): readonly TimelineEvent[] {
  const lines = stream.split("\n").filter((line) => line.startsWith("data:"));
  return lines.map((line) => TimelineEvent.parse(JSON.parse(line.slice("data:".length))));
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
