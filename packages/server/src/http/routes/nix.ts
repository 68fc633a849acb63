import { createRoute } from "@hono/zod-openapi";
import { LockRequest } from "@hop3/core";
import { hashPackages } from "../../registries/hash-files.ts";
import { jsonBody, makeRoutes, problems } from "../openapi.ts";
import type { Service } from "../service.ts";
import { streamLines } from "../stream-lines.ts";

const lockPackages = createRoute({
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

export function nixRoutes({ platform }: Service) {
  const { registries, stopping } = platform;
  return makeRoutes().openapi(lockPackages, (c) => {
    const { packages } = c.req.valid("json");
    const signal = AbortSignal.any([c.req.raw.signal, stopping]);
    return streamLines(c, async (onLine) => ({
      packages: await hashPackages({ registries, signal, onLine }, packages),
    }));
  });
}
