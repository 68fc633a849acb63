import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { ConfigResult, DeploymentSummary, LogRecord, ProcessInfo } from "@hop3/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pageApp } from "./support/apps.ts";
import { type Ending, makeLoadApp, parseEndings } from "./support/load-app.ts";
import {
  type Load,
  quantile,
  readStream,
  type Sample,
  type Stream,
  startLoad,
  startTalk,
  type Talk,
} from "./support/load-client.ts";
import { useTestServer } from "./support/use-test-server.ts";

const deployments = 20;
const connections = 32;
const host = "load.localhost";

const server = useTestServer("load");

async function untilState(
  id: number,
  states: readonly DeploymentSummary["state"][],
): Promise<DeploymentSummary> {
  for (;;) {
    const found = await server.json<DeploymentSummary>("GET", `/deployments/${id}`);
    if (states.includes(found.state)) return found;
    if (found.state !== "queued" && found.state !== "running" && found.state !== "live") {
      throw new Error(`deployment ${id} ${found.state}: ${JSON.stringify(found.failure)}`);
    }
    await sleep(20);
  }
}

/** From the moment at which users are served by it; its drain may go on. */
const untilLive = (id: number): Promise<DeploymentSummary> => untilState(id, ["live", "succeeded"]);

async function deployLive(app: string, dir: string): Promise<DeploymentSummary> {
  return untilLive((await server.deploy(app, dir)).id);
}

async function endings(app: string): Promise<readonly Ending[]> {
  const path = `/apps/${app}/logs?worker=web&lines=10000`;
  return parseEndings((await server.json<{ records: LogRecord[] }>("GET", path)).records);
}

/** A request with any host name, through the router. */
function ask(name: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const options = {
      host: "127.0.0.1",
      port: server.routerPort,
      path: "/echo/0",
      headers: { host: name },
      agent: false,
    } as const;
    const call = request(options, (response) => {
      let text = "";
      response.on("data", (part) => {
        text += part;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text: text.replace(/ x+\n$/, "") }),
      );
    });
    call.on("error", reject);
    call.end();
  });
}

describe("zero downtime under constant load", () => {
  let load: Load;
  let talk: Talk;
  let stream: Promise<Stream>;
  let mark = "v0";
  const switches: { readonly name: string; readonly from: number; readonly to: number }[] = [];

  beforeAll(async () => {
    await server.deployed("load", await makeLoadApp({ mark }));
    const target = { port: server.routerPort, host };
    talk = await startTalk(target);
    stream = readStream(target);
    stream.catch(() => {});
    load = startLoad({ ...target, connections, pauseMs: 25, postEvery: 4, marks: [mark] });
    await sleep(1_000);
  });

  afterAll(() => load.stop());

  /** Does something, and checks that nobody who uses the app has noticed. */
  async function unnoticed(name: string, work: () => Promise<unknown>): Promise<void> {
    const from = performance.now();
    await work();
    switches.push({ name, from, to: performance.now() });
    const before = load.samples.length;
    await sleep(250);
    expect(load.samples.length).toBeGreaterThan(before + connections);
    expect(load.failures).toEqual([]);
    expect(talk.failures).toEqual([]);
  }

  /** The same for something after which another mark is served, and that one alone. */
  function switched(name: string, next: string, work: () => Promise<unknown>): Promise<void> {
    return unnoticed(name, async () => {
      load.expect(mark, next);
      await work();
      load.expect(next);
      mark = next;
      expect((await ask(host)).text).toBe(`${next} GET /echo/0 0`);
    });
  }

  it(`${deployments} deployments in a row`, async () => {
    for (let number = 1; number <= deployments; number++) {
      const next = `v${number}`;
      const dir = await makeLoadApp({ mark: next });
      await switched(next, next, () => deployLive("load", dir));
    }
  });

  it("a rollback", async () => {
    await switched("rollback", `v${deployments - 1}`, async () => {
      await untilLive((await server.json<DeploymentSummary>("POST", "/apps/load/rollback", {})).id);
    });
  });

  it("a restart of the app", async () => {
    await switched("restart", mark, async () => {
      await untilLive((await server.json<DeploymentSummary>("POST", "/apps/load/restart", {})).id);
    });
  });

  it("a changed configuration", async () => {
    await switched("config", mark, async () => {
      const values = { GREETING: "hello" };
      const { deployment } = await server.json<ConfigResult>("PATCH", "/apps/load/config", {
        values,
      });
      await untilLive(deployment?.id ?? 0);
    });
  });

  it("a new app, and its end", async () => {
    await unnoticed("new app", async () => {
      await server.deployed("next-door", await pageApp("hello"));
      expect(await server.get("next-door")).toMatchObject({ status: 200, text: "hello\n" });
    });
    await unnoticed("destroyed app", async () => {
      expect((await server.api("DELETE", "/apps/next-door")).status).toBe(204);
      expect((await server.get("next-door")).status).toBe(404);
    });
  });

  it("a new domain, which is served at once", async () => {
    await unnoticed("domain", async () => {
      await server.json("POST", "/apps/load/domains", { domain: "www.example.org" });
      expect(await ask("www.example.org")).toMatchObject({ status: 200 });
    });
  });

  it("another life of the control plane, after SIGTERM and after kill -9", async () => {
    await unnoticed("SIGTERM", () => server.restart());
    await unnoticed("kill -9", async () => {
      await server.kill();
      await sleep(300);
      await server.restart();
    });
    await switched("deployment after it", "v-last", async () =>
      deployLive("load", await makeLoadApp({ mark: "v-last" })),
    );
  });

  it("has sent the long answer whole and as it came", async () => {
    const { text, longestGapMs } = await stream;
    const lines = Array.from({ length: 200 }, (_, number) => `v0 ${number}`);
    expect(text).toBe(`${lines.join("\n")}\nend\n`);
    expect(longestGapMs).toBeLessThan(2_000);
  });

  it("has stopped each instance after the last of its requests", async ({ annotate }) => {
    // The instance that holds the WebSocket is still there, and alone.
    const before = await endings("load");
    expect(before.map((ending) => ending.mark)).not.toContain("v0");
    expect(talk).toMatchObject({ mark: "v0", failures: [] });
    await load.stop();
    const { deployments: all } = await server.json<{ deployments: DeploymentSummary[] }>(
      "GET",
      "/apps/load/deployments?limit=100",
    );
    for (const { id } of all.slice(0, deployments)) await untilState(id, ["succeeded"]);
    await talk.close();
    for (const { id } of all) await untilState(id, ["succeeded"]);

    const found = await endings("load");
    expect(found).toHaveLength(all.length - 1);
    expect(found.filter(({ open, late }) => open !== 0 || late !== 0)).toEqual([]);
    expect(found.every(({ served }) => served > 0)).toBe(true);
    expect(load.failures).toEqual([]);
    expect(load.reconnects).toBe(0);
    await annotate(describeTimes(load.samples, switches));
    await annotate(describePhases(all));
  });
});

function describeTimes(
  samples: readonly Sample[],
  switches: readonly { readonly name: string; readonly from: number; readonly to: number }[],
): string {
  const during = samples.filter(({ at }) =>
    switches.some(({ from, to }) => at >= from - 50 && at <= to),
  );
  const quiet = samples.filter((sample) => !during.includes(sample));
  const lengths = switches.map(({ name, from, to }) => `${name} ${Math.round(to - from)}`);
  const both = [`during changes: ${describe99(during)}`, `between: ${describe99(quiet)}`];
  return [...both, lengths.join(", ")].join("\n");
}

function describe99(samples: readonly Sample[]): string {
  const [median, most, longest] = [0.5, 0.99, 1].map((share) =>
    quantile(samples, share).toFixed(1),
  );
  return `${samples.length} requests, p50 ${median} ms, p99 ${most} ms, longest ${longest} ms`;
}

function describePhases(all: readonly DeploymentSummary[]): string {
  return ["switch", "drain", "start", "probe"]
    .map((name) => {
      const times = all.flatMap(({ phases }) =>
        phases.filter((phase) => phase.name === name).map(({ ms }) => ms),
      );
      times.sort((a, b) => a - b);
      const median = times[Math.floor(times.length / 2)];
      return `${name}: median ${median} ms, longest ${times.at(-1)} ms`;
    })
    .join("\n");
}

describe.each(["socket", "port"] as const)("a crash of one of two instances on a %s", (listen) => {
  const app = `pair-${listen}`;
  let load: Load;

  beforeAll(async () => {
    await server.deployed(app, await makeLoadApp({ mark: "pair", instances: 2, listen }));
    load = startLoad({
      port: server.routerPort,
      host: `${app}.localhost`,
      connections: 16,
      pauseMs: 25,
      // What the killed process was doing is lost; only what may be repeated is.
      postEvery: 0,
      marks: ["pair"],
    });
  });

  afterAll(() => load.stop());

  async function processes(): Promise<readonly ProcessInfo[]> {
    const path = `/apps/${app}/processes`;
    return (await server.json<{ processes: ProcessInfo[] }>("GET", path)).processes;
  }

  it("is not noticed when it is replaced", async () => {
    load.expect("pair", "next");
    await deployLive(app, await makeLoadApp({ mark: "next", instances: 2, listen }));
    load.expect("next");
    expect(await ask(`${app}.localhost`)).toMatchObject({ text: "next GET /echo/0 0" });
    expect(load.failures).toEqual([]);
  });

  it("is not noticed, and the instance comes back", async ({ annotate }) => {
    for (const instance of [0, 1, 0]) {
      await sleep(500);
      const victim = (await processes()).find((entry) => entry.instance === instance);
      if (victim?.pid === undefined) throw new Error(`instance ${instance} does not run`);
      process.kill(victim.pid, "SIGKILL");
      const isBack = async (): Promise<boolean> =>
        (await processes()).every(({ state, pid }) => state === "up" && pid !== victim.pid);
      while (!(await isBack())) await sleep(20);
      expect(load.failures).toEqual([]);
    }
    await sleep(500);
    await load.stop();
    expect(load.failures).toEqual([]);
    await annotate(describe99(load.samples));
    expect(quantile(load.samples, 1)).toBeLessThan(1_000);
  });
});
