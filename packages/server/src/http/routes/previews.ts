import { createRoute, z } from "@hono/zod-openapi";
import { PreviewChange, type PreviewInfo, PreviewInfos, withoutGaps } from "@hop3/core";
import type { App } from "../../db/apps.ts";
import { publicUrl } from "../../deploy/routes.ts";
import { makeStoreBill } from "../../store/disk.ts";
import { changes, describeChange, reads } from "../access.ts";
import { AppParams, json, jsonBody, makeRoutes, problems } from "../openapi.ts";
import type { Service } from "../service.ts";

const PreviewParams = AppParams.extend({ preview: z.string() });

const listPreviews = createRoute({
  ...reads("app.read"),
  method: "get",
  path: "/apps/{app}/previews",
  request: { params: AppParams },
  responses: { 200: json(PreviewInfos, "By branch"), ...problems },
});
const changePreview = createRoute({
  ...changes("app.deploy", "preview.keep"),
  method: "patch",
  path: "/apps/{app}/previews/{preview}",
  request: { params: PreviewParams, body: jsonBody(PreviewChange) },
  responses: { 204: { description: "It stays so long" }, ...problems },
});
const removePreview = createRoute({
  ...changes("app.deploy", "preview.remove"),
  method: "delete",
  path: "/apps/{app}/previews/{preview}",
  description: "The app that shows the branch goes with all that it has; the branch stays.",
  request: { params: PreviewParams },
  responses: { 204: { description: "It is gone" }, ...problems },
});

const dayMs = 86_400_000;

export function previewRoutes(service: Service) {
  const { deployer, platform, git } = service;
  return makeRoutes()
    .openapi(listPreviews, async (c) => {
      const app = deployer.requireApp(c.req.valid("param").app);
      const enabled = git.previews.policy(app) !== undefined;
      return c.json({ enabled, previews: await show(service, app) }, 200);
    })
    .openapi(changePreview, (c) => {
      const parent = deployer.requireApp(c.req.valid("param").app);
      const { app, preview } = git.previews.require(parent, c.req.valid("param").preview);
      const { days } = c.req.valid("json");
      const until =
        days === null ? undefined : new Date(platform.now().getTime() + days * dayMs).toISOString();
      git.previews.store.setExpiry(app.id, until);
      const forGood = "for good";
      const [before, after] = [preview.expiresAt ?? forGood, until ?? forGood];
      describeChange(c, { target: app.name, before, after });
      return c.body(null, 204);
    })
    .openapi(removePreview, async (c) => {
      const parent = deployer.requireApp(c.req.valid("param").app);
      const { app, preview } = git.previews.require(parent, c.req.valid("param").preview);
      await git.previews.remove(app);
      describeChange(c, { target: app.name, before: preview.branch });
      return c.body(null, 204);
    });
}

async function show({ platform, git }: Service, parent: App): Promise<PreviewInfo[]> {
  const found = git.previews.store.ofParent(parent.id);
  if (found.length === 0) return [];
  const bill = await makeStoreBill(platform);
  const extra = new Map(bill.apps.map(({ app, exclusiveBytes }) => [app, exclusiveBytes]));
  return found.flatMap(({ appId, branch, commit, pushedAt, expiresAt }) => {
    const app = platform.apps.findById(appId);
    if (app === undefined) return [];
    const { name } = app;
    const url = publicUrl(platform, app);
    const extraBytes = extra.get(name) ?? 0;
    const gaps = { commit, expiresAt };
    return [withoutGaps({ name, branch, url, ...gaps, pushedAt, extraBytes }) as PreviewInfo];
  });
}
