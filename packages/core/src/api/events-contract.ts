import { z } from "zod";

/** What has happened on a server, for those who show it: what they read before is out of date. */
export const ServerEvent = z.strictObject({
  /** Rises, also from one run of the server to the next; Last-Event-ID of GET /events. */
  id: z.int(),
  at: z.iso.datetime(),
  topic: z.enum(["app", "deployment", "server"]),
  /** `app.created`, `deployment.phase`, `process.changed` and the like. */
  kind: z.string(),
  app: z.string().optional(),
  deployment: z.int().optional(),
  /** A few words of what is so now, such as the phase or the state; never a secret. */
  data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
});
export type ServerEvent = z.infer<typeof ServerEvent>;
