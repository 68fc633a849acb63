import { z } from "zod";
import { WorkerKind } from "../artifact/runtime-config.ts";
import { maxInstances } from "../limits.ts";
import { WorkerName } from "../names.ts";
import { DeploymentSummary } from "./contract.ts";

export const WorkerScale = z.strictObject({
  worker: WorkerName,
  /** Absent where the Release that serves has no such worker: what is stored for it has no effect. */
  kind: WorkerKind.optional(),
  /** Instances that the Release asks for. */
  declared: z.int().optional(),
  /** Instances that somebody has chosen instead. */
  stored: z.int().optional(),
  /** Instances that there should be. */
  wanted: z.int(),
  /** How many of them are up. */
  up: z.int(),
  /** Why no number can be chosen. */
  fixedBecause: z.string().optional(),
});
/** How many instances of a worker there should be, and who says so. */
export type WorkerScale = z.infer<typeof WorkerScale>;

/** `null` goes back to what the Release says. */
export const ScaleChange = z.strictObject({
  workers: z.record(WorkerName, z.int().min(0).max(maxInstances).nullable()),
});
export type ScaleChange = z.infer<typeof ScaleChange>;

export const ScaleResult = z.strictObject({
  /** Every worker, as it is when the change is accepted. */
  workers: z.array(WorkerScale),
  /** The Deployment that applies the change, where there is something to start or to stop. */
  deployment: DeploymentSummary.optional(),
});
export type ScaleResult = z.infer<typeof ScaleResult>;
