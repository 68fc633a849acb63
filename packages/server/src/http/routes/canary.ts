import { createRoute, z } from "@hono/zod-openapi";
import { DeploymentSummary } from "@hop3/core";
import { changes } from "../access.ts";
import { deploymentNotFound } from "../errors.ts";
import { AppParams, json, jsonBody, makeRoutes, problems } from "../openapi.ts";
import type { Service } from "../service.ts";
import { showDeployment } from "../views.ts";

const endCanary = createRoute({
  ...changes("app.deploy", "canary.end"),
  method: "post",
  path: "/apps/{app}/canary",
  description:
    "Ends the trial of a new Release before its time: it gets all requests, or none and the Deployment is cancelled.",
  request: {
    params: AppParams,
    body: jsonBody(z.strictObject({ decision: z.enum(["promote", "abort"]) })),
  },
  responses: { 200: json(DeploymentSummary, "Being switched, or taken back"), ...problems },
});

export function canaryRoutes({ platform, deployer }: Service) {
  return makeRoutes().openapi(endCanary, (c) => {
    const app = deployer.requireApp(c.req.valid("param").app);
    const id = deployer.endCanary(app, c.req.valid("json").decision);
    const deployment = platform.deployments.find(id);
    if (deployment === undefined) throw deploymentNotFound({ id: String(id) });
    return c.json(showDeployment(platform, deployment), 200);
  });
}
