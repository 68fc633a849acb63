import { createRoute, z } from "@hono/zod-openapi";
import { ConfigChange, ConfigEntry, ConfigResult } from "@hop3/core";
import type { App } from "../../db/apps.ts";
import { currentRelease } from "../../deploy/current-release.ts";
import { configPurpose } from "../../deploy/process-spec.ts";
import { requireUsableValue } from "../../deploy/stored-config.ts";
import { allow, changes, describeChange, reads } from "../access.ts";
import { AppParams, Flag, json, jsonBody, makeRoutes, problems } from "../openapi.ts";
import type { Service } from "../service.ts";
import { showDeployment } from "../views.ts";

const listConfig = createRoute({
  ...reads("app.read"),
  method: "get",
  path: "/apps/{app}/config",
  request: { params: AppParams, query: z.object({ reveal: Flag }) },
  responses: {
    200: json(z.object({ entries: z.array(ConfigEntry) }), "Stored configuration"),
    ...problems,
  },
});
const changeConfig = createRoute({
  ...changes("app.configure", "config.change"),
  method: "patch",
  path: "/apps/{app}/config",
  request: { params: AppParams, body: jsonBody(ConfigChange) },
  responses: { 200: json(ConfigResult, "Stored, and being applied"), ...problems },
});

export function configRoutes({ platform, deployer }: Service) {
  const entries = (app: App, reveal: boolean): ConfigEntry[] =>
    platform.apps.config(app.id).map((row) => ({
      key: row.key,
      updatedAt: row.updated_at,
      ...(reveal ? { value: platform.vault.open(row.value, configPurpose(app, row.key)) } : {}),
    }));

  return makeRoutes()
    .openapi(listConfig, (c) => {
      const { reveal } = c.req.valid("query");
      if (reveal) allow(c, "app.reveal", c.req.valid("param").app);
      const app = deployer.requireApp(c.req.valid("param").app);
      return c.json({ entries: entries(app, reveal) }, 200);
    })
    .openapi(changeConfig, async (c) => {
      const { values, apply } = c.req.valid("json");
      for (const [key, value] of Object.entries(values)) requireUsableValue(key, value ?? "");
      const isNew = platform.apps.find(c.req.valid("param").app) === undefined;
      const app = await deployer.prepareApp(c.req.valid("param").app);
      const at = platform.now().toISOString();
      const named = (): string =>
        entries(app, false)
          .filter(({ key }) => Object.hasOwn(values, key))
          .map(({ key }) => key)
          .join(", ");
      const before = named();
      platform.db.transaction(() => {
        for (const [key, value] of Object.entries(values)) {
          if (value === null) platform.apps.unsetConfig(app.id, key);
          else {
            const sealed = platform.vault.seal(value, configPurpose(app, key));
            platform.apps.setConfig(app.id, key, { value: sealed, at });
          }
        }
      });
      describeChange(c, { target: Object.keys(values).join(", "), before, after: named() });
      const stored = { entries: entries(app, false), ...(isNew ? { created: true as const } : {}) };
      const isRunning = currentRelease(platform, app.id) !== undefined;
      if (!apply || !isRunning) return c.json(stored, 200);
      const deployment = deployer.applyConfig(app);
      return c.json({ ...stored, deployment: showDeployment(platform, deployment) }, 200);
    });
}
