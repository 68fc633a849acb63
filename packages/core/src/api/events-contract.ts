import { z } from "zod";

/** What has happened on a server, for those who show it: what they read before is out of date. */
export const ServerEvent = z.strictObject({
  /** Rises by one; Last-Event-ID of GET /events. */
  id: z.int(),
  at: z.iso.datetime(),
  topic: z.enum(["app", "deployment", "server"]),
  /** `app.created`, `deployment.phase`, `process.changed` and the like. */
  kind: z.string(),
  app: z.string().optional(),
  deployment: z.int().optional(),
});
export type ServerEvent = z.infer<typeof ServerEvent>;
