import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import type { ServerFile } from "@hop3/core";

/** What a test lets the server answer: JSON with 200, or whatever it does with the response. */
export type Route = (call: Call) => unknown;

interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
  readonly response: ServerResponse;
}

/** A small HTTP server that speaks the contract over a Unix socket, with a home that names it. */
export interface ApiServer {
  readonly home: string;
  readonly calls: Call[];
  routes: Record<string, Route>;
  start(): Promise<void>;
  /** Breaks every connection and leaves server.json behind, as a killed server does. */
  kill(): Promise<void>;
  remove(): Promise<void>;
}

/** Returned by a route that has written the response by itself. */
export const handled = Symbol("handled");

export function makeApiServer(): ApiServer {
  const home = mkdtempSync("/tmp/hop3-cli-");
  const socket = join(home, "hop3.sock");
  let server: Server | undefined;
  const api: ApiServer = {
    home,
    calls: [],
    routes: {},
    start: async () => {
      rmSync(socket, { force: true });
      const started = createServer((request, response) => {
        void answer(api, request, response);
      });
      await new Promise<void>((resolve) => started.listen(socket, resolve));
      server = started;
      const file: ServerFile = {
        pid: process.pid,
        socket,
        listen: "127.0.0.1:7070",
        router: "127.0.0.1:8080",
        version: "0.1.0",
      };
      writeFileSync(join(home, "server.json"), JSON.stringify(file));
    },
    kill: async () => {
      const running = server;
      server = undefined;
      if (running === undefined) return;
      running.closeAllConnections();
      await new Promise((resolve) => running.close(resolve));
    },
    remove: async () => {
      await api.kill();
      rmSync(home, { recursive: true, force: true });
    },
  };
  return api;
}

async function answer(
  api: ApiServer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const url = new URL(request.url ?? "/", "http://hop3");
  const path = url.pathname.replace(/^\/api\/v1/, "");
  const method = request.method ?? "GET";
  const body = Buffer.concat(chunks);
  const call = {
    method,
    path,
    query: url.searchParams,
    headers: request.headers,
    body,
    response,
  };
  api.calls.push(call);
  const route = api.routes[`${method} ${path}`];
  if (route === undefined) {
    sendProblem(response, {
      code: "NOT_FOUND",
      status: 404,
      exitCode: 3,
      detail: `no route ${method} ${path}`,
    });
    return;
  }
  const value = await route(call);
  if (value === handled) return;
  if (value === undefined) {
    response.writeHead(204).end();
    return;
  }
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(value));
}

export function sendProblem(
  response: ServerResponse,
  problem: { code: string; status: number; exitCode: number; detail: string; hint?: string },
): typeof handled {
  response.writeHead(problem.status, { "content-type": "application/problem+json" });
  response.end(JSON.stringify({ type: "about:blank", title: problem.code, ...problem }));
  return handled;
}

type Unstamped = Record<string, unknown> & { type: string };

/** Sends events as the server does, numbered from `first`; the connection stays open. */
export function sendEvents(
  response: ServerResponse,
  events: readonly Unstamped[],
  first = 1,
): typeof handled {
  response.setHeader("content-type", "text/event-stream");
  response.flushHeaders();
  for (const [index, event] of events.entries()) {
    const seq = first + index;
    const data = JSON.stringify({ seq, at: "2026-11-23T06:00:00.000Z", ...event });
    response.write(`id: ${seq}\nevent: ${event.type}\ndata: ${data}\n\n`);
  }
  if (events.at(-1)?.type === "end") response.end();
  return handled;
}
