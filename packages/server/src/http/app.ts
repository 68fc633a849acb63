import { createHash, timingSafeEqual } from "node:crypto";
import { OpenAPIHono } from "@hono/zod-openapi";
import { Hop3Error } from "@hop3/core";
import type { Context, Next } from "hono";
import { HTTPException } from "hono/http-exception";
import { noSuchRoute, notSignedIn, requestInvalid, toProblem } from "./errors.ts";
import { appRoutes } from "./routes/apps.ts";
import { configRoutes } from "./routes/config.ts";
import { deploymentRoutes } from "./routes/deployments.ts";
import { domainRoutes } from "./routes/domains.ts";
import { logRoutes } from "./routes/logs.ts";
import { nixRoutes } from "./routes/nix.ts";
import { releaseRoutes } from "./routes/releases.ts";
import { runRoutes } from "./routes/run.ts";
import { serverRoutes } from "./routes/server.ts";
import { transferRoutes } from "./routes/transfer.ts";
import type { Service } from "./service.ts";

export interface HttpOptions {
  readonly service: Service;
  readonly version: string;
  /** SHA-256 (hex) of every valid token; undefined: the transport itself is the proof (a socket of mode 0600). */
  tokenHashes?: (() => readonly string[]) | undefined;
}

/** The API. Deny by default: over TCP every route below /api needs a token, the description included. */
export function makeHttpApp({ service, version, tokenHashes }: HttpOptions): OpenAPIHono {
  const app = new OpenAPIHono();
  if (tokenHashes !== undefined) app.use("*", requireToken(tokenHashes));
  const api = [
    appRoutes,
    configRoutes,
    deploymentRoutes,
    domainRoutes,
    logRoutes,
    nixRoutes,
    releaseRoutes,
    runRoutes,
    serverRoutes,
    transferRoutes,
  ];
  for (const makeRoutes of api) app.route("/api/v1", makeRoutes(service));
  app.doc31("/api/v1/openapi.json", {
    openapi: "3.1.0",
    info: { title: "Hop3", version, description: "The API of a Hop3 server" },
  });
  app.notFound((c) => sendProblem(noSuchRoute({ method: c.req.method, path: c.req.path })));
  app.onError((error, c) => {
    if (error instanceof HTTPException) {
      return sendProblem(requestInvalid({ reason: describeRefusal(error) }));
    }
    if (!(error instanceof Hop3Error)) {
      service.platform.log.write("error", "request", { path: c.req.path, error });
    }
    return sendProblem(error);
  });
  return app;
}

/** What the framework itself refuses: bodies that are no JSON. */
function describeRefusal(error: HTTPException): string {
  return error.message === "" ? "the request cannot be understood" : error.message;
}

function sendProblem(error: unknown): Response {
  const problem = toProblem(error);
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store" },
  });
}

function requireToken(tokenHashes: () => readonly string[]) {
  return async (c: Context, next: Next): Promise<Response | undefined> => {
    const given = /^Bearer (\S+)$/.exec(c.req.header("authorization") ?? "")?.[1];
    if (given === undefined) return sendProblem(notSignedIn({ reason: "it brings none" }));
    const hash = Buffer.from(hashToken(given));
    const isKnown = tokenHashes().some((known) => timingSafeEqual(Buffer.from(known), hash));
    if (!isKnown) return sendProblem(notSignedIn({ reason: "this one is not known" }));
    await next();
    return undefined;
  };
}

export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
