import { z } from "zod";

/** Phases of a Deployment, in order (architecture.md 2). */
export const phases = [
  "receive",
  "plan",
  "generate",
  "evaluate",
  "build",
  "check",
  "provision",
  "start",
  "probe",
  "canary",
  "switch",
  "drain",
  "retain",
] as const;

export const Phase = z.enum(phases);
export type Phase = z.infer<typeof Phase>;

export const DeploymentKind = z.enum([
  "deploy",
  "config",
  "rollback",
  "restart",
  "scale",
  "import",
]);
export type DeploymentKind = z.infer<typeof DeploymentKind>;

/**
 * `live`: users are served by the new Release, the old one is still being drained. `superseded`: it waited, and a newer
 * one took its place. `interrupted` attempts end as `failed` with the code DEPLOY_INTERRUPTED.
 */
export const DeploymentState = z.enum([
  "queued",
  "running",
  "live",
  "succeeded",
  "failed",
  "superseded",
  "cancelled",
]);
export type DeploymentState = z.infer<typeof DeploymentState>;

export const ReleaseState = z.enum([
  "building",
  "ready",
  "starting",
  "running",
  "previous",
  "archived",
  "failed",
]);
export type ReleaseState = z.infer<typeof ReleaseState>;

/** A failure as it crosses files and wires. */
export const FailureData = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  place: z
    .object({ file: z.string(), line: z.int().optional(), column: z.int().optional() })
    .optional(),
  detail: z.string().optional(),
  exitCode: z.int(),
});
export type FailureData = z.infer<typeof FailureData>;

const stamped = { seq: z.int().positive(), at: z.iso.datetime() };

/**
 * One line of a Deployment's timeline. `seq` counts from 1 without gaps: whoever has seen event N asks for those after N.
 * On disk one JSON object a line, on the wire one server-sent event with `id` = seq and `event` = type.
 */
export const TimelineEvent = z.discriminatedUnion("type", [
  z.object({ ...stamped, type: z.literal("queued"), behind: z.int().nonnegative() }),
  z.object({ ...stamped, type: z.literal("phase-start"), phase: Phase }),
  z.object({
    ...stamped,
    type: z.literal("phase-end"),
    phase: Phase,
    ms: z.number().nonnegative(),
    ok: z.boolean(),
  }),
  /** Output of a build or a release step. */
  z.object({ ...stamped, type: z.literal("log"), phase: Phase, text: z.string() }),
  /** What the platform itself has to say: chosen builder, skipped work, drained connections. */
  z.object({
    ...stamped,
    type: z.literal("note"),
    level: z.enum(["info", "warning"]),
    text: z.string(),
  }),
  z.object({
    ...stamped,
    type: z.literal("live"),
    release: z.int(),
    url: z.string(),
    /** True where the tree and the configuration were those of the running Release, so that nothing was started. */
    unchanged: z.boolean(),
  }),
  z.object({
    ...stamped,
    type: z.literal("end"),
    state: DeploymentState,
    failure: FailureData.optional(),
  }),
]);
export type TimelineEvent = z.infer<typeof TimelineEvent>;

type WithoutStamp<T> = T extends unknown ? Omit<T, "seq" | "at"> : never;
/** An event before the timeline has numbered it. */
export type TimelineEntry = WithoutStamp<TimelineEvent>;
