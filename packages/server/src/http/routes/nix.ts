import { createRoute, z } from "@hono/zod-openapi";
import { AppName, LockRequest, NixCheck, RegistryAddresses } from "@hop3/core";
import { checkSource } from "../../deploy/check-source.ts";
import { hashPackages } from "../../registries/hash-files.ts";
import { reads } from "../access.ts";
import { json, jsonBody, makeRoutes, problems } from "../openapi.ts";
import { receiveBody } from "../receive-body.ts";
import type { Service } from "../service.ts";
import { streamLines } from "../stream-lines.ts";

const lockPackages = createRoute({
  ...reads("nix.use"),
  method: "post",
  path: "/nix/lock",
  description:
    "Hashes of dependencies that a lockfile pins by none, downloaded from the registries.",
  request: { body: jsonBody(LockRequest) },
  responses: {
    200: { description: "application/x-ndjson: lines of progress, then the hashes" },
    ...problems,
  },
});

const checkSourceRoute = createRoute({
  ...reads("app.deploy", "query"),
  method: "post",
  path: "/nix/check",
  description:
    "Evaluates a tree (gzip-compressed tar) as a deploy would; builds and records nothing.",
  request: {
    query: z.object({ app: AppName }),
    body: { content: { "application/gzip": { schema: z.string().openapi({ format: "binary" }) } } },
  },
  responses: { 200: json(NixCheck, "What a build would do"), ...problems },
});

const getRegistries = createRoute({
  ...reads("nix.use"),
  method: "get",
  path: "/nix/registries",
  responses: { 200: json(RegistryAddresses, "Those that have an address"), ...problems },
});

export function nixRoutes({ platform }: Service) {
  const { registries, stopping, settings } = platform;
  return makeRoutes()
    .openapi(getRegistries, async (c) => {
      return c.json({ registries: await registries.addresses() }, 200);
    })
    .openapi(lockPackages, (c) => {
      const { packages } = c.req.valid("json");
      const signal = AbortSignal.any([c.req.raw.signal, stopping]);
      return streamLines(c, async (onLine) => ({
        packages: await hashPackages({ registries, signal, onLine }, packages),
      }));
    })
    .openapi(checkSourceRoute, async (c) => {
      const limit = settings.policy["max-upload-bytes"];
      const checked = await checkSource(platform, {
        app: c.req.valid("query").app,
        receive: (archive) => receiveBody(c.req.raw.body, archive, limit),
        signal: AbortSignal.any([c.req.raw.signal, stopping]),
      });
      return c.json(checked, 200);
    });
}
