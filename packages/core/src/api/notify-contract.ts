import { z } from "zod";
import { AppName } from "../names.ts";

/** Shapes of /notify: whom the server tells of Deployments. */

const When = z.iso.datetime();

export const NoticeEvent = z.enum([
  "deployment.queued",
  "deployment.live",
  "deployment.failed",
  "deployment.cancelled",
  "test",
]);
export type NoticeEvent = z.infer<typeof NoticeEvent>;

/** The body that a receiver gets. Values of variables and logs are never in it. */
export const Notice = z.strictObject({
  event: NoticeEvent,
  at: When,
  app: AppName.optional(),
  /** Present for a preview: the app that it shows a branch of. */
  previewOf: AppName.optional(),
  url: z.string().optional(),
  deployment: z
    .strictObject({
      id: z.int(),
      kind: z.string(),
      release: z.int().optional(),
      revision: z.string().optional(),
      failure: z.strictObject({ code: z.string(), message: z.string() }).optional(),
    })
    .optional(),
});
export type Notice = z.infer<typeof Notice>;

export const NoticeState = z.enum(["waiting", "delivered", "failed"]);
export type NoticeState = z.infer<typeof NoticeState>;

export const NoticeInfo = z.strictObject({
  id: z.int(),
  event: NoticeEvent,
  at: When,
  state: NoticeState,
  attempts: z.int(),
  /** When it is tried again. */
  nextAt: When.optional(),
  /** What the receiver answered last. */
  status: z.int().optional(),
  reason: z.string().optional(),
});
export type NoticeInfo = z.infer<typeof NoticeInfo>;

export const ReceiverInfo = z.strictObject({
  id: z.string(),
  /** Absent: it is told of all apps. */
  app: AppName.optional(),
  url: z.string(),
  events: z.array(NoticeEvent),
  createdAt: When,
  /** The last of them, newest first. */
  notices: z.array(NoticeInfo),
});
export type ReceiverInfo = z.infer<typeof ReceiverInfo>;

export const ReceiverInfos = z.strictObject({ receivers: z.array(ReceiverInfo) });
export type ReceiverInfos = z.infer<typeof ReceiverInfos>;

export const ReceiverRequest = z.strictObject({
  url: z.string().min(1).max(2_000),
  /** Without it: those that end or begin to serve, not those that are queued. */
  events: z.array(NoticeEvent).min(1).optional(),
});
export type ReceiverRequest = z.infer<typeof ReceiverRequest>;

/** The only time that the secret is shown. */
export const ReceiverCreated = z.strictObject({ receiver: ReceiverInfo, secret: z.string() });
export type ReceiverCreated = z.infer<typeof ReceiverCreated>;
