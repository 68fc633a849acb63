import { createRoute, z } from "@hono/zod-openapi";
import {
  DeployKeyInfo,
  HookCreated,
  type HookDeliveryInfo,
  HookInfo,
  HookInfos,
  HookRequest,
  HookTest,
  HookTrust,
  withoutGaps,
} from "@hop3/core";
import type { App } from "../../db/apps.ts";
import type { DeployKey } from "../../db/deploy-keys.ts";
import type { Hook } from "../../db/hooks.ts";
import { hostKeyFingerprint } from "../../git/public-key.ts";
import { findDeployKey, makeDeployKey } from "../../hooks/deploy-keys.ts";
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

const trustHost = createRoute({
  ...changes("app.configure", "hook.trust"),
  method: "post",
  path: "/apps/{app}/hooks/{hook}/trust",
  description:
    "Takes the key that the host of the repository shows now, and no other from then on.",
  request: { params: HookParams, body: jsonBody(HookTrust) },
  responses: { 200: json(HookInfo, "With the fingerprint of the key"), ...problems },
});
const getKey = createRoute({
  ...reads("app.read"),
  method: "get",
  path: "/apps/{app}/deploy-key",
  request: { params: AppParams },
  responses: { 200: json(DeployKeyInfo, "Its public half, for the forge"), ...problems },
});
const makeKey = createRoute({
  ...changes("app.configure", "deploy-key.make"),
  method: "post",
  path: "/apps/{app}/deploy-key",
  description: "Makes a pair; the one that there was is forgotten.",
  request: { params: AppParams },
  responses: { 200: json(DeployKeyInfo, "Its public half, for the forge"), ...problems },
});

export function hookRoutes(service: Service) {
  const { deployer, hooks, platform } = service;
  return makeRoutes()
    .openapi(listHooks, (c) => {
      const app = deployer.requireApp(c.req.valid("param").app);
      return c.json(
        { hooks: hooks.store.ofApp(app.id).map((hook) => show(service, app, hook)) },
        200,
      );
    })
    .openapi(addHook, async (c) => {
      const { repository: url, ...wish } = c.req.valid("json");
      // An app that is new is made only where its repository can be asked.
      const checked = await hooks.check({ url, ...wish });
      const app = await deployer.prepareApp(c.req.valid("param").app);
      const { hook, secret } = await hooks.add(app, checked);
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
    })
    .openapi(trustHost, async (c) => {
      const app = deployer.requireApp(c.req.valid("param").app);
      const hook = hooks.require(app, c.req.valid("param").hook);
      const trusted = await hooks.trust(hook, c.req.valid("json").hostKey);
      const [before, after] = [hook, trusted].map(({ hostKey }) => fingerprintOf(hostKey));
      describeChange(c, { target: hook.id, before, after });
      return c.json(show(service, app, trusted), 200);
    })
    .openapi(getKey, (c) => {
      const app = deployer.requireApp(c.req.valid("param").app);
      return c.json(showKey(app, findDeployKey(platform, app)), 200);
    })
    .openapi(makeKey, async (c) => {
      const app = deployer.requireApp(c.req.valid("param").app);
      const key = await makeDeployKey(platform, app);
      describeChange(c, { target: app.name, after: key.publicKey });
      return c.json(showKey(app, key), 200);
    });
}

function showKey({ name: app }: App, key: DeployKey | undefined): DeployKeyInfo {
  return key === undefined ? { app } : { app, key: key.publicKey, createdAt: key.createdAt };
}

function fingerprintOf(hostKey: string | undefined): string | undefined {
  return hostKey === undefined ? undefined : hostKeyFingerprint(hostKey);
}

const shownDeliveries = 10;

function show({ hooks, origin, platform }: Service, app: App, hook: Hook): HookInfo {
  const { id, repository, createdAt, credential } = hook;
  const deliveries = hooks.store
    .deliveries(id, shownDeliveries)
    .map(({ at, event, outcome, reason, deploymentId }) =>
      withoutGaps({ at, event, outcome, reason, deployment: deploymentId }),
    ) as HookDeliveryInfo[];
  const url = `${origin}/hooks/${app.name}/${id}`;
  const hasCredential = credential !== undefined;
  const [deployKey, hostKey] = [findDeployKey(platform, app), fingerprintOf(hook.hostKey)];
  const ssh = deployKey && hostKey && { deployKey: deployKey.publicKey, hostKey };
  const about = { id, app: app.name, url, repository, hasCredential, ssh, createdAt, deliveries };
  return withoutGaps(about) as HookInfo;
}
