import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectionsOfOneAddress } from "../src/route/haproxy-config.ts";
import { makeRouterBed, type RouterBed } from "./router-bed.ts";
import { exchange, openLine, statuses, trickle } from "./support/raw-socket.ts";
import { until } from "./testbed.ts";

let bed: RouterBed;
let app: Server;
/** What each connection to the app has brought, as it came. */
let received: string[] = [];
let slowReceived = 0;
const slow: Record<string, Promise<string>> = {};

const host = "Host: one.localhost";
const shutdown = "Connection: close";

beforeAll(async () => {
  bed = await makeRouterBed();
  await bed.router.ensureRunning([]);
  app = createServer(record);
  await new Promise<void>((resolve) => app.listen(0, "127.0.0.1", resolve));
  const { port } = app.address() as AddressInfo;
  const upstreams = [{ id: "raw", address: { kind: "tcp", host: "127.0.0.1", port } }] as const;
  await bed.router.apply([{ ...bed.route("one", 3, []), upstreams }]);
  beginSlowRequests();
});

afterAll(async () => {
  app.close();
  await bed.close();
});

/** An app that takes everything for one request, and believes every word. */
function record(socket: Socket): void {
  const index = received.push("") - 1;
  socket.on("error", () => {});
  socket.on("data", (part) => {
    received[index] += part.toString("latin1");
    if (received[index]?.includes("/slow") === true) slowReceived += 1;
    socket.end("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\napp");
  });
}

/** As much as haproxy reads, `tune.bufsize`, before a head has to be whole. */
const longestHead = 16_384;

async function send(head: readonly string[], body = ""): Promise<string> {
  received = [];
  const text = `${head.join("\r\n")}\r\n\r\n${body}`;
  return exchange({ port: bed.port, text, pieceBytes: longestHead });
}

function beginSlowRequests(): void {
  const line = () => openLine({ port: bed.port });
  const post = `POST /slow HTTP/1.1\r\n${host}\r\n`;
  slow["nothing at all"] = line().closed;
  slow["a head, byte by byte"] = trickle(line(), [`${post}X-A: `, ..."a".repeat(500)], 500);
  slow["a body, byte by byte"] = trickle(
    line(),
    [`${post}Content-Length: 500\r\n\r\n`, ..."a".repeat(500)],
    500,
  );
  slow["a body without an end"] = trickle(
    line(),
    [
      `${post}Transfer-Encoding: chunked\r\n\r\n`,
      ...Array.from({ length: 500 }, () => "1\r\na\r\n"),
    ],
    500,
  );
}

describe("where the router sends a request", () => {
  it.each([
    ["one.localhost", [200]],
    ["ONE.localhost:8080", [200]],
    ["one.localhost.", [404]],
    ["evil.example,one.localhost", [404]],
    ["one.localhost,evil.example", [404]],
    ["one.localhost:80@evil.example", [404]],
    ["one.localhost:evil.example", [404]],
    ["a@one.localhost", [404]],
    ["one.localhost evil", [404]],
    ["one.localhost/../evil", [404]],
    ["one.localhost\u00e9", [404]],
    ["localhost", [404]],
    ["127.0.0.1", [404]],
    ["[::1]", [404]],
    ["*", [404]],
    ["b3", [404]],
    ["", [404]],
  ])("stands in all of its Host and nowhere else: %j", async (name, expected) => {
    const answer = await send(["GET / HTTP/1.1", `Host: ${name}`, shutdown]);
    expect(statuses(answer)).toEqual(expected);
    if (expected[0] !== 200) expect(received).toEqual([]);
  });

  it.each([
    ["two hosts", ["GET / HTTP/1.1", host, "Host: two.localhost"], [400]],
    ["another host in its address", ["GET http://two.localhost/ HTTP/1.1", host], [400]],
    ["this host in its address alone", ["GET http://one.localhost/ HTTP/1.1", "Host: x"], [400]],
    ["no host", ["GET / HTTP/1.1"], [404]],
    ["no host, as long ago", ["GET / HTTP/1.0"], [404]],
    [
      "a host that a header adds",
      ["GET / HTTP/1.1", "Host: x", "X-Forwarded-Host: one.localhost"],
      [404],
    ],
  ])("is clear, or it goes nowhere: %s", async (_name, head, expected) => {
    expect(statuses(await send([...head, shutdown]))).toEqual(expected);
    expect(received).toEqual([]);
  });

  it("tells the app who asks, and nothing that the client says of itself", async () => {
    const lies = ["X-Forwarded-For", "X_Forwarded_For", "x-forwarded_for", "X-FORWARDED-PROTO"];
    const more = ["X-Forwarded-Host", "X-Real-IP", "x_real_ip", "Forwarded", "Proxy"];
    const headers = [...lies, ...more].map((name) => `${name}: 6.6.6.6`);
    const fine = ["X-Forwarded: fine", "X-Request-Id: fine", "X_Own: fine"];
    await send(["GET / HTTP/1.1", host, shutdown, ...headers, ...fine]);
    expect(received[0]).not.toContain("6.6.6.6");
    expect(received[0]).toMatch(/^x-forwarded-for: 127\.0\.0\.1\r$/m);
    expect(received[0]).toMatch(/^x-forwarded-proto: http\r$/m);
    expect(received[0]?.match(/: fine/g)).toHaveLength(3);
  });
});

describe("a request in a request", () => {
  const inner = `GET /inner HTTP/1.1\r\n${host}\r\n\r\n`;

  it.each([
    ["two lengths", ["Content-Length: 0", "Content-Length: 90"], ""],
    ["a length with a sign", ["Content-Length: +0"], ""],
    ["an encoding that nobody knows", ["Transfer-Encoding: xchunked"], "0\r\n\r\n"],
    ["an encoding that is none", ["Transfer-Encoding: chunked, identity"], "0\r\n\r\n"],
    ["two encodings", ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"], "0\r\n\r\n"],
    ["an encoding behind a vertical tab", ["Transfer-Encoding: \u000bchunked"], "0\r\n\r\n"],
    ["a space before the colon", ["Content-Length : 0"], ""],
    ["a CR within a line", ["X-A: a\rContent-Length: 0"], ""],
  ])("does not pass: %s", async (_name, headers, body) => {
    expect(statuses(await send(["POST / HTTP/1.1", host, ...headers], `${body}${inner}`))).toEqual([
      400,
    ]);
    expect(received).toEqual([]);
  });

  it.each([
    [
      "two ways to say how long it is",
      ["Content-Length: 6", "Transfer-Encoding: chunked"],
      "0\r\n\r\n",
    ],
    [
      "an encoding in the next line",
      ["Content-Length: 6", "Transfer-Encoding:\r\n chunked"],
      "0\r\n\r\n",
    ],
    ["lines that end with LF", ["Content-Length: 6\nTransfer-Encoding: chunked"], "0\r\n\r\n"],
  ])("has one meaning, for the app as for the router: %s", async (_name, headers, body) => {
    await send(["POST / HTTP/1.1", host, shutdown, ...headers], `${body}${inner}`);
    expect(received.join()).not.toContain("/inner");
    expect(received[0]).toMatch(/\r\ntransfer-encoding: chunked\r\n/);
    expect(received[0]).not.toMatch(/content-length|[^\r]\n/);
  });

  it.each([
    ["a header of 64 kB", ["GET / HTTP/1.1", host, `X-A: ${"a".repeat(65_536)}`]],
    [
      "a hundred thousand headers",
      [
        "GET / HTTP/1.1",
        host,
        ..."a"
          .repeat(100_000)
          .split("")
          .map((a) => `${a}: b`),
      ],
    ],
    ["an address of 64 kB", [`GET /${"a".repeat(65_536)} HTTP/1.1`, host]],
  ])("is no larger than it may be: %s", async (_name, head) => {
    expect(statuses(await send(head))).toEqual([400]);
    expect(received).toEqual([]);
  });
});

describe("whoever wants all there is", () => {
  it("does not get all connections from one address", async () => {
    const count = connectionsOfOneAddress + 50;
    const open = () => openLine({ port: bed.port, from: "127.0.0.2" });
    const lines = Array.from({ length: count }, open);
    const left = () => lines.filter((line) => !line.isClosed()).length;
    await until(() => left() <= connectionsOfOneAddress);
    expect(statuses(await send(["GET / HTTP/1.1", host, shutdown]))).toEqual([200]);
    for (const { socket } of lines) socket.destroy();
  });

  it.each([
    "nothing at all",
    "a head, byte by byte",
    "a body, byte by byte",
    "a body without an end",
  ])("holds up no app with %s", async (name) => {
    expect(statuses((await slow[name]) ?? "").filter((status) => status !== 408)).toEqual([]);
    expect(slowReceived).toBe(0);
  });
});
