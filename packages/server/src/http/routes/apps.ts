import { createRoute, z } from "@hono/zod-openapi";
import { AppDetail, AppSummary, ProcessInfo, WorkerScale } from "@hop3/core";
import { destroyApp } from "../../deploy/destroy.ts";
import { changes, reads, visible } from "../access.ts";
import { AppParams, Flag, json, makeRoutes, problems } from "../openapi.ts";
import type { Service } from "../service.ts";
import { showAppDetail, showAppSummaries, showProcesses } from "../views.ts";
import { showScale } from "../worker-views.ts";

const listApps = createRoute({
  ...reads("server.read"),
  method: "get",
  path: "/apps",
  responses: { 200: json(z.object({ apps: z.array(AppSummary) }), "Every app"), ...problems },
});
const getApp = createRoute({
  ...reads("app.read"),
  method: "get",
  path: "/apps/{app}",
  request: { params: AppParams },
  responses: { 200: json(AppDetail, "The app"), ...problems },
});
const deleteApp = createRoute({
  ...changes("app.destroy", "app.destroy"),
  method: "delete",
  path: "/apps/{app}",
  request: { params: AppParams, query: z.object({ keepData: Flag }) },
  responses: { 204: { description: "It is gone" }, ...problems },
});
const listProcesses = createRoute({
  ...reads("app.read"),
  method: "get",
  path: "/apps/{app}/processes",
  request: { params: AppParams },
  responses: {
    200: json(
      z.object({ processes: z.array(ProcessInfo), workers: z.array(WorkerScale) }),
      "As the supervisor reports them now, and how many of each worker there should be",
    ),
    ...problems,
  },
});

export function appRoutes(service: Service) {
  const { platform, deployer } = service;
  return makeRoutes()
    .openapi(listApps, async (c) => {
      const apps = visible(c, "app.read", platform.apps.all());
      return c.json({ apps: await showAppSummaries(platform, apps) }, 200);
    })
    .openapi(getApp, async (c) => {
      const app = deployer.requireApp(c.req.valid("param").app);
      return c.json(await showAppDetail(platform, app), 200);
    })
    .openapi(deleteApp, async (c) => {
      const app = deployer.requireApp(c.req.valid("param").app);
      await service.git.previews.removeAll(app);
      await destroyApp(service, app, { keepData: c.req.valid("query").keepData });
      return c.body(null, 204);
    })
    .openapi(listProcesses, async (c) => {
      const app = deployer.requireApp(c.req.valid("param").app);
      const processes = await showProcesses(platform, app);
      const workers = await showScale(platform, app, processes);
      return c.json({ processes: [...processes], workers: [...workers] }, 200);
    });
}
