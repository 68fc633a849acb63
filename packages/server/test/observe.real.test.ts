import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type {
  AppMetrics,
  AppSummary,
  CleanupResult,
  ProcessInfo,
  ReleaseClosure,
  ReleaseComparison,
  StoreBill,
} from "@hop3/core";
import { ServerEvent } from "@hop3/core";
import { describe, expect, it } from "vitest";
import { openHome } from "../src/home.ts";
import { makeTree } from "./support/apps.ts";
import { useTestServer } from "./support/use-test-server.ts";

const server = useTestServer("observe");

/** Reads the stream of events until it is told to stop. */
async function follow(lastEventId?: number) {
  const { socket } = openHome(server.home, process.env);
  const headers = lastEventId === undefined ? {} : { "last-event-id": String(lastEventId) };
  const sent = request({ socketPath: socket, path: "/api/v1/events", headers, agent: false });
  sent.on("error", () => {});
  sent.end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  response.on("error", () => {});
  response.setEncoding("utf8");
  let text = "";
  response.on("data", (part: string) => {
    text += part;
  });
  await once(response, "data");
  const events = (): ServerEvent[] =>
    [...text.matchAll(/^data: (\{"id".*)$/gm)].map(([, data = ""]) =>
      ServerEvent.parse(JSON.parse(data)),
    );
  return {
    text: () => text,
    kinds: () => events().map(({ kind }) => kind),
    last: () => events().at(-1)?.id ?? 0,
    async has(kind: string, app: string): Promise<void> {
      while (!events().some((event) => event.kind === kind && event.app === app)) await sleep(50);
    },
    close: () => void sent.destroy(),
  };
}

const page = (text: string) => makeTree({ "index.html": `<h1>${text}</h1>` });

describe("a server that is watched", () => {
  it("tells of a deployment from the first to the last, and of what comes later to whoever resumes", async () => {
    const first = await follow();
    await server.deployed("pages", await page("one"));
    await first.has("deployment.ended", "pages");
    expect(first.kinds()).toEqual(
      expect.arrayContaining([
        "app.created",
        "deployment.queued",
        "deployment.phase",
        "deployment.live",
        "deployment.ended",
      ]),
    );
    const left = first.last();
    first.close();
    await server.json("PATCH", "/apps/pages/config", {
      values: { KEY: "secret-value" },
      apply: false,
    });
    const second = await follow(left);
    await second.has("config.changed", "pages");
    expect(second.text()).not.toMatch(/event: reset|secret-value|deployment\.ended/);
    second.close();
  });

  it("tells of a Process that died and was started again", async () => {
    const events = await follow();
    const [web] = (await processes()).filter(({ pid }) => pid !== undefined);
    // The first look is what later ones are compared with.
    await sleep(2_500);
    process.kill(web?.pid ?? 0, "SIGKILL");
    await events.has("process.changed", "pages");
    events.close();
  });

  async function processes(): Promise<readonly ProcessInfo[]> {
    const found = await server.json<{ processes: ProcessInfo[] }>("GET", "/apps/pages/processes");
    return found.processes;
  }

  it("measures what its Processes use", async () => {
    let metrics: AppMetrics;
    do {
      await sleep(500);
      metrics = await server.json<AppMetrics>("GET", "/apps/pages/metrics?minutes=5");
    } while (metrics.total.length === 0 || metrics.processes[0]?.points.length === 0);
    expect(metrics.stepSeconds).toBe(5);
    expect(metrics.total.at(-1)?.memoryBytes).toBeGreaterThan(100_000);
    const { apps } = await server.json<{ apps: AppSummary[] }>("GET", "/apps");
    expect(apps[0]?.memoryBytes).toBeGreaterThan(100_000);
    expect(apps[0]?.spark?.memoryBytes.length).toBeGreaterThan(0);
    expect((await server.api("GET", "/apps/pages/metrics?minutes=0")).status).toBe(422);
  });
});

describe("Releases that are looked into", () => {
  it("say what changed between any two", async () => {
    await server.deployed("pages", await page("two"));
    const path = "/apps/pages/releases/1/compare/2";
    const found = await server.json<ReleaseComparison>("GET", path);
    expect(found.source.changed).toBe(true);
    expect(found.config).toEqual({ added: ["KEY"], removed: [], changed: [] });
    expect(JSON.stringify(found)).not.toContain("secret-value");
    expect(found.packages.rebuilt).toBeGreaterThan(0);
    expect(found.packages.note).toBeUndefined();
  });

  it("say what they are made of, as Nix does, and why", async () => {
    const path = "/apps/pages/releases/2/closure";
    const closure = await server.json<ReleaseClosure>("GET", path);
    const args = ["--query", "--requisites", closure.location];
    const known = execFileSync("nix-store", args, { encoding: "utf8" }).trim().split("\n");
    expect(closure.paths.map((each) => each.path).sort()).toEqual(known.sort());
    expect(closure.paths[0]?.path).toBe(closure.location);
    const why = await server.json<{ chain: string[] }>("GET", `${path}/why?path=busybox`);
    expect([why.chain[0], why.chain.at(-1)]).toEqual([
      closure.location,
      expect.stringContaining("busybox"),
    ]);
    const absent = await server.api("GET", `${path}/why?path=nothing`);
    expect([absent.status, absent.text]).toEqual([
      404,
      expect.stringContaining("PATH_NOT_IN_CLOSURE"),
    ]);
  });

  it("of the local builder are their directory", async () => {
    const tree = { "hop3.toml": '[build]\nmethod = "local"\n', "index.html": "<h1>local</h1>" };
    const { failure } = await server.deployed("local", await makeTree(tree));
    expect(failure).toBeUndefined();
    const closure = await server.json<ReleaseClosure>("GET", "/apps/local/releases/1/closure");
    expect(closure.location.startsWith(join(server.home, "apps/local"))).toBe(true);
    expect(closure.paths.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["build", "app/index.html", "hop3-tools"]),
    );
    const why = await server.json<{ chain: string[] }>(
      "GET",
      "/apps/local/releases/1/closure/why?path=hop3-tools",
    );
    expect(why.chain[0]).toBe(closure.location);
  });
});

describe("the disk", () => {
  it("is billed by app and Release, and a cleanup says what it would free", async () => {
    const bill = await server.json<StoreBill>("GET", "/store");
    const pages = bill.apps.find(({ app }) => app === "pages");
    expect(pages?.releases.map(({ release }) => release)).toEqual([2, 1]);
    for (const { bytes, exclusiveBytes } of [...bill.apps, ...(pages?.releases ?? [])]) {
      expect(bytes).toBeGreaterThan(0);
      expect(exclusiveBytes).toBeLessThanOrEqual(bytes);
    }
    expect(bill.dataPlane.bytes).toBeGreaterThan(1_000_000);
    expect(bill.totalBytes).toBeLessThan(bill.store.bytes);
    const local = bill.apps.find(({ app }) => app === "local");
    expect(local?.releases[0]).toMatchObject({ kind: "local", bytes: local?.bytes });
    const said = await server.json<CleanupResult>("POST", "/store/cleanup", {});
    expect(said.dryRun).toBe(true);
  });
});
