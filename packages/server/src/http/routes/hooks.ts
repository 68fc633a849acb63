import { createRoute, z } from "@hono/zod-openapi";
import {
  HookCreated,
  type HookDeliveryInfo,
  type HookInfo,
  HookInfos,
  HookRequest,
  HookTest,
  withoutGaps,
} from "@hop3/core";
import type { App } from "../../db/apps.ts";
import type { Hook } from "../../db/hooks.ts";
import { changes, describeChange, reads } from "../access.ts";
import { AppParams, json, jsonBody, makeRoutes, problems } from "../openapi.ts";
import type { Service } from "../service.ts";

const HookParams = AppParams.extend({ hook: z.string() });

const listHooks = createRoute({
  ...reads("app.read"),
  method: "get",
  path: "/apps/{app}/hooks",
  request: { params: AppParams },
  responses: { 200: json(HookInfos, "Oldest first"), ...problems },
});
const addHook = createRoute({
  ...changes("app.configure", "hook.add"),
  method: "post",
  path: "/apps/{app}/hooks",
  request: { params: AppParams, body: jsonBody(HookRequest) },
  responses: { 200: json(HookCreated, "What to enter at the forge"), ...problems },
});
const removeHook = createRoute({
  ...changes("app.configure", "hook.remove"),
  method: "delete",
  path: "/apps/{app}/hooks/{hook}",
  request: { params: HookParams },
  responses: { 204: { description: "Nothing is taken there any more" }, ...problems },
});
const testHook = createRoute({
  ...changes("app.configure", "hook.test"),
  method: "post",
  path: "/apps/{app}/hooks/{hook}/test",
  description: "Asks the repository for the deploy branch, as a delivery would.",
  request: { params: HookParams },
  responses: { 200: json(HookTest, "The repository answers"), ...problems },
});

export function hookRoutes(service: Service) {
  const { deployer, hooks } = service;
  return makeRoutes()
    .openapi(listHooks, (c) => {
      const app = deployer.requireApp(c.req.valid("param").app);
      return c.json(
        { hooks: hooks.store.ofApp(app.id).map((hook) => show(service, app, hook)) },
        200,
      );
    })
    .openapi(addHook, async (c) => {
      const { repository: url, credential } = c.req.valid("json");
      // An app that is new is made only where its repository can be asked.
      await hooks.check({ url, credential });
      const app = await deployer.prepareApp(c.req.valid("param").app);
      const { hook, secret } = await hooks.add(app, { url, credential });
      describeChange(c, { target: hook.id, after: hook.repository });
      return c.json({ hook: show(service, app, hook), secret }, 200);
    })
    .openapi(removeHook, (c) => {
      const app = deployer.requireApp(c.req.valid("param").app);
      const hook = hooks.require(app, c.req.valid("param").hook);
      hooks.store.remove(hook.id);
      describeChange(c, { target: hook.id, before: hook.repository });
      return c.body(null, 204);
    })
    .openapi(testHook, async (c) => {
      const app = deployer.requireApp(c.req.valid("param").app);
      const hook = hooks.require(app, c.req.valid("param").hook);
      describeChange(c, { target: hook.id });
      return c.json(await hooks.test(app, hook), 200);
    });
}

const shownDeliveries = 10;

function show({ hooks, origin }: Service, app: App, hook: Hook): HookInfo {
  const { id, repository, createdAt, credential } = hook;
  const deliveries = hooks.store
    .deliveries(id, shownDeliveries)
    .map(({ at, event, outcome, reason, deploymentId }) =>
      withoutGaps({ at, event, outcome, reason, deployment: deploymentId }),
    ) as HookDeliveryInfo[];
  const url = `${origin}/hooks/${app.name}/${id}`;
  const hasCredential = credential !== undefined;
  return { id, app: app.name, url, repository, hasCredential, createdAt, deliveries };
}
