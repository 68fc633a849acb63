import { createRoute, z } from "@hono/zod-openapi";
import { ClosureReason, ReleaseClosure, ReleaseComparison } from "@hop3/core";
import { explainPath, showClosure } from "../../store/closure.ts";
import { compareReleases } from "../../store/compare.ts";
import { reads } from "../access.ts";
import { json, makeRoutes, problems } from "../openapi.ts";
import { ReleaseNumber, ReleaseParams, releaseOf } from "../release-params.ts";
import type { Service } from "../service.ts";

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

export function compareRoutes(service: Service) {
  return makeRoutes()
    .openapi(compare, async (c) => {
      const params = c.req.valid("param");
      const { app, release: from } = releaseOf(service, params);
      const { release: to } = releaseOf(service, { app: params.app, number: params.other });
      return c.json(await compareReleases(service.platform, app, { from, to }), 200);
    })
    .openapi(getClosure, async (c) => {
      const { release } = releaseOf(service, c.req.valid("param"));
      return c.json(await showClosure(release), 200);
    })
    .openapi(getReason, async (c) => {
      const { release } = releaseOf(service, c.req.valid("param"));
      return c.json(await explainPath(release, c.req.valid("query").path), 200);
    });
}
