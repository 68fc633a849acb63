import { createRoute, z } from "@hono/zod-openapi";
import { AppName, AuditPage } from "@hop3/core";
import { reads } from "../access.ts";
import { json, makeRoutes, problems } from "../openapi.ts";
import type { Service } from "../service.ts";

const readAudit = createRoute({
  ...reads("audit.read", "query"),
  method: "get",
  path: "/audit",
  description:
    "Who did what, newest first. With `app` for whoever operates that app, else for whoever operates all.",
  request: {
    query: z.object({
      app: AppName.optional(),
      user: z.string().max(256).optional(),
      action: z.string().max(100).optional(),
      since: z.iso.datetime().optional(),
      before: z.coerce.number().int().positive().optional(),
      limit: z.coerce.number().int().positive().max(1000).default(100),
    }),
  },
  responses: { 200: json(AuditPage, "One page"), ...problems },
});

export function auditRoutes({ accounts }: Service) {
  return makeRoutes().openapi(readAudit, (c) => {
    const { user: actor, limit, ...filter } = c.req.valid("query");
    // One more than asked for tells whether there is another page.
    const found = accounts.audit.find({ ...filter, actor, limit: limit + 1 });
    const entries = found.slice(0, limit);
    const last = entries.at(-1);
    const hasMore = found.length > limit && last !== undefined;
    return c.json({ entries, ...(hasMore ? { next: last.id } : {}) }, 200);
  });
}
