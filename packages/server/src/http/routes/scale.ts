import { createRoute } from "@hono/zod-openapi";
import { ScaleChange, ScaleResult } from "@hop3/core";
import { changes, describeChange } from "../access.ts";
import { AppParams, json, jsonBody, makeRoutes, problems } from "../openapi.ts";
import type { Service } from "../service.ts";
import { showDeployment } from "../views.ts";
import { showScale } from "../worker-views.ts";

const changeScale = createRoute({
  ...changes("app.configure", "scale.change"),
  method: "patch",
  path: "/apps/{app}/scale",
  description:
    "Chooses numbers of instances, for this Release and later ones. Instances that stay are not touched.",
  request: { params: AppParams, body: jsonBody(ScaleChange) },
  responses: { 200: json(ScaleResult, "Stored, or being applied"), ...problems },
});

export function scaleRoutes({ platform, deployer }: Service) {
  return makeRoutes().openapi(changeScale, async (c) => {
    const app = deployer.requireApp(c.req.valid("param").app);
    const { workers } = c.req.valid("json");
    const stored = platform.apps.scale(app.id);
    const before = Object.keys(workers).map((worker) => [worker, stored.get(worker)] as const);
    describeChange(c, {
      target: Object.keys(workers).join(", "),
      before: describe(before),
      after: describe(Object.entries(workers)),
    });
    const deployment = deployer.scale(app, workers);
    const result = { workers: [...(await showScale(platform, app))] };
    if (deployment === undefined) return c.json(result, 200);
    return c.json({ ...result, deployment: showDeployment(platform, deployment) }, 200);
  });
}

/** `web=3, mail=default`: as the command line has it. */
function describe(numbers: readonly (readonly [string, number | null | undefined])[]): string {
  return numbers.map(([worker, instances]) => `${worker}=${instances ?? "default"}`).join(", ");
}
