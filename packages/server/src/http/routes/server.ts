import { createRoute, z } from "@hono/zod-openapi";
import { DoctorCheck, PackageFound, PackageSetInfo, ServerInfo } from "@hop3/core";
import { changes, describeChange, reads } from "../access.ts";
import { json, jsonBody, makeRoutes, problems } from "../openapi.ts";
import type { Service } from "../service.ts";
import { streamLines } from "../stream-lines.ts";

const getServer = createRoute({
  ...reads("server.read"),
  method: "get",
  path: "/server",
  responses: { 200: json(ServerInfo, "This server"), ...problems },
});
const stopServer = createRoute({
  ...changes("server.manage", "server.stop"),
  method: "post",
  path: "/server/stop",
  request: { body: jsonBody(z.strictObject({ all: z.boolean().default(false) })) },
  responses: { 202: json(z.object({}), "Stopping"), ...problems },
});
const getDoctor = createRoute({
  ...reads("server.inspect"),
  method: "get",
  path: "/doctor",
  responses: { 200: json(z.object({ checks: z.array(DoctorCheck) }), "Health"), ...problems },
});
const getPackages = createRoute({
  ...reads("server.read"),
  method: "get",
  path: "/packages",
  responses: { 200: json(PackageSetInfo, "The package set in use"), ...problems },
});
const searchPackages = createRoute({
  ...reads("server.read"),
  method: "get",
  path: "/packages/search",
  request: { query: z.object({ q: z.string().min(1).max(100) }) },
  responses: { 200: json(z.object({ packages: z.array(PackageFound) }), "Matches"), ...problems },
});
const updatePackages = createRoute({
  ...changes("server.manage", "packages.update"),
  method: "post",
  path: "/packages/update",
  responses: {
    200: { description: "application/x-ndjson: lines of progress, then the end or the failure" },
    ...problems,
  },
});

export function serverRoutes(service: Service) {
  return makeRoutes()
    .openapi(getServer, async (c) => c.json(await service.info(), 200))
    .openapi(stopServer, (c) => {
      describeChange(c, { target: c.req.valid("json").all ? "with all apps" : undefined });
      service.stop(c.req.valid("json").all);
      return c.json({}, 202);
    })
    .openapi(getDoctor, async (c) => c.json({ checks: [...(await service.doctor())] }, 200))
    .openapi(getPackages, async (c) => c.json(await service.packageInfo(), 200))
    .openapi(searchPackages, async (c) => {
      const packages = await service.searchPackages(c.req.valid("query").q);
      return c.json({ packages: [...packages] }, 200);
    })
    .openapi(updatePackages, (c) =>
      streamLines(c, async (onLine) => ({ info: await service.updatePackages(onLine) })),
    );
}
