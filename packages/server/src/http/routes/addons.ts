import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { createRoute, z } from "@hono/zod-openapi";
import { AddonInfos } from "@hop3/core";
import {
  backupAddon,
  destroyAddon,
  listAddons,
  makeTransferDir,
  requireRestorable,
  restoreAddon,
} from "../../deploy/addon-care.ts";
import { changes, describeChange, reads } from "../access.ts";
import { AppParams, json, makeRoutes, problems } from "../openapi.ts";
import { receiveBody } from "../receive-body.ts";
import type { Service } from "../service.ts";

const AddonParams = AppParams.extend({ name: z.string() });
const File = z.string().openapi({ format: "binary" });

const listRoute = createRoute({
  ...reads("app.read"),
  method: "get",
  path: "/apps/{app}/addons",
  request: { params: AppParams },
  responses: { 200: json(AddonInfos, "Backing services of the app"), ...problems },
});
const backupRoute = createRoute({
  ...changes("app.export", "addon.backup"),
  method: "post",
  path: "/apps/{app}/addons/{name}/backup",
  description: "All that the addon holds, in the format of its plug-in.",
  request: { params: AddonParams },
  responses: {
    200: { content: { "application/octet-stream": { schema: File } }, description: "The backup" },
    ...problems,
  },
});
const restoreRoute = createRoute({
  ...changes("app.configure", "addon.restore"),
  method: "post",
  path: "/apps/{app}/addons/{name}/restore",
  description: "Replaces all that the addon holds with a backup.",
  request: {
    params: AddonParams,
    body: { content: { "application/octet-stream": { schema: File } } },
  },
  responses: { 204: { description: "It holds what the backup held" }, ...problems },
});
const destroyRoute = createRoute({
  ...changes("app.destroy", "addon.destroy"),
  method: "delete",
  path: "/apps/{app}/addons/{name}",
  request: { params: AddonParams },
  responses: { 204: { description: "It is gone, with all that it held" }, ...problems },
});

export function addonRoutes({ platform, deployer }: Service) {
  const { settings, stopping } = platform;
  const careOf = (params: z.infer<typeof AddonParams>, request: Request) => ({
    app: deployer.requireApp(params.app),
    name: params.name,
    signal: AbortSignal.any([request.signal, stopping]),
  });
  return makeRoutes()
    .openapi(listRoute, async (c) => {
      const app = deployer.requireApp(c.req.valid("param").app);
      return c.json({ addons: [...(await listAddons(platform, app))] }, 200);
    })
    .openapi(backupRoute, async (c) => {
      const care = careOf(c.req.valid("param"), c.req.raw);
      describeChange(c, { target: care.name });
      const dir = await makeTransferDir(platform);
      try {
        const file = join(dir, "backup");
        await backupAddon(platform, care, file);
        // An open file can be read though it has no name any more.
        const handle = await open(file);
        c.header("content-type", "application/octet-stream");
        return c.body(Readable.toWeb(handle.createReadStream()) as never, 200);
      } finally {
        await rm(dir, { recursive: true, force: true });
      }
    })
    .openapi(restoreRoute, async (c) => {
      const care = careOf(c.req.valid("param"), c.req.raw);
      describeChange(c, { target: care.name });
      requireRestorable(platform, care);
      const dir = await makeTransferDir(platform);
      try {
        const file = join(dir, "backup");
        await receiveBody(c.req.raw.body, file, settings.policy["max-upload-bytes"]);
        await restoreAddon(platform, care, file);
      } finally {
        await rm(dir, { recursive: true, force: true });
      }
      return c.body(null, 204);
    })
    .openapi(destroyRoute, async (c) => {
      const care = careOf(c.req.valid("param"), c.req.raw);
      describeChange(c, { target: care.name });
      await destroyAddon(platform, care);
      return c.body(null, 204);
    });
}
