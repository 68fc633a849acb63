import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { AppDetail, DeploymentSummary } from "@hop3/core";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { timelineFile } from "../src/deploy/timelines.ts";
import { openHome } from "../src/home.ts";
import { type LoadAppOptions, makeLoadApp } from "./support/load-app.ts";
import { type Load, startLoad, startTalk } from "./support/load-client.ts";
import { useTestServer } from "./support/use-test-server.ts";
import { until } from "./testbed.ts";

const host = "load.localhost";

describe("canary", () => {
  let load: Load | undefined;

  const server = useTestServer("canary");
  afterEach(async () => {
    await load?.stop();
    load = undefined;
    await server.api("DELETE", "/apps/load");
  });
  const appOf = (mark: string, seconds: number, more: Partial<LoadAppOptions> = {}) =>
    makeLoadApp({
      mark,
      deploy: `strategy = "canary"\ncanary-share = 10\ncanary-time = ${seconds}`,
      drainSeconds: 5,
      ...more,
    });
  const notesOf = async (id: number): Promise<string> =>
    readFile(timelineFile(openHome(server.home, process.env).app("load"), id), "utf8").catch(
      () => "",
    );
  const said = (id: number, text: string) =>
    until(async () => (await notesOf(id)).includes(text), 60_000);
  const startAsking = (): Load => {
    const target = { port: server.routerPort, host };
    load = startLoad({ ...target, connections: 16, pauseMs: 10, postEvery: 4, marks: ["one"] });
    return load;
  };
  /** Deploys `one`, begins to ask, and deploys `two` up to the moment when it has its share. */
  async function begin(seconds: number, more: Partial<LoadAppOptions> = {}) {
    await server.deployed("load", await appOf("one", seconds));
    const asking = startAsking();
    const { id } = await server.deploy("load", await appOf("two", seconds, more));
    asking.expect("one", "two");
    await said(id, "gets 10 % of the requests");
    return { id, asking };
  }
  /** A WebSocket that the new Release holds: one of some ten gets there. */
  async function talkToNew(): Promise<WebSocket> {
    for (;;) {
      const socket = new WebSocket(`ws://127.0.0.1:${server.routerPort}/`, { headers: { host } });
      await once(socket, "open");
      socket.send("hello");
      const [answer] = await once(socket, "message");
      if (String(answer).startsWith("two")) return socket;
      socket.close();
    }
  }
  const phasesOf = ({ phases }: DeploymentSummary) => phases.map(({ name }) => name);

  it("gets its share of 1,000 requests, then all of them, and none is lost", async () => {
    await server.deployed("load", await appOf("one", 8));
    const talk = await startTalk({ port: server.routerPort, host });
    const asking = startAsking();
    const { id } = await server.deploy("load", await appOf("two", 8));
    asking.expect("one", "two");
    await said(id, "gets 10 % of the requests");
    const before = new Map(asking.answered);
    const socket = await talkToNew();
    const got = (mark: string) => (asking.answered.get(mark) ?? 0) - (before.get(mark) ?? 0);
    await until(() => got("one") + got("two") >= 1000, 30_000);
    const share = got("two") / (got("one") + got("two"));
    expect(share).toBeGreaterThan(0.07);
    expect(share).toBeLessThan(0.13);

    await said(id, '"type":"live"');
    asking.expect("two");
    await sleep(500);
    await asking.stop();
    expect(asking.failures).toEqual([]);
    // Both WebSockets outlive the switch: on the new Release for good, on the old one while it drains.
    socket.send("again");
    expect(String((await once(socket, "message"))[0])).toBe("two again");
    expect(talk.failures).toEqual([]);
    await talk.close();
    socket.close();
    const ended = await server.ended(id);
    expect(ended).toMatchObject({ state: "succeeded", release: 2 });
    expect(phasesOf(ended).slice(-5)).toEqual(["probe", "canary", "switch", "drain", "retain"]);
    expect(await notesOf(id)).toMatch(
      /Passed: release 2 had \d+ of \d+ requests \([\d.]+ %\); 0 of \d+ requests failed \(0 %\), at release 1 0 of/,
    );
  });

  it("given up by hand, goes back without losing a request", async () => {
    const { id, asking } = await begin(600);
    const socket = await talkToNew();
    await until(() => (asking.answered.get("two") ?? 0) > 10);
    const ended = server.json<DeploymentSummary>("POST", "/apps/load/canary", {
      decision: "abort",
    });
    expect(await ended).toMatchObject({ id });
    await said(id, "All requests go to release 1 again");
    asking.expect("one");
    socket.send("still here");
    expect(String((await once(socket, "message"))[0])).toBe("two still here");
    socket.close();
    expect(await server.ended(id)).toMatchObject({ state: "cancelled" });
    await asking.stop();
    expect(asking.failures).toEqual([]);
    const app = await server.json<AppDetail>("GET", "/apps/load");
    expect(app).toMatchObject({ release: 1, processes: [{ release: 1, state: "up" }] });
    const again = await server.api("POST", "/apps/load/canary", { decision: "promote" });
    expect([again.status, again.text]).toEqual([
      409,
      expect.stringContaining("CANARY_NOT_RUNNING"),
    ]);
  });

  it("promoted by hand, gets all requests at once", async () => {
    const { id, asking } = await begin(600);
    await server.json("POST", "/apps/load/canary", { decision: "promote" });
    await said(id, '"type":"live"');
    asking.expect("two");
    await sleep(300);
    await asking.stop();
    expect(asking.failures).toEqual([]);
    expect(await server.ended(id)).toMatchObject({ state: "succeeded" });
    expect(await notesOf(id)).toContain("Promoted by hand: release 2 had");
  });

  it.each([
    [
      "status",
      /^release 2 did not stand 10 % .* requests failed .* at release 1 0 of \d+ .*\(0 %\)$/,
      "",
    ],
    ["exit", /its worker 'web' ended: exit code 3/, "ready"],
    ["background", /its worker 'mailer' ended: exit code 4/, "no mail today"],
  ] as const)("goes back by itself: %s", async (fault, message, detail) => {
    const { id, asking } = await begin(600, { fault });
    const { state, failure } = await server.ended(id);
    asking.expect("one");
    await sleep(300);
    await asking.stop();
    expect(state).toBe("failed");
    expect(failure).toMatchObject({
      code: "DEPLOY_CANARY_FAILED",
      message: expect.stringMatching(message),
      hint: expect.stringContaining("hop3 logs --release 2 --app load"),
    });
    expect(failure?.detail ?? "").toContain(detail);
    // Only what the new Release itself answered badly, and what it held when it died and nobody may send twice: that
    // is refused, or, where the connection had served before, ended without an answer.
    const lost = /^POST .*(?:status 502|socket hang up \(kept alive)/;
    const own = { status: /status 500/, exit: lost, background: /never/ }[fault];
    expect(asking.failures.filter((each) => !own.test(each))).toEqual([]);
    const app = await server.json<AppDetail>("GET", "/apps/load");
    expect(app).toMatchObject({ release: 1, processes: [{ release: 1, state: "up" }] });
    expect(await server.json("GET", "/apps/load/releases/2")).toMatchObject({
      state: "failed",
      notRestorableBecause: "it did not stand its canary",
    });
  });

  it("is for what is new: a first Release, a rollback and a restart have all requests at once", async () => {
    const first = await server.deployed("load", await appOf("one", 1));
    const second = await server.deployed("load", await appOf("two", 1));
    const back = await server.json<DeploymentSummary>("POST", "/apps/load/rollback", {});
    const third = await server.ended(back.id);
    const again = await server.json<DeploymentSummary>("POST", "/apps/load/restart", {});
    const fourth = await server.ended(again.id);
    const tried = [first, second, third, fourth].map((each) => phasesOf(each).includes("canary"));
    expect(tried).toEqual([false, true, false, false]);
    expect(await notesOf(first.id)).toContain("No canary: no earlier release serves");
  });
});
