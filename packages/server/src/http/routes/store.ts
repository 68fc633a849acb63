import { createRoute } from "@hono/zod-openapi";
import { CleanupRequest, CleanupResult, StoreBill } from "@hop3/core";
import { cleanStore, makeStoreBill } from "../../store/disk.ts";
import { changes, describeChange, reads } from "../access.ts";
import { json, jsonBody, makeRoutes, problems } from "../openapi.ts";
import type { Service } from "../service.ts";

const getStore = createRoute({
  ...reads("server.inspect"),
  method: "get",
  path: "/store",
  responses: { 200: json(StoreBill, "What everything takes on the disk"), ...problems },
});
const cleanup = createRoute({
  ...changes("server.manage", "store.cleanup"),
  method: "post",
  path: "/store/cleanup",
  description:
    "Frees what nothing keeps, of this server and of the machine. Without `dryRun: false` only says how much that is.",
  request: { body: jsonBody(CleanupRequest) },
  responses: { 200: json(CleanupResult, "What was freed, or would be"), ...problems },
});

export function storeRoutes({ platform }: Service) {
  return makeRoutes()
    .openapi(getStore, async (c) => c.json(await makeStoreBill(platform), 200))
    .openapi(cleanup, async (c) => {
      const request = c.req.valid("json");
      const result = await cleanStore({ ...request, signal: platform.stopping });
      const what = `${result.paths} paths, ${result.bytes} bytes`;
      describeChange(c, { target: request.dryRun ? "dry run" : "store", after: what });
      return c.json(result, 200);
    });
}
