import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createRoute, z } from "@hono/zod-openapi";
import { PluginList, PluginRemoved, PluginRequest } from "@hop3/core";
import { makeTransferDir } from "../../deploy/addon-care.ts";
import { changes, describeChange, reads } from "../access.ts";
import { json, jsonBody, makeRoutes, problems } from "../openapi.ts";
import { receiveBody } from "../receive-body.ts";
import type { Service } from "../service.ts";
import { streamLines } from "../stream-lines.ts";

const installed = {
  200: { description: "application/x-ndjson: what npm says, then the plug-in or the failure" },
  ...problems,
};

const listRoute = createRoute({
  ...reads("server.inspect"),
  method: "get",
  path: "/plugins",
  responses: { 200: json(PluginList, "Loaded, installed, and broken ones"), ...problems },
});
const addRoute = createRoute({
  ...changes("plugins.manage", "plugins.add"),
  method: "post",
  path: "/plugins",
  description: "Installs a package from the registry, or from an https address.",
  request: { body: jsonBody(PluginRequest) },
  responses: installed,
});
const uploadRoute = createRoute({
  ...changes("plugins.manage", "plugins.add"),
  method: "post",
  path: "/plugins/archive",
  description: "Installs the tarball that is sent, as `npm pack` makes it.",
  request: {
    body: { content: { "application/gzip": { schema: z.string().openapi({ format: "binary" }) } } },
  },
  responses: installed,
});
const removeRoute = createRoute({
  ...changes("plugins.manage", "plugins.remove"),
  method: "delete",
  path: "/plugins/{name}",
  request: { params: z.object({ name: z.string() }) },
  responses: { 200: json(PluginRemoved, "Gone at the next start of the server"), ...problems },
});

export function pluginRoutes({ platform, plugins }: Service) {
  const { settings, stopping } = platform;
  const follow = (request: Request, onLine: (text: string) => void = () => {}) => ({
    signal: AbortSignal.any([request.signal, stopping]),
    onLine,
  });
  return makeRoutes()
    .openapi(listRoute, async (c) => c.json({ plugins: [...(await plugins.list())] }, 200))
    .openapi(addRoute, (c) => {
      const { spec } = c.req.valid("json");
      describeChange(c, { target: spec });
      return streamLines(c, async (onLine) => ({
        plugin: await plugins.add({ spec }, follow(c.req.raw, onLine)),
      }));
    })
    .openapi(uploadRoute, async (c) => {
      const dir = await makeTransferDir(platform);
      const remove = (): Promise<void> => rm(dir, { recursive: true, force: true });
      const archive = join(dir, "plugin.tgz");
      const limit = settings.policy["max-upload-bytes"];
      await receiveBody(c.req.raw.body, archive, limit).catch(async (error: unknown) => {
        await remove();
        throw error;
      });
      describeChange(c, { target: "an uploaded archive" });
      return streamLines(c, async (onLine) => {
        try {
          return { plugin: await plugins.add({ archive }, follow(c.req.raw, onLine)) };
        } finally {
          await remove();
        }
      });
    })
    .openapi(removeRoute, async (c) => {
      const { name } = c.req.valid("param");
      describeChange(c, { target: name });
      return c.json(await plugins.remove(name, follow(c.req.raw)), 200);
    });
}
