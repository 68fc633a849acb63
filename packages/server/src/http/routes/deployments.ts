import { createRoute, z } from "@hono/zod-openapi";
import { ContentHash, DeploymentSummary } from "@hop3/core";
import type { Context } from "hono";
import type { Deployment } from "../../db/deployments.ts";
import type { Platform } from "../../deploy/platform.ts";
import { changes, describeChange, reads } from "../access.ts";
import { deploymentNotFound } from "../errors.ts";
import { AppParams, Count, Flag, json, jsonBody, makeRoutes, problems } from "../openapi.ts";
import { streamToReader } from "../reader.ts";
import { keepPath, keepUpload, receiveUpload } from "../receive-upload.ts";
import type { Service } from "../service.ts";
import { showDeployment } from "../views.ts";
import { openUploads } from "./uploads.ts";

const DeploymentParams = z.object({ id: z.coerce.number().int().positive() });

const createDeployment = createRoute({
  ...changes("app.deploy", "deployment.create"),
  method: "post",
  path: "/apps/{app}/deployments",
  description:
    "Deploys a tree: gzip-compressed tar, or a complete upload. The app is made on its first deployment.",
  request: {
    params: AppParams,
    query: z.object({
      force: Flag,
      revision: z.string().max(200).optional(),
      /** The directory of the tree that is the app, where the tree is a whole repository. */
      path: z.string().max(400).optional(),
      /** A complete upload, instead of a body. */
      upload: ContentHash.optional(),
    }),
    body: { content: { "application/gzip": { schema: z.string().openapi({ format: "binary" }) } } },
  },
  responses: { 202: json(DeploymentSummary, "Queued; its events tell the rest"), ...problems },
});
const listDeployments = createRoute({
  ...reads("app.read"),
  method: "get",
  path: "/apps/{app}/deployments",
  request: { params: AppParams, query: z.object({ limit: Count }) },
  responses: {
    200: json(z.object({ deployments: z.array(DeploymentSummary) }), "Newest first"),
    ...problems,
  },
});
const getDeployment = createRoute({
  ...reads("app.read", "deployment"),
  method: "get",
  path: "/deployments/{id}",
  request: { params: DeploymentParams },
  responses: { 200: json(DeploymentSummary, "The deployment"), ...problems },
});
const getEvents = createRoute({
  ...reads("app.read", "deployment"),
  method: "get",
  path: "/deployments/{id}/events",
  description:
    "The timeline as server-sent events; Last-Event-ID resumes. Ends after the event `end`.",
  request: { params: DeploymentParams },
  responses: {
    200: { content: { "text/event-stream": { schema: z.string() } }, description: "TimelineEvent" },
    ...problems,
  },
});
const cancelDeployment = createRoute({
  ...changes("app.deploy", "deployment.cancel", "deployment"),
  method: "post",
  path: "/deployments/{id}/cancel",
  request: { params: DeploymentParams },
  responses: { 200: json(DeploymentSummary, "Being cancelled"), ...problems },
});
const rollback = createRoute({
  ...changes("app.deploy", "app.rollback"),
  method: "post",
  path: "/apps/{app}/rollback",
  request: {
    params: AppParams,
    body: jsonBody(z.strictObject({ release: z.int().positive().optional() })),
  },
  responses: { 202: json(DeploymentSummary, "Queued"), ...problems },
});
const restart = createRoute({
  ...changes("app.deploy", "app.restart"),
  method: "post",
  path: "/apps/{app}/restart",
  request: { params: AppParams },
  responses: { 202: json(DeploymentSummary, "Queued"), ...problems },
});

/** A Deployment whose tree has arrived. */
async function declareWithTree(
  service: Service,
  name: string,
  tree: {
    readonly path: string | undefined;
    readonly upload: string | undefined;
    readonly body: ReadableStream | null;
  },
): Promise<Deployment> {
  const { platform, deployer } = service;
  const app = await deployer.prepareApp(name);
  if (tree.upload !== undefined) await openUploads(platform, app.name).claim(tree.upload);
  const deployment = deployer.declare(app);
  if (tree.path !== undefined) await keepPath(platform, deployment, tree.path);
  if (tree.upload === undefined) await receiveUpload(service, deployment, tree.body);
  else await keepUpload(platform, deployment, tree.upload);
  return deployment;
}

export function deploymentRoutes(service: Service) {
  const { platform, deployer } = service;
  const require = (id: number): Deployment => {
    const found = platform.deployments.find(id);
    if (found === undefined) throw deploymentNotFound({ id: String(id) });
    return found;
  };
  const show = (deployment: Deployment): DeploymentSummary =>
    showDeployment(platform, require(deployment.id));

  return makeRoutes()
    .openapi(createDeployment, async (c) => {
      const { force, revision, path, upload } = c.req.valid("query");
      const tree = { path, upload, body: c.req.raw.body };
      const deployment = await declareWithTree(service, c.req.valid("param").app, tree);
      deployer.deploy(deployment, { revision, force });
      describeChange(c, { target: `deployment ${deployment.id}`, after: revision });
      return c.json(show(deployment), 202);
    })
    .openapi(listDeployments, (c) => {
      const app = deployer.requireApp(c.req.valid("param").app);
      const found = platform.deployments.ofApp(app.id, c.req.valid("query").limit ?? 20);
      return c.json({ deployments: found.map(show) }, 200);
    })
    .openapi(getDeployment, (c) => c.json(show(require(c.req.valid("param").id)), 200))
    .openapi(getEvents, (c) => streamEvents(c, platform, require(c.req.valid("param").id)))
    .openapi(cancelDeployment, (c) => {
      const deployment = require(c.req.valid("param").id);
      deployer.cancel(deployment.id);
      describeChange(c, { target: `deployment ${deployment.id}` });
      return c.json(show(deployment), 200);
    })
    .openapi(rollback, (c) => {
      const app = deployer.requireApp(c.req.valid("param").app);
      const deployment = deployer.rollback(app, c.req.valid("json").release);
      describeChange(c, {
        target: `deployment ${deployment.id}`,
        before: releaseName(app.currentRelease),
        after: releaseName(platform.deployments.find(deployment.id)?.release),
      });
      return c.json(show(deployment), 202);
    })
    .openapi(restart, (c) => {
      const app = deployer.requireApp(c.req.valid("param").app);
      return c.json(show(deployer.restart(app)), 202);
    });
}

function streamEvents(c: Context, platform: Platform, deployment: Deployment): Response {
  const app = platform.apps.findById(deployment.appId);
  if (app === undefined) throw deploymentNotFound({ id: String(deployment.id) });
  const after = Number(c.req.header("last-event-id") ?? 0) || 0;
  const need = { permission: "app.read", app: app.name } as const;
  return streamToReader(c, need, async (stream, signal) => {
    const home = platform.home.app(app.name);
    const options = { after, signal };
    const { timelines } = platform;
    // One that has ended says nothing more, even where its timeline has lost its own end.
    const events =
      deployment.endedAt === undefined
        ? timelines.follow(home, deployment.id, options)
        : timelines.read(home, deployment.id).filter(({ seq }) => seq > after);
    for await (const event of events) {
      await stream.writeSSE({
        id: String(event.seq),
        event: event.type,
        data: JSON.stringify(event),
      });
    }
  });
}

function releaseName(number: number | undefined): string | undefined {
  return number === undefined ? undefined : `release ${number}`;
}
