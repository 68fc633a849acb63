import { createRoute, z } from "@hono/zod-openapi";
import { AppMetrics, type MetricPoint } from "@hop3/core";
import type { TimedSample } from "../../observe/series.ts";
import { reads } from "../access.ts";
import { AppParams, json, makeRoutes, problems } from "../openapi.ts";
import type { Service } from "../service.ts";
import { roundCpu } from "../views.ts";

const dayMinutes = 24 * 60;

const getMetrics = createRoute({
  ...reads("app.read"),
  method: "get",
  path: "/apps/{app}/metrics",
  description:
    "Memory and CPU of each Process with all that it has started: up to an hour back every 5 seconds, up to a day every minute. Kept in memory, so it begins with the start of the server.",
  request: {
    params: AppParams,
    query: z.object({ minutes: z.coerce.number().int().min(1).max(dayMinutes).default(60) }),
  },
  responses: { 200: json(AppMetrics, "Oldest first"), ...problems },
});

export function metricsRoutes({ platform, deployer }: Service) {
  const { metrics, processes } = platform;
  return makeRoutes().openapi(getMetrics, (c) => {
    const app = deployer.requireApp(c.req.valid("param").app);
    const window = { now: platform.now().getTime(), minutes: c.req.valid("query").minutes };
    const total = metrics.ofApp(app.id, window);
    return c.json(
      {
        stepSeconds: total.stepMs / 1_000,
        total: total.samples.map(toPoint),
        processes: processes.ofApp(app.id).map(({ id, worker, instance, release }) => {
          const points = metrics.ofProcess(id, window).samples.map(toPoint);
          return { id, worker, instance, release, points };
        }),
      },
      200,
    );
  });
}

function toPoint({ at, memoryBytes, cpu }: TimedSample): MetricPoint {
  return {
    at: new Date(at).toISOString(),
    memoryBytes: Math.round(memoryBytes),
    cpu: roundCpu(cpu),
  };
}
