import { z } from "zod";
import { AppName } from "../names.ts";

/** Shapes of /apps/{app}/hooks: where forges tell of pushes. */

const When = z.iso.datetime();

/** `accepted` while it is under way; `done` is a commit that is live. */
export const HookOutcome = z.enum(["accepted", "done", "ignored", "failed"]);
export type HookOutcome = z.infer<typeof HookOutcome>;

export const HookDeliveryInfo = z.strictObject({
  at: When,
  event: z.string(),
  outcome: HookOutcome,
  /** Why it was ignored or failed, or what became of it. */
  reason: z.string().optional(),
  deployment: z.int().optional(),
});
export type HookDeliveryInfo = z.infer<typeof HookDeliveryInfo>;

export const HookInfo = z.strictObject({
  id: z.string(),
  app: AppName,
  /** What to enter at the forge. */
  url: z.string(),
  /** What is fetched. */
  repository: z.string(),
  /** Whether a credential is stored for the repository. */
  hasCredential: z.boolean(),
  /** Of an address of SSH: the app's public key, for the forge, and the only key of the host that is taken. */
  ssh: z.strictObject({ deployKey: z.string(), hostKey: z.string() }).optional(),
  createdAt: When,
  /** The last of them, newest first. */
  deliveries: z.array(HookDeliveryInfo),
});
export type HookInfo = z.infer<typeof HookInfo>;

export const HookInfos = z.strictObject({ hooks: z.array(HookInfo) });
export type HookInfos = z.infer<typeof HookInfos>;

/** `SHA256:…`, as forges publish it and `ssh-keygen -l` shows it. */
export const HostKeyFingerprint = z
  .string()
  .regex(/^SHA256:[A-Za-z0-9+/]{43}$/, "is not SHA256: and 43 characters, as ssh-keygen -l shows");

export const HookTrust = z.strictObject({
  /** What the key of the host has to be; without it the one that it shows now is taken. */
  hostKey: HostKeyFingerprint.optional(),
});
export type HookTrust = z.infer<typeof HookTrust>;

/** By which an app fetches its repositories over SSH. */
export const DeployKeyInfo = z.strictObject({
  app: AppName,
  /** The public half; absent until a hook wants one. */
  key: z.string().optional(),
  createdAt: When.optional(),
});
export type DeployKeyInfo = z.infer<typeof DeployKeyInfo>;

export const HookRequest = z.strictObject({
  repository: z.string().min(1).max(2_000),
  /** For addresses of SSH: what the key of the host has to be. */
  hostKey: HostKeyFingerprint.optional(),
  /** For repositories that are not public; kept sealed. */
  credential: z
    .strictObject({
      username: z.string().min(1).max(200),
      password: z.string().min(1).max(4_000),
    })
    .optional(),
});
export type HookRequest = z.infer<typeof HookRequest>;

/** The only time that the secret is shown. */
export const HookCreated = z.strictObject({ hook: HookInfo, secret: z.string() });
export type HookCreated = z.infer<typeof HookCreated>;

export const HookTest = z.strictObject({ branch: z.string(), commit: z.string() });
export type HookTest = z.infer<typeof HookTest>;
