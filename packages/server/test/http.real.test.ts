import { readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { type Problem, TimelineEvent } from "@hop3/core";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { pageApp } from "./support/apps.ts";
import { expectFailure, failureOf } from "./support/expected-failure.ts";
import type { Answer } from "./support/test-server.ts";
import { useTestServer } from "./support/use-test-server.ts";

const Operation = z.object({
  /** What it needs; `open` is for strangers: they sign in there. */
  "x-permission": z.string(),
  responses: z.record(z.string(), z.object({ description: z.string() })),
  parameters: z
    .array(z.object({ name: z.string(), in: z.enum(["path", "query", "header"]) }))
    .default([]),
});
const methods = ["get", "post", "put", "patch", "delete"] as const;
/** The parts of OpenAPI 3.1 that every document has to have. */
const OpenApi = z.object({
  openapi: z.string().regex(/^3\.1\.\d+$/),
  info: z.object({ title: z.string().min(1), version: z.string().min(1) }),
  paths: z.record(z.string().startsWith("/api/v1/"), z.partialRecord(z.enum(methods), Operation)),
});
type OpenApi = z.infer<typeof OpenApi>;

let description: OpenApi;
let token: string;

const server = useTestServer("http", { settings: "[policy]\nmax-upload-bytes = 100000\n" });

beforeAll(async () => {
  token = readFileSync(join(server.home, "token"), "utf8").trim();
  description = OpenApi.parse(await server.json("GET", "/openapi.json"));
});

interface TcpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Ends the connection after so many characters of the answer. */
  readonly stopAfter?: number;
}

/** Over TCP, as a stranger would. */
function tcp({ method, path, headers, body, stopAfter }: TcpRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = {
      host: "127.0.0.1",
      port: server.apiPort,
      method,
      path,
      headers,
      agent: false,
    };
    const call = request({ ...options, headers: headers ?? {} }, (response) => {
      let text = "";
      const done = () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
        if (stopAfter === undefined || text.length < stopAfter) return;
        done();
        call.destroy();
      });
      response.once("end", done);
    });
    call.once("error", reject);
    call.end(body);
  });
}

function signedIn(more: Omit<TcpRequest, "headers"> & { type?: string }): Promise<Answer> {
  const headers = {
    authorization: `Bearer ${token}`,
    ...(more.type === undefined ? {} : { "content-type": more.type }),
  };
  return tcp({ ...more, headers });
}

function everyRoute(): { method: string; path: string; isOpen: boolean }[] {
  return Object.entries(description.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path: path.replaceAll(/\{\w+\}/g, "1"),
      isOpen: operation["x-permission"] === "open",
    })),
  );
}

describe("the API over TCP", () => {
  const strangers: Readonly<Record<string, Record<string, string>>> = {
    "without a token": {},
    "with a wrong token": { authorization: "Bearer hop3_wrong" },
    "with an empty token": { authorization: "Bearer " },
    "with the token as a password": { authorization: `Basic ${btoa("hop3:token")}` },
  };

  it.each(Object.entries(strangers))("refuses every route %s", async (_name, headers) => {
    const routes = [
      ...everyRoute().filter(({ isOpen }) => !isOpen),
      { method: "GET", path: "/api/v1/openapi.json" },
      { method: "GET", path: "/api/v1/none" },
      { method: "PUT", path: "/api/v1//apps" },
    ];
    expect(routes.length).toBeGreaterThan(20);
    for (const route of routes) {
      const answer = await tcp({ ...route, headers });
      expect(answer.status, `${route.method} ${route.path}`).toBe(401);
      expectFailure(failureOf(answer), {
        code: "NOT_SIGNED_IN",
        message: "token",
        hint: "HOP3_TOKEN",
      });
    }
    expect((await server.api("GET", "/apps")).text).toBe('{"apps":[]}');
  });

  it("answers with the token, and keeps it to itself", async () => {
    expect((await signedIn({ method: "GET", path: "/api/v1/apps" })).status).toBe(200);
    expect(await server.log()).not.toContain(token);
  });

  it.each(["x".repeat(20_000), "..%2f..%2fetc%2fpasswd", "%00", "%ff"])(
    "refuses the strange name %.20s",
    async (name) => {
      const answer = await signedIn({ method: "GET", path: `/api/v1/apps/${name}` });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
    },
  );
});

describe("the description of the API", () => {
  it("names a parameter for each part of each path, and answers for each route", () => {
    for (const [path, operations] of Object.entries(description.paths)) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      for (const [method, { parameters, responses }] of Object.entries(operations)) {
        const inPath = parameters.filter((entry) => entry.in === "path").map(({ name }) => name);
        expect(inPath.sort(), `${method} ${path}`).toEqual(named.sort());
        expect(Object.keys(responses), `${method} ${path}`).toContain("default");
        expect(
          Object.keys(responses).some((status) => /^2\d\d$/.test(status)),
          `${method} ${path}`,
        ).toBe(true);
      }
    }
  });

  it("has every reference that it makes", async () => {
    const { text } = await server.api("GET", "/openapi.json");
    const document = JSON.parse(text) as Record<string, unknown>;
    for (const [, pointer = ""] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const found = pointer
        .split("/")
        .reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document);
      expect(found, pointer).toBeDefined();
    }
  });

  it("describes every route that there is: none answers 404 for its path", async () => {
    // The stream of events has no end.
    const routes = everyRoute().filter(
      ({ method, path }) => method === "GET" && path !== "/api/v1/events",
    );
    for (const { method, path } of routes) {
      const answer = await signedIn({ method, path });
      if (answer.status !== 404) continue;
      expect((JSON.parse(answer.text) as Problem).code).not.toBe("ROUTE_NOT_FOUND");
    }
  });
});

describe("a request that makes no sense", () => {
  const rows: Readonly<
    Record<string, TcpRequest & { type?: string; status: number; code: string; message: RegExp }>
  > = {
    "an unknown route": {
      method: "GET",
      path: "/api/v1/unknown",
      status: 404,
      code: "ROUTE_NOT_FOUND",
      message: /no GET \/api\/v1\/unknown/,
    },
    "a method that the route has not": {
      method: "PUT",
      path: "/api/v1/apps",
      status: 404,
      code: "ROUTE_NOT_FOUND",
      message: /no PUT/,
    },
    "a body that is no JSON": {
      method: "POST",
      path: "/api/v1/apps/page/rollback",
      type: "application/json",
      body: "{release: 1",
      status: 422,
      code: "REQUEST_INVALID",
      message: /JSON/,
    },
    "no body at all": {
      method: "POST",
      path: "/api/v1/apps/page/rollback",
      type: "application/json",
      status: 422,
      code: "REQUEST_INVALID",
      message: /JSON/,
    },
    "a body of the wrong type": {
      method: "POST",
      path: "/api/v1/apps/page/rollback",
      type: "application/json",
      body: '{"release": "one"}',
      status: 422,
      code: "REQUEST_INVALID",
      message: /release/,
    },
    "an unknown key": {
      method: "POST",
      path: "/api/v1/apps/page/rollback",
      type: "application/json",
      body: '{"relase": 1}',
      status: 422,
      code: "REQUEST_INVALID",
      message: /relase/,
    },
    "a body without its type": {
      method: "PATCH",
      path: "/api/v1/apps/page/config",
      body: '{"values": {}}',
      status: 422,
      code: "REQUEST_INVALID",
      message: /./,
    },
    "a number that is none": {
      method: "GET",
      path: "/api/v1/deployments/first",
      status: 422,
      code: "REQUEST_INVALID",
      message: /id/,
    },
    "too many lines": {
      method: "GET",
      path: "/api/v1/apps/page/logs?lines=1000000000",
      status: 422,
      code: "REQUEST_INVALID",
      message: /lines/,
    },
    "an upload that is too large": {
      method: "POST",
      path: "/api/v1/apps/large/deployments",
      type: "application/gzip",
      body: Buffer.alloc(200_000, 7),
      status: 413,
      code: "UPLOAD_TOO_LARGE",
      message: /more than 100000 bytes/,
    },
  };

  it.each(Object.entries(rows))("%s", async (_name, { status, code, message, ...sent }) => {
    const answer = await signedIn(sent);
    expect(answer.status, answer.text).toBe(status);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expectFailure(failureOf(answer), { code, message, hint: /./ });
  });
});

describe("the events of a deployment", () => {
  function events(text: string): TimelineEvent[] {
    return [...text.matchAll(/^data: ?(.*)$/gm)].map((match) =>
      TimelineEvent.parse(JSON.parse(match[1] ?? "")),
    );
  }

  it("resume after the last one seen, without loss or repetition", async () => {
    const { id } = await server.deploy("page", await pageApp("one"));
    const path = `/api/v1/deployments/${id}/events`;
    const seen: TimelineEvent[] = [];
    let breaks = 0;
    while (seen.at(-1)?.type !== "end") {
      const last = seen.at(-1)?.seq;
      const headers = {
        authorization: `Bearer ${token}`,
        ...(last === undefined ? {} : { "last-event-id": String(last) }),
      };
      // Cut off in the middle of the stream, again and again: half an event at the end is not an event.
      const { text } = await tcp({ method: "GET", path, headers, stopAfter: 300 });
      seen.push(...events(text.slice(0, text.lastIndexOf("\n\n") + 1)));
      breaks += 1;
      expect(breaks).toBeLessThan(500);
    }
    expect(breaks).toBeGreaterThan(3);
    const whole = events((await server.api("GET", `/deployments/${id}/events`)).text);
    expect(seen).toEqual(whole);
    expect(whole.map(({ seq }) => seq)).toEqual(whole.map((_event, index) => index + 1));
    expect(whole.at(-1)).toMatchObject({ type: "end", state: "succeeded" });
  });

  it.each(["999999", "-1", "x", ""])("end at once after the event %s", async (last) => {
    const headers = { authorization: `Bearer ${token}`, "last-event-id": last };
    const answer = await tcp({ method: "GET", path: "/api/v1/deployments/1/events", headers });
    expect(answer.status).toBeLessThan(500);
  });
});
