import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type {
  AppDetail,
  DeploymentSummary,
  Phase,
  Problem,
  ProcessInfo,
  ScaleResult,
  WorkerScale,
} from "@hop3/core";
import { afterEach, describe, expect, it } from "vitest";
import { timelineFile } from "../src/deploy/timelines.ts";
import { openHome } from "../src/home.ts";
import { makeTree } from "./support/apps.ts";
import { makeLoadApp, parseEndings } from "./support/load-app.ts";
import { startLoad, startTalk } from "./support/load-client.ts";
import { useTestServer } from "./support/use-test-server.ts";
import { until } from "./testbed.ts";

/** A page and two workers; a file in the data directory keeps web from starting, another from answering. */
function shop(text: string, workers = "web mail tick", settings = ""): Promise<string> {
  const specs: Readonly<Record<string, string>> = {
    web: `workers.web = "if [ -e $HOP3_DATA_DIR/broken ]; then echo no luck; exit 3; fi; while [ -e $HOP3_DATA_DIR/slow ]; do \${busybox} sleep 0.1; done; exec \${busybox} httpd -f -p $BIND_ADDRESS:$PORT -h www";`,
    mail: `workers.mail = [ busybox "sleep" "100000" ];`,
    tick: `workers.tick = { command = "true"; kind = "cron"; schedule = "* * * * *"; };`,
  };
  return makeTree({
    "hop3.nix": `{ pkgs ? import <nixpkgs> {} }:
let
  busybox = "\${pkgs.busybox}/bin/busybox";
in
{
  package = pkgs.runCommand "shop" { } ''
    mkdir -p $out/www
    cp \${./index.html} $out/www/index.html
  '';
  ${workers
    .split(" ")
    .map((name) => specs[name])
    .join("\n  ")}
}
`,
    "index.html": `${text}\n`,
    "hop3.toml": settings,
  });
}

type Numbers = Readonly<Record<string, number | null>>;

describe("hop3 scale", () => {
  const server = useTestServer("scale");

  afterEach(async () => {
    for (const app of ["shop", "load"]) await server.api("DELETE", `/apps/${app}`);
  });

  const request = (numbers: Numbers, app = "shop") =>
    server.json<ScaleResult>("PATCH", `/apps/${app}/scale`, { workers: numbers });
  async function scaled(numbers: Numbers, app = "shop"): Promise<DeploymentSummary> {
    const { deployment } = await request(numbers, app);
    return await server.ended(deployment?.id ?? 0);
  }
  const look = (app = "shop") =>
    server.json<{ processes: ProcessInfo[]; workers: WorkerScale[] }>(
      "GET",
      `/apps/${app}/processes`,
    );
  /** `web.0` and so on, with the pid of each. */
  async function pidsOf(app = "shop"): Promise<Readonly<Record<string, number | undefined>>> {
    const { processes } = await look(app);
    return Object.fromEntries(
      processes.map(({ worker, instance, pid }) => [`${worker}.${instance}`, pid]),
    );
  }
  async function storedNumbers(): Promise<readonly string[]> {
    const { workers } = await look();
    return workers.flatMap(({ worker, stored }) =>
      stored === undefined ? [] : [`${worker}=${stored}`],
    );
  }
  const home = () => openHome(server.home, process.env);
  const notesOf = (id: number): Promise<string> =>
    readFile(timelineFile(home().app("shop"), id), "utf8");
  async function refused(numbers: Numbers): Promise<Problem> {
    const { text } = await server.api("PATCH", "/apps/shop/scale", { workers: numbers });
    return JSON.parse(text) as Problem;
  }
  const fileOf = (name: string): string => join(home().app("shop").data, name);

  it("2 to 4 to 1 under load: no request fails, and those that stay are not touched", async () => {
    const host = "load.localhost";
    await server.deployed("load", await makeLoadApp({ mark: "one", instances: 2 }));
    const before = await pidsOf("load");
    const target = { port: server.routerPort, host };
    const load = startLoad({
      ...target,
      connections: 16,
      pauseMs: 10,
      postEvery: 4,
      marks: ["one"],
    });
    const talks = await Promise.all([0, 1].map(() => startTalk(target)));

    const more = await scaled({ web: 4 }, "load");
    expect(more).toMatchObject({ kind: "scale", state: "succeeded", release: 1 });
    expect(more.phases.map(({ name }) => name)).toEqual([
      "provision",
      "start",
      "probe",
      "switch",
      "drain",
      "retain",
    ]);
    const four = await pidsOf("load");
    expect(Object.keys(four).sort()).toEqual(["web.0", "web.1", "web.2", "web.3"]);
    expect(four).toMatchObject(before);
    await sleep(1_000);

    await Promise.all(talks.map((talk) => talk.close()));
    const fewer = await scaled({ web: 1 }, "load");
    expect(fewer.phases.map(({ name }) => name)).toEqual(["switch", "drain", "retain"]);
    expect(await pidsOf("load")).toEqual({ "web.0": before["web.0"] });
    await sleep(300);
    await load.stop();
    expect([...load.failures, ...talks.flatMap(({ failures }) => failures)]).toEqual([]);
    const { records } = await server.json<{ records: { release: number; text: string }[] }>(
      "GET",
      "/apps/load/logs?worker=web&lines=1000",
    );
    const endings = parseEndings(records);
    // Each of the three had its share of the requests, held none when it ended, and got none afterwards.
    expect(endings).toHaveLength(3);
    for (const ending of endings) {
      expect(ending.served).toBeGreaterThan(10);
      expect(ending).toMatchObject({ open: 0, late: 0 });
    }
  });

  it("a number that was chosen outlives deployments, rollbacks and a restart of the server", async () => {
    await server.deployed("shop", await shop("one"));
    await scaled({ web: 2, mail: 0 });
    const second = await server.deployed("shop", await shop("two"));
    expect(await notesOf(second.id)).toContain("web: 2 instances, as was chosen; the release asks");
    expect(Object.keys(await pidsOf()).sort()).toEqual(["web.0", "web.1"]);
    const back = await server.json<DeploymentSummary>("POST", "/apps/shop/rollback", {});
    await server.ended(back.id);
    expect((await server.get("shop")).text).toBe("one\n");
    const before = await pidsOf();
    expect(Object.keys(before).sort()).toEqual(["web.0", "web.1"]);

    await server.restart();
    expect(await pidsOf()).toEqual(before);
    expect(await storedNumbers()).toEqual(["mail=0", "web=2"]);
    expect(await scaled({ web: null, mail: null })).toMatchObject({ state: "succeeded" });
    expect(Object.keys(await pidsOf()).sort()).toEqual(["mail.0", "web.0"]);
    expect(await storedNumbers()).toEqual([]);
  });

  it("waits for what a worker lacks: for its Release, and for the App itself", async () => {
    await server.api("PATCH", "/apps/shop/config", { values: { A: "b" } });
    expect(await request({ web: 2, old: 3 })).toEqual({
      workers: [
        { worker: "old", stored: 3, wanted: 0, up: 0 },
        { worker: "web", stored: 2, wanted: 0, up: 0 },
      ],
    });
    const { id } = await server.deployed("shop", await shop("one", "web"));
    expect(await notesOf(id)).toContain("The number chosen for 'old' has no effect");
    expect(Object.keys(await pidsOf()).sort()).toEqual(["web.0", "web.1"]);
    expect(await refused({ old: 4 })).toMatchObject({ code: "WORKER_NOT_FOUND" });
    expect(await request({ old: null })).not.toHaveProperty("deployment");
    expect(await storedNumbers()).toEqual(["web=2"]);
  });

  it("starts and stops nothing where the numbers are those that there are", async () => {
    await server.deployed("shop", await shop("one"));
    const before = await pidsOf();
    expect(await request({ web: 1, mail: null })).not.toHaveProperty("deployment");
    expect(await storedNumbers()).toEqual(["web=1"]);
    expect(await pidsOf()).toEqual(before);
    // Behind another one nobody knows yet: the last word counts.
    const first = request({ web: 3 });
    const second = request({ web: 1 });
    await first;
    const last = (await second).deployment;
    expect(await server.ended(last?.id ?? 0)).toMatchObject({ state: "succeeded" });
    expect(await storedNumbers()).toEqual(["web=1"]);
    await until(async () => Object.keys(await pidsOf()).length === 2);
    expect(await pidsOf()).toEqual(before);
  });

  it("stops what is scaled to nothing, and says so", async () => {
    await server.deployed("shop", await shop("one"));
    const { id } = await scaled({ web: 0 });
    expect(await notesOf(id)).toContain("No instance of 'web' runs. Start one: hop3 scale web=1");
    const answer = await server.get("shop");
    expect([answer.status, answer.text]).toEqual([503, expect.stringContaining("not available")]);
    expect(await server.json("GET", "/apps/shop")).toMatchObject({ state: "running" });
    await scaled({ mail: 0 });
    expect(await server.json<AppDetail>("GET", "/apps/shop")).toMatchObject({
      state: "stopped",
      processes: [],
    });
    expect(await server.deployed("shop", await shop("one"))).toMatchObject({ unchanged: true });
    expect(await server.deployed("shop", await shop("two"))).toMatchObject({ state: "succeeded" });
    await scaled({ web: 1 });
    expect(await server.get("shop")).toMatchObject({ status: 200, text: "two\n" });
  });

  it("refuses what no worker can have", async () => {
    await server.deployed("shop", await shop("one"));
    const table: readonly (readonly [Numbers, string, string, string])[] = [
      [{ wbe: 2 }, "WORKER_NOT_FOUND", "has no worker 'wbe'", "Did you mean 'web'? Its workers: "],
      [{ zzz: 2 }, "WORKER_NOT_FOUND", "has no worker 'zzz'", "Its workers: mail, tick, web"],
      [{ tick: 2 }, "WORKER_NOT_SCALABLE", "it is a cron worker", "hop3 scale --app shop"],
      [{ web: 65 }, "REQUEST_INVALID", "workers.web: Too big: expected number to be <=64", ""],
      [{ web: -1 }, "REQUEST_INVALID", "workers.web: Too small", ""],
      [{ web: 1.5 }, "REQUEST_INVALID", "workers.web: ", ""],
      [{ "we b": 1 }, "REQUEST_INVALID", "workers.we b: ", ""],
      // All or nothing.
      [{ web: 2, wbe: 2 }, "WORKER_NOT_FOUND", "has no worker 'wbe'", "Did you mean 'web'?"],
    ];
    for (const [numbers, code, title, hint] of table) {
      expect(await refused(numbers)).toMatchObject({
        code,
        title: expect.stringContaining(title),
        ...(hint === "" ? {} : { hint: expect.stringContaining(hint) }),
      });
    }
    expect(await storedNumbers()).toEqual([]);
  });

  it("takes instances back that do not come up, and those of a cancelled one", async () => {
    await server.deployed("shop", await shop("one"));
    const before = await pidsOf();
    await writeFile(fileOf("broken"), "");
    const failed = await scaled({ web: 3, mail: 2 });
    expect(failed).toMatchObject({ state: "failed", release: 1 });
    expect(failed.failure).toMatchObject({
      hint: expect.stringContaining(
        "Nothing was changed: 'shop' runs with the instances that it had",
      ),
      detail: expect.stringContaining("no luck"),
    });
    expect([await pidsOf(), await storedNumbers()]).toEqual([before, []]);
    await rm(fileOf("broken"));

    await writeFile(fileOf("slow"), "");
    const { deployment } = await request({ web: 3 });
    await until(async () => (await look()).processes.some(({ role }) => role === "starting"));
    await server.json("POST", `/deployments/${deployment?.id}/cancel`);
    expect(await server.ended(deployment?.id ?? 0)).toMatchObject({ state: "cancelled" });
    await rm(fileOf("slow"));
    expect([await pidsOf(), await storedNumbers()]).toEqual([before, []]);
    expect(await server.json("GET", "/apps/shop")).toMatchObject({ release: 1, state: "running" });
    expect((await server.get("shop")).text).toBe("one\n");
  });

  it("is written down with the numbers before and after", async () => {
    const settings = '[deploy]\nstrategy = "stop-first"\n';
    await server.deployed("shop", await shop("one", "web mail", settings));
    const { id } = await scaled({ web: 2 });
    expect(await notesOf(id)).toContain("The app's strategy is stop-first: what two Releases");
    await scaled({ web: 1, mail: 0 });
    const { entries } = await server.json<{ entries: object[] }>("GET", "/audit?app=shop&limit=2");
    expect(entries).toEqual([
      expect.objectContaining({
        action: "scale.change",
        before: "web=2, mail=default",
        after: "web=1, mail=0",
      }),
      expect.objectContaining({ before: "web=default", after: "web=2", target: "web" }),
    ]);
  });

  it("is not disturbed by kill -9 at any moment", async () => {
    await server.deployed("shop", await shop("one"));
    let is = { web: 1, mail: 2 };
    let other = { web: 2, mail: 1 };
    await scaled(is);
    const kept = async () => {
      const { "web.0": web, "mail.0": mail } = await pidsOf();
      return { web, mail };
    };
    const before = await kept();
    const phases = ["provision", "start", "probe", "switch", "drain", "retain"] as const;
    const moments = phases.flatMap((phase): [Phase, "begin" | "end"][] => [
      [phase, "begin"],
      [phase, "end"],
    ]);
    for (const [phase, at] of moments) {
      await server.dieAt("shop", phase, at);
      await request(other).catch(() => {});
      await server.exited;
      expect((await server.get("shop")).status).toBe(200);
      await server.restart();
      const last = await server.json<{ deployments: DeploymentSummary[] }>(
        "GET",
        "/apps/shop/deployments?limit=1",
      );
      const ended = await server.ended(last.deployments[0]?.id ?? 0);
      const isLive = ["drain", "retain"].includes(phase) || (phase === "switch" && at === "end");
      expect([phase, at, ended.state]).toEqual([phase, at, isLive ? "succeeded" : "failed"]);
      if (isLive) [is, other] = [other, is];
      else expect(ended.failure).toMatchObject({ code: "DEPLOY_INTERRUPTED" });
      await expectNumbers(is);
      expect(await kept()).toEqual(before);
    }
  }, 300_000);

  /** As many instances as there should be: said, recorded, supervised and answering. */
  async function expectNumbers(numbers: { readonly web: number; readonly mail: number }) {
    const { processes, workers } = await look();
    expect(workers).toMatchObject([
      { worker: "mail", stored: numbers.mail, up: numbers.mail },
      { worker: "tick" },
      { worker: "web", stored: numbers.web, up: numbers.web },
    ]);
    expect(new Set(processes.map(({ role }) => role))).toEqual(new Set(["current"]));
    const services = await readdir(home().scanDir);
    const supervised = services.filter((name) => /^a\d/.test(name));
    expect(supervised.sort()).toEqual(processes.map(({ id }) => id).sort());
    expect(await server.get("shop")).toMatchObject({ status: 200, text: "one\n" });
  }
});
