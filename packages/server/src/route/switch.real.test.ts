import { Agent, get as httpGet, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { makeRouterBed, type RouterBed } from "../../test/router-bed.ts";
import { until } from "../../test/testbed.ts";

const connections = 32;
const switches = 20;
const app = { app: "one", backend: 7 };

interface Load {
  readonly failures: string[];
  answered: number;
  /** Ends the load; idle connections stay open until `close`. */
  stop(): Promise<void>;
  close(): void;
}

/** Half of the connections are kept alive, half serve one request each; a quarter of the requests are POSTs. */
function startLoad(port: number): Load {
  const agents = Array.from({ length: connections }, (_, index) =>
    index % 2 === 0 ? new Agent({ keepAlive: true, maxSockets: 1 }) : undefined,
  );
  let isOver = false;
  const load: Load = {
    failures: [],
    answered: 0,
    stop: async () => {
      isOver = true;
      await Promise.all(running);
    },
    close: () => {
      for (const agent of agents) agent?.destroy();
    },
  };
  const running = agents.map(async (agent, index) => {
    for (let count = index; !isOver; count++) {
      const isPost = count % 4 === 0;
      const failure = await askOnce(port, agent, isPost);
      if (failure !== undefined) load.failures.push(`${isPost ? "POST" : "GET"}: ${failure}`);
      load.answered++;
    }
  });
  return load;
}

function askOnce(
  port: number,
  agent: Agent | undefined,
  isPost: boolean,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const client = request(
      {
        host: "127.0.0.1",
        port,
        agent: agent ?? false,
        method: isPost ? "POST" : "GET",
        path: isPost ? "/work" : "/",
        headers: { host: "one.localhost" },
      },
      (response) => {
        response.resume();
        response.on("error", (error) => resolve(error.message));
        response.on("end", () =>
          resolve(response.statusCode === 200 ? undefined : `status ${response.statusCode}`),
        );
      },
    );
    client.on("error", (error) => resolve(error.message));
    client.end(isPost ? "body" : undefined);
  });
}

describe("switching under load", () => {
  let bed: RouterBed;

  beforeAll(async () => {
    bed = await makeRouterBed();
    await bed.router.ensureRunning([]);
  });

  afterAll(() => bed.close());

  /** What a Deployment does from the start of a Process to the end of the one before. */
  async function replace(
    before: string,
    after: string,
    neighbours: readonly string[],
  ): Promise<void> {
    await bed.startApp(after);
    const others = neighbours.map((name, index) => bed.route(name, 20 + index, [after]));
    await bed.router.apply([bed.route("one", app.backend, [after]), ...others]);
    if (before === "v0") return;
    await until(async () => (await bed.router.openSessions(app, before)) === 0);
    await bed.router.remove(app, before);
    await bed.supervisor.stop(before);
  }

  it("loses no request, keeps a WebSocket and a stream, and lets neighbours come and go", async () => {
    await bed.startApp("v0", { STREAM: "60" });
    await bed.router.apply([bed.route("one", app.backend, ["v0"])]);

    const socket = new WebSocket(`ws://127.0.0.1:${bed.port}/`, {
      headers: { host: "one.localhost" },
    });
    const heard: string[] = [];
    let isClosed = false;
    socket.on("message", (text) => heard.push(String(text)));
    socket.on("close", () => {
      isClosed = true;
    });
    await new Promise((resolve) => socket.once("open", resolve));
    const stream = new Promise<string>((resolve, reject) => {
      const options = {
        host: "127.0.0.1",
        port: bed.port,
        path: "/stream",
        headers: { host: "one.localhost" },
      };
      httpGet(options, (response) => {
        let text = "";
        response.on("data", (part) => {
          text += part;
        });
        response.on("error", reject);
        response.on("end", () => resolve(text));
      }).on("error", reject);
    });

    const load = startLoad(bed.port);
    for (let number = 1; number <= switches; number++) {
      const neighbours = number % 2 === 0 ? ["two", "three"] : ["two"];
      await replace(`v${number - 1}`, `v${number}`, neighbours);
      await sleep(20);
    }
    // A new life of the control plane in the middle of it all.
    await bed.again().ensureRunning([bed.route("one", app.backend, [`v${switches}`])]);
    await load.stop();

    expect(load.failures).toEqual([]);
    expect(load.answered).toBeGreaterThan(switches * connections);
    // The connections that were kept alive are still there, idle: they hold nothing back.
    expect(await bed.router.openSessions(app, `v${switches}`)).toBe(0);
    load.close();

    expect(isClosed).toBe(false);
    socket.send("still");
    await until(() => heard.includes("v0:still"));
    expect((await stream).split("\n\n").length).toBe(61);
    socket.close();
    await until(async () => (await bed.router.openSessions(app, "v0")) === 0);
    await bed.supervisor.stop("v0");
    await bed.router.remove(app, "v0");
  });
});
