import { readdir, readFile, readlink } from "node:fs/promises";
import { createServer, get as httpGet } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { makeRouterBed, type RouterBed } from "../../test/router-bed.ts";
import { type Answer, ask, until } from "../../test/testbed.ts";
import { findFreePort } from "../run/ports.ts";

describe("makeHaproxyRouter", () => {
  let bed: RouterBed;
  const app = { app: "one", backend: 3 };

  beforeAll(async () => {
    bed = await makeRouterBed();
    await bed.router.ensureRunning([]);
    await bed.startApp("v1");
    await bed.startApp("v2");
  });

  afterEach(() => bed.router.apply([]));
  afterAll(() => bed.close());

  const get = (host: string, path = "/", headers: Record<string, string> = {}): Promise<Answer> =>
    ask({ port: bed.port, host, path, headers });
  const haproxyPid = async (): Promise<number> => {
    for (const pid of await readdir("/proc")) {
      const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      const dir = command.includes("haproxy.cfg") ? await cwd(pid) : undefined;
      if (dir === bed.home.router) return Number(pid);
    }
    throw new Error("haproxy does not run");
  };
  const cwd = async (pid: string): Promise<string | undefined> => {
    return readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  };

  it("answers 404 for an unknown host, in the form that was asked for", async () => {
    const page = await get("nobody.localhost");
    expect(page.status).toBe(404);
    expect(page.headers["content-type"]).toContain("text/html");
    expect(page.body).toContain("No app here");
    expect(page.body).not.toContain("nobody");
    const json = await get("nobody.localhost", "/", { accept: "application/json" });
    expect([json.status, JSON.parse(json.body)["status"]]).toEqual([404, 404]);
  });

  it("answers 503 for an app without a process and for one that refuses", async () => {
    await bed.router.apply([bed.route("one", 3, [])]);
    const none = await get("one.localhost");
    expect([none.status, none.headers["content-type"]]).toEqual([503, "text/html; charset=utf-8"]);
    await bed.router.apply([bed.route("one", 3, ["gone"])]);
    const refused = await get("one.localhost");
    expect(refused.status).toBe(503);
    expect(refused.body).toContain("The app is not available");
    await bed.router.apply([]);
    await bed.router.remove(app, "gone");
  });

  it.each(["one.localhost", "ONE.localhost", "one.localhost:8080"])("routes %s", async (host) => {
    await bed.router.apply([bed.route("one", 3, ["v1"])]);
    expect(await get(host)).toMatchObject({ status: 200, body: "v1" });
  });

  it("routes to a port too", async () => {
    const server = createServer((_request, response) => response.end("tcp"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const upstreams = [{ id: "t1", address: { kind: "tcp", host: "127.0.0.1", port } }] as const;
    await bed.router.apply([{ ...bed.route("one", 3, []), upstreams }]);
    expect(await get("one.localhost")).toMatchObject({ status: 200, body: "tcp" });
    server.close();
    server.closeAllConnections();
  });

  it("gives each its share of the requests, and counts them, also when it was started again", async () => {
    const { upstreams, ...route } = bed.route("one", 3, ["v1", "v2"]);
    const weights = [192, 64];
    const weighed = upstreams.map((each, index) => ({ ...each, weight: weights[index] ?? 1 }));
    await bed.router.apply([bed.route("one", 3, ["v1"])]);
    await bed.router.apply([{ ...route, upstreams: weighed }]);
    const share = async (): Promise<number> => {
      const bodies: string[] = [];
      for (let count = 0; count < 80; count++) bodies.push((await get("one.localhost")).body);
      return bodies.filter((body) => body === "v2").length;
    };
    const before = await bed.router.traffic(app);
    expect(await share()).toBe(20);
    const after = await bed.router.traffic(app);
    const given = (id: string) => (after.get(id)?.requests ?? 0) - (before.get(id)?.requests ?? 0);
    expect([given("v1"), given("v2"), after.get("v2")?.failed]).toEqual([60, 20, 0]);

    process.kill(await haproxyPid(), "SIGKILL");
    await until(async () => (await get("one.localhost").catch(() => undefined))?.status === 200);
    expect(Math.abs((await share()) - 20)).toBeLessThan(2);
    expect((await bed.router.traffic(app)).get("v2")?.requests).toBeLessThan(25);
  });

  it("says who asks, and does not believe what a client says about that", async () => {
    await bed.router.apply([bed.route("one", 3, ["v1"])]);
    const lies = {
      "x-forwarded-for": "6.6.6.6",
      "X-Forwarded-Proto": "https",
      "x-forwarded-port": "1",
      forwarded: "for=6.6.6.6",
    };
    const headers = JSON.parse((await get("one.localhost", "/headers", lies)).body);
    expect(headers).toMatchObject({
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "http",
      host: "one.localhost",
    });
    expect(headers).not.toHaveProperty("forwarded");
    expect(headers).not.toHaveProperty("x-forwarded-port");
  });

  it("repeats a GET that got no answer, and never a POST", async () => {
    await bed.router.apply([bed.route("one", 3, ["v1"])]);
    const count = async (): Promise<number> => Number((await get("one.localhost", "/count")).body);
    const before = await count();
    const post = await ask({
      port: bed.port,
      host: "one.localhost",
      path: "/drop",
      method: "POST",
      body: "pay",
    });
    expect(post.status).toBe(502);
    expect((await count()) - before).toBe(1);
    await get("one.localhost", "/drop");
    expect((await count()) - before).toBeGreaterThan(2);
  });

  it("takes large bodies, in one piece and chunked", async () => {
    await bed.router.apply([bed.route("one", 3, ["v1"])]);
    const body = Buffer.alloc(20_000_000, "x");
    const send = (headers: Record<string, string>): Promise<Answer> =>
      ask({
        port: bed.port,
        host: "one.localhost",
        path: "/upload",
        method: "POST",
        body,
        headers,
      });
    expect((await send({ "content-length": String(body.length) })).body).toBe("20000000");
    expect((await send({ "transfer-encoding": "chunked" })).body).toBe("20000000");
    expect((await send({ expect: "100-continue" })).body).toBe("20000000");
  });

  it("passes each piece of a stream on at once", async () => {
    await bed.router.apply([bed.route("one", 3, ["v1"])]);
    const times: number[] = [];
    await new Promise<void>((resolve) => {
      httpGet(
        { port: bed.port, host: "127.0.0.1", path: "/stream", headers: { host: "one.localhost" } },
        (message) => {
          message.on("data", () => times.push(performance.now()));
          message.on("end", resolve);
        },
      );
    });
    expect(times.length).toBe(5);
    expect((times[4] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(300);
  });

  it("counts requests and tunnels, not idle connections; drains and removes", async () => {
    await bed.router.apply([bed.route("one", 3, ["v1"])]);
    const socket = new WebSocket(`ws://127.0.0.1:${bed.port}/`, {
      headers: { host: "one.localhost" },
    });
    const messages: string[] = [];
    socket.on("message", (text) => messages.push(String(text)));
    await new Promise((resolve) => socket.once("open", resolve));
    const slow = get("one.localhost", "/slow");
    await until(async () => (await bed.router.openSessions(app, "v1")) === 2);
    await bed.router.apply([bed.route("one", 3, ["v2"])]);
    expect((await slow).body).toBe("v1");
    expect((await get("one.localhost")).body).toBe("v2");
    socket.send("hello");
    await until(() => messages.includes("v1:hello"));
    expect(await bed.router.openSessions(app, "v1")).toBe(1);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    await bed.router.remove(app, "v1");
    await closed;
    expect(await bed.router.openSessions(app, "v1")).toBe(0);
    await bed.router.remove(app, "v1");
  });

  it("is started again with its routes when it dies, without the control plane", async () => {
    await bed.router.apply([bed.route("one", 3, ["v1"]), bed.route("two", 4, ["v2"])]);
    const pid = await haproxyPid();
    process.kill(pid, "SIGKILL");
    await until(async () => (await haproxyPid().catch(() => pid)) !== pid);
    const answer = await until(() => get("one.localhost").catch(() => undefined));
    expect([answer.body, (await get("two.localhost")).body]).toEqual(["v1", "v2"]);
    await bed.router.apply([bed.route("one", 3, ["v2"])]);
    expect((await get("one.localhost")).body).toBe("v2");
    expect((await get("two.localhost")).status).toBe(404);
  });

  it("is found again by another life of the control plane, which changes only what differs", async () => {
    const routes = [bed.route("one", 3, ["v1"])];
    await bed.router.apply(routes);
    const pid = await haproxyPid();
    const again = bed.again();
    await again.ensureRunning(routes);
    expect(await haproxyPid()).toBe(pid);
    expect((await get("one.localhost")).body).toBe("v1");
    await again.ensureRunning([bed.route("one", 3, ["v2"])]);
    expect((await get("one.localhost")).body).toBe("v2");
  });

  it("moves to another address when it is told to", async () => {
    const port = await findFreePort([bed.port]);
    const routes = [bed.route("one", 3, ["v1"])];
    await bed.again({ listen: { host: "127.0.0.1", port } }).ensureRunning(routes);
    expect((await ask({ port, host: "one.localhost" })).body).toBe("v1");
    await bed.router.ensureRunning(routes);
    expect((await get("one.localhost")).body).toBe("v1");
  });

  it("names who holds its port", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const other = await makeRouterBed();
    await expect(
      other.again({ listen: { host: "127.0.0.1", port } }).ensureRunning([]),
    ).rejects.toMatchObject({
      failure: {
        code: "ROUTER_PORT_TAKEN",
        message: expect.stringMatching(new RegExp(`127.0.0.1:${port}: .*process ${process.pid}`)),
        hint: expect.stringContaining("--router"),
      },
    });
    server.close();
    await other.close();
  });
});
