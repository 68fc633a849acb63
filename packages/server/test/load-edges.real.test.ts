import { once } from "node:events";
import { rm } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { DeploymentSummary, LogRecord, ProcessInfo } from "@hop3/core";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { openHome } from "../src/home.ts";
import { run } from "../src/proc/run.ts";
import { stopDataPlane } from "../src/server.ts";
import { pageApp } from "./support/apps.ts";
import { makeLoadApp, parseEndings } from "./support/load-app.ts";
import { pack } from "./support/test-server.ts";
import { useTestServer } from "./support/use-test-server.ts";

describe("around a switch", () => {
  const server = useTestServer("edges");

  afterEach(async () => {
    for (const app of ["load", "page"]) await server.api("DELETE", `/apps/${app}`);
  });

  async function untilState(id: number, state: DeploymentSummary["state"]): Promise<void> {
    for (;;) {
      const found = await server.json<DeploymentSummary>("GET", `/deployments/${id}`);
      if (found.state === state) return;
      if (found.state === "failed") throw new Error(JSON.stringify(found.failure));
      await sleep(20);
    }
  }

  async function processes(app: string): Promise<readonly ProcessInfo[]> {
    const path = `/apps/${app}/processes`;
    return (await server.json<{ processes: ProcessInfo[] }>("GET", path)).processes;
  }

  /** A WebSocket that a Release holds which is not the current one any more. */
  async function talkToReplaced(drainSeconds: number): Promise<{ socket: WebSocket; id: number }> {
    const { routerPort } = server;
    await server.deployed("load", await makeLoadApp({ mark: "one", drainSeconds }));
    const headers = { host: "load.localhost" };
    const socket = new WebSocket(`ws://127.0.0.1:${routerPort}/`, { headers });
    await once(socket, "open");
    const { id } = await server.deploy("load", await makeLoadApp({ mark: "two", drainSeconds }));
    await untilState(id, "live");
    socket.send("still there?");
    const [answer] = await once(socket, "message");
    expect(String(answer)).toBe("one still there?");
    return { socket, id };
  }

  it("a WebSocket that outlives the drain time is ended by the app itself", async () => {
    const { socket, id } = await talkToReplaced(1);
    const [code] = await once(socket, "close");
    expect(code).toBe(1001);
    await untilState(id, "succeeded");
    const path = "/apps/load/logs?worker=web";
    const { records } = await server.json<{ records: LogRecord[] }>("GET", path);
    expect(parseEndings(records)).toMatchObject([{ mark: "one", open: 1, late: 0 }]);
    expect(await processes("load")).toMatchObject([{ release: 2, state: "up" }]);
  });

  it.each(["in the same life", "in the next life"])(
    "an app that still drains is destroyed without waiting, %s of the server",
    async (life) => {
      const { socket } = await talkToReplaced(120);
      if (life === "in the next life") {
        await server.kill();
        await server.restart();
      }
      const closed = once(socket, "close");
      const began = performance.now();
      expect((await server.api("DELETE", "/apps/load")).status).toBe(204);
      await closed;
      // Much less than the two minutes that it may take to drain.
      expect(performance.now() - began).toBeLessThan(60_000);
      expect((await server.get("load")).status).toBe(404);
      await sleep(500);
      expect(server.process.exitCode).toBeNull();
    },
  );

  it("a slow upload is overtaken by a restart, and still nothing is left over", async () => {
    await server.deployed("page", await pageApp("one"));
    const archive = await pack(await pageApp("two"));
    const half = Math.floor(archive.length / 2);
    const upload = request({
      socketPath: openHome(server.home, process.env).socket,
      method: "POST",
      path: "/api/v1/apps/page/deployments",
      headers: { "content-type": "application/gzip" },
    });
    upload.write(archive.subarray(0, half));
    const restart = async (): Promise<DeploymentSummary> =>
      server.ended((await server.json<DeploymentSummary>("POST", "/apps/page/restart", {})).id);
    const restarted = await restart();
    expect(restarted).toMatchObject({ state: "succeeded" });
    upload.end(archive.subarray(half));
    const [response] = await once(upload, "response");
    response.setEncoding("utf8");
    const [body] = await once(response, "data");
    const { id } = JSON.parse(body) as DeploymentSummary;
    expect(id).toBeLessThan(restarted.id);
    expect(await server.ended(id)).toMatchObject({ state: "succeeded" });
    expect((await server.get("page")).text).toBe("two\n");
    expect(await processes("page")).toMatchObject([{ release: 2, state: "up" }]);
  });

  /** Has the supervisor do something to the router: `d` down, `u` up. */
  async function control(letter: "d" | "u"): Promise<void> {
    const { dataPlane, router } = openHome(server.home, process.env);
    const service = join(router, "service");
    const result = await run({ argv: [join(dataPlane, "root/bin/s6-svc"), `-${letter}`, service] });
    expect(result).toMatchObject({ exitCode: 0 });
  }

  it("a router that ends while an old Release drains takes its place again", async () => {
    const { socket, id } = await talkToReplaced(120);
    const closed = once(socket, "close");
    await control("d");
    await closed;
    await sleep(1_000);
    await control("u");
    expect(await server.ended(id)).toMatchObject({ state: "succeeded" });
    expect((await server.get("load")).status).toBe(200);
    expect(await processes("load")).toMatchObject([{ release: 2, state: "up" }]);
    expect(await server.log()).not.toContain("deployment-aftermath");
  });

  it("a router that is down just then is waited for", async () => {
    await server.deployed("page", await pageApp("one"));
    await control("d");
    const { id } = await server.deploy("page", await pageApp("two"));
    await sleep(3_000);
    expect(await server.json("GET", `/deployments/${id}`)).toMatchObject({ state: "running" });
    await control("u");
    expect(await server.ended(id)).toMatchObject({ state: "succeeded" });
    expect((await server.get("page")).text).toBe("two\n");
    expect(await processes("page")).toMatchObject([{ release: 2, state: "up" }]);
  });

  it("a reboot in the middle of a deployment brings the old Release back", async () => {
    await server.deployed("page", await pageApp("one"));
    await server.dieAt("page", "probe", "begin");
    const { id } = await server.deploy("page", await pageApp("two"));
    await server.exited;
    await stopDataPlane(server.home);
    await rm(openHome(server.home, process.env).runtimeDir, { recursive: true, force: true });

    await server.restart();
    expect(await server.ended(id)).toMatchObject({
      state: "failed",
      failure: { code: "DEPLOY_INTERRUPTED" },
    });
    await expect
      .poll(async () => (await server.get("page")).text, { timeout: 60_000 })
      .toBe("one\n");
    expect(await processes("page")).toMatchObject([{ release: 1, state: "up" }]);
    expect(await server.deployed("page", await pageApp("two"))).toMatchObject({
      state: "succeeded",
    });
    expect((await server.get("page")).text).toBe("two\n");
  });
});
