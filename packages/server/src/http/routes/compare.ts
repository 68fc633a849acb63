import { createRoute, z } from "@hono/zod-openapi";
import { ClosureReason, ReleaseClosure, ReleaseComparison } from "@hop3/core";
import type { App } from "../../db/apps.ts";
import type { Release } from "../../db/releases.ts";
import { releaseNotFound } from "../../deploy/errors.ts";
import { explainPath, showClosure } from "../../store/closure.ts";
import { compareReleases } from "../../store/compare.ts";
import { reads } from "../access.ts";
import { AppParams, json, makeRoutes, problems } from "../openapi.ts";
import type { Service } from "../service.ts";

const ReleaseNumber = z.coerce.number().int().positive();
const ReleaseParams = AppParams.extend({ number: ReleaseNumber });

const compare = createRoute({
  ...reads("app.read"),
  method: "get",
  path: "/apps/{app}/releases/{number}/compare/{other}",
  request: { params: ReleaseParams.extend({ other: ReleaseNumber }) },
  responses: { 200: json(ReleaseComparison, "What `other` has differently"), ...problems },
});
const getClosure = createRoute({
  ...reads("app.read"),
  method: "get",
  path: "/apps/{app}/releases/{number}/closure",
  request: { params: ReleaseParams },
  responses: { 200: json(ReleaseClosure, "What the Release weighs"), ...problems },
});
const getReason = createRoute({
  ...reads("app.read"),
  method: "get",
  path: "/apps/{app}/releases/{number}/closure/why",
  request: {
    params: ReleaseParams,
    query: z.object({
      path: z.string().min(1).max(400).openapi({ description: "A store path, or a name" }),
    }),
  },
  responses: { 200: json(ClosureReason, "The shortest way to it"), ...problems },
});

export function compareRoutes({ platform, deployer }: Service) {
  const require = (name: string, number: number): { app: App; release: Release } => {
    const app = deployer.requireApp(name);
    const release = platform.releases.find(app.id, number);
    if (release === undefined) throw releaseNotFound({ app: name, release: number });
    return { app, release };
  };
  return makeRoutes()
    .openapi(compare, (c) => {
      const { app: name, number, other } = c.req.valid("param");
      const { app, release: from } = require(name, number);
      const { release: to } = require(name, other);
      return c.json(compareReleases(platform, app, { from, to }), 200);
    })
    .openapi(getClosure, async (c) => {
      const { app, number } = c.req.valid("param");
      return c.json(await showClosure(require(app, number).release), 200);
    })
    .openapi(getReason, (c) => {
      const { app, number } = c.req.valid("param");
      const { release } = require(app, number);
      return c.json(explainPath(release, c.req.valid("query").path), 200);
    });
}
