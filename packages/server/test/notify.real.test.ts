import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Notice, type Problem, type ReceiverCreated, type ReceiverInfos } from "@hop3/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signMessage } from "../src/hooks/send.ts";
import { makeTree, pageFiles } from "./support/apps.ts";
import { hop3 } from "./support/cli.ts";
import { useTestServer } from "./support/use-test-server.ts";

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let receiver: Server;
let address = "";
let made: ReceiverCreated;
/** What the receiver answers next; 200 where there is none. */
const answers: number[] = [];
const received: Received[] = [];

const server = useTestServer("notify", {
  settings: '[hooks]\ninternal-hosts = ["127.0.0.1"]\n',
});

beforeAll(async () => {
  receiver = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    request.once("end", () => {
      received.push({ headers: request.headers, body });
      response.writeHead(answers.shift() ?? 200, { location: `${address}/elsewhere` }).end("ok");
    });
  }).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  const bound = receiver.address();
  if (bound === null || typeof bound === "string") throw new Error("no port");
  address = `http://127.0.0.1:${bound.port}/hook`;
  const values = { TOKEN: "a secret value" };
  await server.json("PATCH", "/apps/shop/config", { values, apply: false });
  const added = await hop3(server, "notify", "add", address, "--app", "shop", "--json");
  made = JSON.parse(added.stdout) as ReceiverCreated;
});

afterAll(() => receiver?.close());

async function next(): Promise<Received> {
  for (;;) {
    const first = received.shift();
    if (first !== undefined) return first;
    await sleep(20);
  }
}

async function lastNotice() {
  const { receivers } = await server.json<ReceiverInfos>("GET", "/notify?app=shop");
  return receivers[0]?.notices[0];
}

async function settled() {
  for (;;) {
    const notice = await lastNotice();
    if (notice?.state !== "waiting") return notice;
    await sleep(50);
  }
}

describe("a receiver", () => {
  it("is told of a deployment that is live, signed, and of no secret", async () => {
    const { id } = await server.deployed("shop", await makeTree(pageFiles("one")));
    const { headers, body } = await next();
    const notice = Notice.parse(JSON.parse(body));
    expect(notice).toMatchObject({
      event: "deployment.live",
      app: "shop",
      deployment: { id, kind: "deploy", release: 1 },
    });
    const seconds = Number(headers["x-hop3-timestamp"]);
    expect(Math.abs(Date.now() / 1_000 - seconds)).toBeLessThan(60);
    expect(headers["x-hop3-signature-256"]).toBe(signMessage(made.secret, seconds, body));
    expect(headers["x-hop3-event"]).toBe("deployment.live");
    expect(body).not.toContain("a secret value");
    expect(await settled()).toMatchObject({ state: "delivered", status: 200, attempts: 1 });
  });

  it("is told why one has failed", async () => {
    const files = pageFiles("two");
    const broken = files["hop3.nix"]?.replace("mkdir", "exit 7;") ?? "";
    await server.deployed("shop", await makeTree({ ...files, "hop3.nix": broken }));
    const notice = Notice.parse(JSON.parse((await next()).body));
    expect(notice).toMatchObject({
      event: "deployment.failed",
      deployment: { failure: { code: "NIX_BUILD_FAILED" } },
    });
  });

  it("is told again where it does not answer well, and no redirect is followed", async () => {
    answers.push(302);
    await hop3(server, "notify", "test", made.receiver.id, "--app", "shop");
    const first = await next();
    expect(JSON.parse(first.body)).toMatchObject({ event: "test" });
    const again = await next();
    expect(again.body).toBe(first.body);
    expect(again.headers["x-hop3-delivery"]).toBe(first.headers["x-hop3-delivery"]);
    expect(await settled()).toMatchObject({ state: "delivered", attempts: 2 });
  });

  it("is told after a restart what it was not told before", async () => {
    answers.push(500);
    await server.api("POST", `/notify/${made.receiver.id}/test?app=shop`);
    await next();
    await server.kill();
    await server.restart();
    expect(JSON.parse((await next()).body)).toMatchObject({ event: "test" });
    const notice = await settled();
    const listed = await hop3(server, "notify", "list", "shop");
    expect(listed.stdout).toContain("delivered");
    const id = String(notice?.id);
    await hop3(server, "notify", "redeliver", made.receiver.id, id, "--app", "shop");
    expect((await next()).headers["x-hop3-delivery"]).toBe(id);
  });

  it.each([
    ["file:///etc/passwd", "REMOTE_URL_INVALID"],
    ["http://user:word@example.org/", "REMOTE_URL_INVALID"],
    ["http://169.254.169.254/", "REMOTE_ADDRESS_INTERNAL"],
    ["http://[::1]:7070/", "REMOTE_ADDRESS_INTERNAL"],
    ["http://localhost:7070/", "REMOTE_ADDRESS_INTERNAL"],
  ])("is not made for %s", async (url, code) => {
    const answer = await server.api("POST", "/notify?app=shop", { url });
    expect((JSON.parse(answer.text) as Problem).code).toBe(code);
  });

  it("of all apps is not one of the app, and both are told nothing when they are removed", async () => {
    const all = await server.json<ReceiverCreated>("POST", "/notify", { url: address });
    const wrong = await server.api("DELETE", `/notify/${all.receiver.id}?app=shop`);
    expect(wrong.status).toBe(404);
    await server.json("POST", "/apps/shop/restart");
    const told = [await next(), await next()].map(({ body }) => Notice.parse(JSON.parse(body)));
    expect(told.map(({ event }) => event)).toEqual(["deployment.live", "deployment.live"]);
    await hop3(server, "notify", "remove", all.receiver.id, "--all");
    await hop3(server, "notify", "remove", made.receiver.id, "--app", "shop");
    const { receivers } = await server.json<ReceiverInfos>("GET", "/notify?app=shop");
    expect(receivers).toEqual([]);
    expect(await server.log()).not.toContain(made.secret);
  });
});
