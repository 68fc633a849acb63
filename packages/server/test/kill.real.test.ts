import { readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import {
  type AppDetail,
  type DeploymentSummary,
  type Phase,
  type ProcessInfo,
  phases,
  type ReleaseSummary,
} from "@hop3/core";
import { afterEach, describe, expect, it } from "vitest";
import { openHome } from "../src/home.ts";
import { run } from "../src/proc/run.ts";
import { pageApp } from "./support/apps.ts";
import type { TestServer } from "./support/test-server.ts";
import { useTestServer } from "./support/use-test-server.ts";
import { until } from "./testbed.ts";

/** The first moment at which users are served by the new Release. */
const firstLive = phases.indexOf("drain");

interface Case {
  readonly phase: Phase;
  readonly at: "begin" | "end";
  readonly survives: boolean;
}

const cases: readonly Case[] = phases.flatMap((phase, index) =>
  (["begin", "end"] as const).map((at) => ({
    phase,
    at,
    survives: index >= firstLive || (phase === "switch" && at === "end"),
  })),
);

/** The next version of the app; only a canary comes to the phase of that name. */
function nextApp(phase: Phase): Promise<string> {
  const deploy = '[deploy]\nstrategy = "canary"\ncanary-share = 50\ncanary-time = 1\n';
  return pageApp("two", phase === "canary" ? { "hop3.toml": deploy } : {});
}

describe("kill -9 of the control plane", () => {
  const server = useTestServer("kill");

  afterEach(async () => {
    if (server.process.signalCode !== null) await server.restart();
    await server.api("DELETE", "/apps/page");
  });

  it.each(cases)("at the $at of '$phase'", async ({ phase, at, survives }) => {
    const first = await server.deployed("page", await pageApp("one"));
    expect(first).toMatchObject({ state: "succeeded" });

    await server.dieAt("page", phase, at);
    // Killed in its very first phase, the server does not get to answer the upload.
    await server.deploy("page", await nextApp(phase)).catch(() => {});
    await server.exited;
    expect(server.process.signalCode).toBe("SIGKILL");
    const whileDead = await server.get("page");
    expect(whileDead.status).toBe(200);

    await server.restart();
    const after = await server.ended(first.id + 1);
    expect(after).toMatchObject({ state: survives ? "succeeded" : "failed" });
    if (!survives) expect(after.failure).toMatchObject({ code: "DEPLOY_INTERRUPTED" });
    // More than one look: a Release that was tried had half of the requests when the server died.
    for (let looks = 0; looks < 8; looks++) {
      expect((await server.get("page")).text).toBe(survives ? "two\n" : "one\n");
    }
    await untilDrained(server);
    await expectConsistent(server, survives ? 2 : 1);

    const again = await server.deployed("page", await pageApp("three"));
    expect(again).toMatchObject({ state: "succeeded" });
    expect((await server.get("page")).text).toBe("three\n");
  });
});

/** What was tried with a share of the requests ends when these have ended, after the start. */
async function untilDrained(server: TestServer): Promise<void> {
  await until(async () => {
    const { release } = await server.json<AppDetail>("GET", "/apps/page");
    const path = "/apps/page/processes";
    const { processes } = await server.json<{ processes: ProcessInfo[] }>("GET", path);
    return processes.every((entry) => entry.release === release);
  });
}

/** Nothing is half-made and nothing is left over. */
async function expectConsistent(server: TestServer, current: number): Promise<void> {
  const app = await server.json<AppDetail>("GET", "/apps/page");
  expect(app).toMatchObject({ release: current, state: "running" });
  const { releases } = await server.json<{ releases: ReleaseSummary[] }>(
    "GET",
    "/apps/page/releases",
  );
  const states = releases.map((release) => release.state);
  expect(states.filter((state) => !["running", "previous", "failed"].includes(state))).toEqual([]);
  expect(states.filter((state) => state === "running")).toHaveLength(1);
  const { deployments } = await server.json<{ deployments: DeploymentSummary[] }>(
    "GET",
    "/apps/page/deployments",
  );
  expect(deployments.filter(({ state }) => ["queued", "running", "live"].includes(state))).toEqual(
    [],
  );
  await expectNoLeftovers(server, releases);
}

async function expectNoLeftovers(
  server: TestServer,
  releases: readonly ReleaseSummary[],
): Promise<void> {
  const home = openHome(server.home, process.env);
  expect(await readdir(home.uploads).catch(() => [])).toEqual([]);
  const { processes } = await server.json<{ processes: ProcessInfo[] }>(
    "GET",
    "/apps/page/processes",
  );
  const supervised = (await readdir(home.scanDir)).filter((name) => /^a\d/.test(name));
  expect(supervised).toEqual(processes.map((entry) => entry.id));
  const running = await run({ argv: ["pgrep", "-f", `${server.home}/apps`] });
  const loggers = await run({ argv: ["pgrep", "-fc", `s6-log.*${server.home}/apps`] });
  expect(running.stdout.trim().split("\n")).toHaveLength(Number(loggers.stdout));
  const kept = releases
    .filter(({ state }) => state !== "failed")
    .map(({ number }) => String(number));
  const roots = await Promise.all(
    (await readdir(join(home.app("page").dir, "releases"))).map(async (number) => {
      const root = join(home.app("page").release(Number(number)), "root");
      return (await readlink(root).catch(() => undefined)) === undefined ? [] : [number];
    }),
  );
  expect(roots.flat().sort()).toEqual(kept.sort());
}
