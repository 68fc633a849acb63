import { OpenAPIHono } from "@hono/zod-openapi";
import { Hop3Error } from "@hop3/core";
import type { Context, MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { makeAddressOf } from "../accounts/client-address.ts";
import { proxiesOf } from "../settings.ts";
import { authenticate, guard } from "./access.ts";
import { noSuchRoute, requestInvalid, toProblem } from "./errors.ts";
import { hookDoor } from "./hook-door.ts";
import { nodeRequest } from "./node-request.ts";
import { findPageDir, pageRoutes } from "./page.ts";
import { accountRoutes } from "./routes/account.ts";
import { addonRoutes } from "./routes/addons.ts";
import { appRoutes } from "./routes/apps.ts";
import { auditRoutes } from "./routes/audit.ts";
import { canaryRoutes } from "./routes/canary.ts";
import { catalogueRoutes } from "./routes/catalogue.ts";
import { compareRoutes } from "./routes/compare.ts";
import { configRoutes } from "./routes/config.ts";
import { deploymentRoutes } from "./routes/deployments.ts";
import { domainRoutes } from "./routes/domains.ts";
import { eventRoutes } from "./routes/events.ts";
import { gitRoutes } from "./routes/git.ts";
import { hookRoutes } from "./routes/hooks.ts";
import { logRoutes } from "./routes/logs.ts";
import { metricsRoutes } from "./routes/metrics.ts";
import { nixRoutes } from "./routes/nix.ts";
import { notifyRoutes } from "./routes/notify.ts";
import { pluginRoutes } from "./routes/plugins.ts";
import { previewRoutes } from "./routes/previews.ts";
import { releaseRoutes } from "./routes/releases.ts";
import { runRoutes } from "./routes/run.ts";
import { scaleRoutes } from "./routes/scale.ts";
import { serverRoutes } from "./routes/server.ts";
import { signInRoutes } from "./routes/sign-in.ts";
import { storeRoutes } from "./routes/store.ts";
import { tokenRoutes } from "./routes/tokens.ts";
import { transferRoutes } from "./routes/transfer.ts";
import { uploadRoutes } from "./routes/uploads.ts";
import { userRoutes } from "./routes/users.ts";
import type { Service } from "./service.ts";

export interface HttpOptions {
  readonly service: Service;
  readonly version: string;
  /** The transport itself is the proof: a socket of mode 0600. */
  readonly isLocal: boolean;
  /** Where the built web page is, where that is elsewhere than in this program. */
  readonly pageDir?: string;
}

const api = [
  accountRoutes,
  addonRoutes,
  appRoutes,
  auditRoutes,
  canaryRoutes,
  catalogueRoutes,
  compareRoutes,
  configRoutes,
  deploymentRoutes,
  domainRoutes,
  eventRoutes,
  gitRoutes,
  hookRoutes,
  logRoutes,
  metricsRoutes,
  nixRoutes,
  notifyRoutes,
  pluginRoutes,
  previewRoutes,
  releaseRoutes,
  runRoutes,
  scaleRoutes,
  serverRoutes,
  signInRoutes,
  storeRoutes,
  tokenRoutes,
  userRoutes,
  transferRoutes,
  uploadRoutes,
];

/** The API. Deny by default: a route that declares no permission answers nobody. */
export function makeHttpApp(options: HttpOptions): OpenAPIHono {
  const { service, version, isLocal, pageDir = findPageDir() } = options;
  const app = new OpenAPIHono();
  const { accounts, platform } = service;
  app.use("*", answerSafely);
  app.use(
    "*",
    authenticate({
      accounts,
      isLocal,
      now: platform.now,
      events: platform.events,
      publicUrl: platform.settings.server.url,
      addressOf: makeAddressOf(proxiesOf(platform.settings.server)),
      appOfDeployment: (id) => appOfDeployment(platform, id),
    }),
  );
  for (const makeRoutes of api) app.route("/api/v1", makeRoutes(service));
  app.use("/api/v1/openapi.json", guard({ permission: "server.read" }));
  app.doc31("/api/v1/openapi.json", {
    openapi: "3.1.0",
    info: { title: "Hop3", version, description: "The API of a Hop3 server" },
  });
  app.route("/", hookDoor(service));
  app.route("/", pageRoutes(pageDir));
  app.notFound((c) => sendProblem(noSuchRoute({ method: c.req.method, path: c.req.path })));
  app.onError((error, c) => {
    if (error instanceof HTTPException) {
      return sendProblem(requestInvalid({ reason: describeRefusal(error) }));
    }
    if (!(error instanceof Hop3Error) && !hasLeft(c)) {
      service.platform.log.write("error", "request", { path: c.req.path, error });
    }
    return sendProblem(error);
  });
  return app;
}

/** Answers of the API are data and nobody else's: no browser takes them for a page, frames or keeps them. */
const safeHeaders = {
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cache-control": "no-store",
} as const;

/** What a route says of its own answer counts. */
const answerSafely: MiddlewareHandler = async (c, next) => {
  await next();
  for (const [name, value] of Object.entries(safeHeaders)) {
    if (!c.res.headers.has(name)) c.res.headers.set(name, value);
  }
};

/** Whether the connection broke before the request was whole: that is no fault of ours, and may happen very often. */
function hasLeft(c: Context): boolean {
  const incoming = nodeRequest(c);
  return incoming?.destroyed === true && !incoming.complete;
}

/** What the framework itself refuses: bodies that are no JSON. */
function describeRefusal(error: HTTPException): string {
  return error.message === "" ? "the request cannot be understood" : error.message;
}

function sendProblem(error: unknown): Response {
  const problem = toProblem(error);
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { "content-type": "application/problem+json" },
  });
}

function appOfDeployment(platform: Service["platform"], id: number): string | undefined {
  const deployment = Number.isSafeInteger(id) ? platform.deployments.find(id) : undefined;
  return deployment && platform.apps.findById(deployment.appId)?.name;
}
