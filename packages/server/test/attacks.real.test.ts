import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { DomainEntry, InviteCreated, Problem } from "@hop3/core";
import { beforeAll, describe, expect, it } from "vitest";
import { makeTree } from "./support/apps.ts";
import { exchange, type Line, openLine, statuses, trickle } from "./support/raw-socket.ts";
import { useTestServer } from "./support/use-test-server.ts";

const password = "correct horse battery";
/** With a `url`, a proxy on this machine is believed: the tests are that proxy, and come from wherever they like. */
const origin = "https://hop3.localhost";
const server = useTestServer("attacks", { settings: `[server]\nurl = "${origin}"\n` });
const host = "Host: hop3.localhost";

let bearer = "";
/** What goes on while everything else happens. */
const slow: Record<string, Promise<string>> = {};
const open: Record<string, Line> = {};

beforeAll(async () => {
  bearer = `Authorization: Bearer ${readFileSync(join(server.home, "token"), "utf8").trim()}`;
  const roles = [{ role: "owner" }];
  for (const name of ["ada", "bob", "carl"])
    await server.json("POST", "/users", { name, password, roles });
  await server.json("PATCH", "/apps/shop/config", { values: { A: "1" } });
  await server.json("PATCH", "/apps/blog/config", { values: { A: "1" } });
  beginSlowRequests();
});

/** A request of a stranger or of somebody else, and everything that is answered. */
function send(head: readonly string[], body: string | Buffer = ""): Promise<string> {
  const text = `${head.join("\r\n")}\r\n\r\n`;
  const bytes = Buffer.concat([Buffer.from(text, "latin1"), Buffer.from(body)]);
  return exchange({ port: server.apiPort, text: bytes });
}

/** A head that is refused before all of it has come: no more than Node reads at once is sent until then. */
function sendHead(head: readonly string[]): Promise<string> {
  const text = `${head.join("\r\n")}\r\n\r\n`;
  return exchange({ port: server.apiPort, text, pieceBytes: 32_768 });
}

interface Ask {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** As an honest program does it. */
async function ask(call: string, { headers = {}, body }: Ask = {}) {
  const [method = "", path = ""] = call.split(" ");
  const more = body === undefined ? {} : { "content-type": "application/json" };
  const response = await fetch(`http://127.0.0.1:${server.apiPort}${path}`, {
    method,
    redirect: "manual",
    headers: { ...more, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const code = text.includes('"code":') ? (JSON.parse(text) as Problem).code : "";
  return { status: response.status, headers: response.headers, text, code };
}

function signIn(name: string, secret: string, from: string) {
  const headers = { "x-forwarded-for": from, origin };
  return ask("POST /api/v1/sign-in", { headers, body: { name, password: secret } });
}

function beginSlowRequests(): void {
  const line = () => openLine({ port: server.apiPort });
  const bytes = (text: string) => [...text];
  slow["a connection on which nothing comes"] = line().closed;
  slow["a head that comes byte by byte"] = trickle(
    line(),
    bytes(`GET /api/v1/apps HTTP/1.1\r\n${host}\r\nX-A: ${"a".repeat(1000)}`),
    500,
  );
  const head = `POST /api/v1/sign-in HTTP/1.1\r\n${host}\r\nContent-Type: application/json\r\n`;
  slow["a stranger's body that comes byte by byte"] = trickle(
    line(),
    [`${head}Content-Length: 1000\r\n\r\n`, ...bytes("{".repeat(1000))],
    500,
  );
  slow["a stranger's body without an end"] = trickle(
    line(),
    [
      `${head}Transfer-Encoding: chunked\r\n\r\n`,
      ...Array.from({ length: 1000 }, () => "1\r\n \r\n"),
    ],
    500,
  );
  slow["a body of somebody who may, byte by byte"] = trickle(
    line(),
    [
      `PATCH /api/v1/apps/shop/config HTTP/1.1\r\n${host}\r\n${bearer}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n`,
      ...bytes("{".repeat(1000)),
    ],
    500,
  );
  open["events"] = line();
  open["events"].socket.write(`GET /api/v1/events HTTP/1.1\r\n${host}\r\n${bearer}\r\n\r\n`);
  open["an upload on a slow line"] = line();
  const upload = `POST /api/v1/apps/shop/uploads HTTP/1.1\r\n${host}\r\n${bearer}\r\nContent-Type: application/x-ndjson\r\nContent-Length: 60\r\n\r\n`;
  void trickle(open["an upload on a slow line"], [upload, ..."[]".repeat(30)], 500);
}

describe("heads and bodies that are too large", () => {
  it.each([
    ["a header of 64 kB", [`X-A: ${"a".repeat(65_536)}`]],
    ["a hundred thousand headers", Array.from({ length: 100_000 }, (_, n) => `X-${n}: a`)],
    ["a cookie of 64 kB", [`Cookie: __Host-hop3=${"a".repeat(65_536)}`]],
  ])("%s", async (_name, headers) => {
    const answer = await sendHead(["GET /api/v1/apps HTTP/1.1", host, ...headers]);
    expect(statuses(answer)).toEqual([431]);
  });

  it("an address of 64 kB", async () => {
    expect(statuses(await sendHead([`GET /${"a".repeat(65_536)} HTTP/1.1`, host]))).toEqual([431]);
  });

  it("JSON of 9 MB, announced or not", async () => {
    const json = `{"values":{"A":"${"a".repeat(9_000_000)}"}}`;
    const head = ["PATCH /api/v1/apps/shop/config HTTP/1.1", host, bearer];
    const type = "Content-Type: application/json; charset=utf-8";
    const announced = await send([...head, type, `Content-Length: ${json.length}`], json);
    expect(announced).toContain("BODY_TOO_LARGE");
    const chunk = `${json.length.toString(16)}\r\n${json}\r\n0\r\n\r\n`;
    const chunked = await send([...head, type, "Transfer-Encoding: chunked"], chunk);
    expect(chunked).toContain("BODY_TOO_LARGE");
  });

  it("a terabyte that a stranger announces", async () => {
    const answers = await Promise.all(
      ["sign-in", "apps/shop/deployments", "apps/shop/config"].map((path) =>
        send([`POST /api/v1/${path} HTTP/1.1`, host, "Content-Length: 1000000000000"], "{}"),
      ),
    );
    expect(answers.flatMap(statuses)).toEqual([413, 401, 401]);
  });

  it("a bomb as a list of files, and one where nothing is unzipped", async () => {
    const bomb = gzipSync(Buffer.alloc(80 * 1024 * 1024));
    const zipped = [
      "Content-Encoding: gzip",
      `Content-Length: ${bomb.length}`,
      "Connection: close",
    ];
    const type = "Content-Type: application/x-ndjson";
    const head = ["POST /api/v1/apps/shop/uploads HTTP/1.1", host, bearer, type];
    expect(await send([...head, ...zipped], bomb)).toContain("UPLOAD_TOO_LARGE");
    const json = ["POST /api/v1/apps/shop/domains HTTP/1.1", host, bearer];
    const other = await send([...json, "Content-Type: application/json", ...zipped], bomb);
    expect(other).toContain("REQUEST_INVALID");
  });
});

describe("a request in a request", () => {
  const inner = `GET /api/v1/server HTTP/1.1\r\n${host}\r\n\r\n`;

  it.each([
    [
      "two ways to say how long it is",
      ["Content-Length: 6", "Transfer-Encoding: chunked"],
      "0\r\n\r\n",
    ],
    ["two lengths", ["Content-Length: 0", "Content-Length: 90"], ""],
    ["a length with a sign", ["Content-Length: +0"], ""],
    ["an encoding that nobody knows", ["Transfer-Encoding: xchunked"], "0\r\n\r\n"],
    ["an encoding behind a vertical tab", ["Transfer-Encoding: \u000bchunked"], "0\r\n\r\n"],
    ["a space before the colon", ["Content-Length : 0"], ""],
    ["a header that goes on in the next line", ["X-A: a\r\n Content-Length: 0"], ""],
    ["a line that ends with LF alone", ["X-A: a\nContent-Length: 0"], ""],
    ["a CR within a line", ["X-A: a\rContent-Length: 0"], ""],
    ["a NUL", ["X-A: a\0b"], ""],
  ])("is not heard: %s", async (_name, headers, body) => {
    const head = ["POST /api/v1/sign-in HTTP/1.1", host, ...headers];
    expect(statuses(await send(head, `${body}${inner}`))).toEqual([400]);
  });
});

describe("where a request says that it goes", () => {
  it("needs one host", async () => {
    expect(statuses(await send(["GET / HTTP/1.1"]))).toEqual([400]);
    const odd = await send(["GET /api/v1/apps HTTP/1.1", "Host: [::bad", "Connection: close"]);
    expect(statuses(odd)).toEqual([400]);
  });

  it.each([
    ["another host", ["Host: evil.example"], "/api/v1/identity"],
    ["another host's address", [host], "http://evil.example/api/v1/identity"],
    ["a host that a header adds", [host, "X-Forwarded-Host: evil.example"], "/api/v1/identity"],
  ])("opens nothing to a page that has made its name ours: %s", async (_name, headers, path) => {
    const page = ["Sec-Fetch-Site: same-origin", "Connection: close"];
    const answer = await send([`GET ${path} HTTP/1.1`, ...headers, ...page]);
    expect(statuses(answer)).toEqual([401]);
    expect(answer).not.toContain("evil");
  });

  it("is never what links are made of", async () => {
    const invite = { name: "eve", hours: 1 };
    const evil = { authorization: bearer.slice(15), "x-forwarded-host": "evil.example" };
    const { text } = await ask("POST /api/v1/invites", { headers: evil, body: invite });
    expect((JSON.parse(text) as InviteCreated).url).toMatch(/^https:\/\/hop3\.localhost\//);
  });

  it.each([
    "//evil.example/",
    "//evil.example/%2e%2e",
    "/\\evil.example",
    "/%2f%2fevil.example",
    "/%5cevil.example",
    "/docs",
    "/docs//evil.example",
    "/docs/%2f%2fevil.example/",
    "/docs/..//evil.example",
    "/?next=https://evil.example",
    "/welcome?next=//evil.example",
    "/sign-in?redirect=javascript:alert(1)",
    "http://evil.example//evil.example",
  ])("is not sent on to somebody else: %s", async (path) => {
    const answer = await send([`GET ${path} HTTP/1.1`, host, "Connection: close"]);
    const location = /^location: (.*)$/im.exec(answer)?.[1]?.trim();
    expect([undefined, "/docs/"]).toContain(location);
    expect(statuses(answer)).toHaveLength(1);
  });
});

describe("a name that would stand for the server", () => {
  async function add(domain: string): Promise<string> {
    const answer = await server.api("POST", "/apps/shop/domains", { domain });
    return answer.status < 400 ? "OK" : (JSON.parse(answer.text) as Problem).code;
  }

  it.each([
    ["hop3.localhost", "DOMAIN_OF_SERVER"],
    ["HOP3.LocalHost", "DOMAIN_OF_SERVER"],
    ["localhost", "DOMAIN_OF_SERVER"],
    [hostname(), "DOMAIN_OF_SERVER"],
    ["blog.localhost", "DOMAIN_RESERVED"],
    ["later.localhost", "DOMAIN_RESERVED"],
    ["www.shop.localhost", "DOMAIN_RESERVED"],
    ["hop3.localhost.", "DOMAIN_INVALID"],
    ["hop3.localhost:443", "DOMAIN_INVALID"],
    ["127.0.0.1", "DOMAIN_INVALID"],
    ["2130706433", "DOMAIN_INVALID"],
    ["0x7f.1", "DOMAIN_INVALID"],
    ["example.0x7f000001", "DOMAIN_INVALID"],
    ["[::1]", "DOMAIN_INVALID"],
    ["*.example.org", "DOMAIN_INVALID"],
    ["ｈｏｐ３.localhost", "DOMAIN_INVALID"],
    ["hop3。localhost", "DOMAIN_INVALID"],
    ["hop3.localhost\n", "DOMAIN_INVALID"],
    ["hop3.localhost evil", "DOMAIN_INVALID"],
    ["a@hop3.localhost", "DOMAIN_INVALID"],
    ["", "DOMAIN_INVALID"],
  ])("is given to no app: %j", async (domain, code) => {
    expect(await add(domain)).toBe(code);
    const { domains } = await server.json<{ domains: DomainEntry[] }>("GET", "/apps/shop/domains");
    expect(domains.map(({ domain: name }) => name)).toEqual(["shop.localhost"]);
  });

  it("is not that of an app either, nor one that its files ask for", async () => {
    const named = await server.api("PATCH", "/apps/hop3/config", { values: { A: "1" } });
    expect(JSON.parse(named.text)).toMatchObject({ code: "DOMAIN_OF_SERVER", status: 409 });
    const toml = '[domains]\nlist = ["hop3.localhost"]\n';
    const tree = await makeTree({ "hop3.nix": "{ pkgs }: { }", "hop3.toml": toml });
    const { failure } = await server.deployed("shop", tree);
    expect(failure).toMatchObject({ code: "DOMAIN_OF_SERVER" });
  });
});

describe("somebody who guesses", () => {
  const guess = (token: string, from = "192.0.2.66") =>
    ask("GET /api/v1/apps", {
      headers: { authorization: `Bearer ${token}`, "x-forwarded-for": from },
    });

  it("tokens, learns nothing, is made to wait, and keeps nobody else out", async () => {
    const right = bearer.slice("Authorization: Bearer ".length);
    const first = await guess("hop3_wrong");
    expect(first.code).toBe("NOT_SIGNED_IN");
    for (const near of [right.slice(0, -1), `${right}x`, right.toUpperCase(), ""]) {
      expect((await guess(near)).text).toBe(first.text);
    }
    const answers = await Promise.all(Array.from({ length: 310 }, (_, n) => guess(`hop3_${n}`)));
    expect(answers.at(-1)?.code).toBe("SIGN_IN_LIMITED");
    expect((await guess(right)).status).toBe(200);
    expect((await guess("hop3_wrong", "192.0.2.67")).code).toBe("NOT_SIGNED_IN");
  });

  it("passwords, from everywhere and for ever, and does not keep the owner out", async () => {
    expect((await signIn("ada", password, "203.0.113.5")).status).toBe(200);
    const guess = (n: number) => signIn("ada", "wrong", `198.51.100.${n}`);
    const guesses = await Promise.all(Array.from({ length: 12 }, (_, n) => guess(n)));
    expect(guesses.map(({ code }) => code)).toContain("SIGN_IN_LIMITED");
    const going = Array.from({ length: 12 }, (_, n) => guess(n));
    expect((await signIn("ada", password, "203.0.113.5")).status).toBe(200);
    await Promise.all(going);
  });

  it("passwords of many accounts, or over git, waits as well", async () => {
    const spray = Array.from({ length: 25 }, (_, n) => signIn(`user${n}`, "x", "192.0.2.99"));
    const codes = (await Promise.all(spray)).map(({ code }) => code);
    expect(codes).toContain("SIGN_IN_LIMITED");
    const basic = `Basic ${btoa("bob:wrong")}`;
    const headers = { authorization: basic, "x-forwarded-for": "192.0.2.98" };
    const refs = "GET /git/shop.git/info/refs?service=git-receive-pack";
    const pushes = await Promise.all(Array.from({ length: 8 }, () => ask(refs, { headers })));
    expect(
      pushes
        .map(({ status }) => status)
        .sort()
        .at(-1),
    ).toBe(429);
  });
});

describe("a session", () => {
  it("that a stranger has chosen never becomes one; one that has ended is over", async () => {
    const chosen = `__Host-hop3=${"a".repeat(43)}`;
    const known = (cookie: string) => ask("GET /api/v1/identity", { headers: { cookie } });
    const headers = { origin, cookie: chosen, "x-forwarded-for": "203.0.113.9" };
    const body = { name: "carl", password };
    const answer = await ask("POST /api/v1/sign-in", { headers, body });
    const [given = ""] = answer.headers.getSetCookie();
    expect(given).toMatch(
      /^__Host-hop3=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    const cookie = given.slice(0, given.indexOf(";"));
    expect(cookie).not.toBe(chosen);
    expect((await known(chosen)).status).toBe(401);
    expect((await known(cookie.replace("__Host-", ""))).status).toBe(401);
    expect((await known(cookie)).status).toBe(200);
    expect((await ask("POST /api/v1/sign-out", { headers: { cookie, origin } })).status).toBe(204);
    expect((await known(cookie)).status).toBe(401);
  });

  it("is answered with data that is no page, for nobody to frame or to keep", async () => {
    for (const path of ["/api/v1/identity", "/api/v1/none", "/api/v1/apps"]) {
      const { headers } = await ask(`GET ${path}`, {
        headers: { authorization: bearer.slice(15) },
      });
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("access-control-allow-origin")).toBeNull();
    }
  });
});

describe("whoever wants all there is", () => {
  it("holds a thousand connections, and no more", async () => {
    const lines = Array.from({ length: 1_050 }, () =>
      openLine({ port: server.apiPort, from: "127.0.0.2" }),
    );
    // Whoever is let in and silent hears a 408 in the end; whoever is turned away hears nothing.
    const turnedAway = () => lines.filter((line) => line.isClosed() && line.heard() === "").length;
    await expect.poll(turnedAway).toBe(50);
    expect(
      (await ask("GET /api/v1/apps", { headers: { authorization: bearer.slice(15) } })).status,
    ).toBe(200);
    for (const { socket } of lines) socket.destroy();
  });

  it.each([
    "a connection on which nothing comes",
    "a head that comes byte by byte",
    "a stranger's body that comes byte by byte",
    "a stranger's body without an end",
    "a body of somebody who may, byte by byte",
  ])("does not keep %s", async (name) => {
    expect(statuses((await slow[name]) ?? "").filter((status) => status < 400)).toEqual([]);
  });

  it("cuts nobody off who is only slow", async () => {
    const upload = open["an upload on a slow line"];
    while (upload?.heard() === "") await sleep(100);
    expect(upload?.heard()).toContain("UPLOAD_LIST_WRONG");
    upload?.socket.destroy();
    expect(open["events"]?.isClosed()).toBe(false);
    open["events"]?.socket.destroy();
  });

  it("leaves no trace in the log of the server", async () => {
    expect(await server.log()).not.toMatch(/"level":"error"|Unhandled|at file:/);
  });
});

describe("a name that becomes the server's", () => {
  it("leads to no app any more, and the doctor says so", async () => {
    expect((await server.get("blog")).status).toBe(503);
    await server.restart({ settings: '[server]\nurl = "https://blog.localhost"\n' });
    expect((await server.get("blog")).status).toBe(404);
    const { text } = await server.api("GET", "/doctor");
    expect(text).toContain("blog.localhost: not routed");
  });
});
