import { z } from "zod";
import { AddonName, AddonType, BranchName, DomainName, VariableName } from "../names.ts";
import { Healthcheck } from "./runtime-config.ts";

/**
 * How requests come to a new Release. `blue-green`, also where it is absent: all at once, when it answers; `stop-first`: the
 * old Release ends before the new one starts; `canary`: a share of them for a time, then all or none.
 */
export const Strategy = z.enum(["blue-green", "stop-first", "canary"]);
export type Strategy = z.infer<typeof Strategy>;

export const CanarySettings = z.strictObject({
  /** Percent of the requests. */
  share: z.number().min(1).max(99),
  seconds: z.number().min(0),
});
export type CanarySettings = z.infer<typeof CanarySettings>;

/** A backing service that an App asks for. */
export const DeclaredAddon = z.strictObject({
  type: AddonType,
  name: AddonName,
  version: z.string().optional(),
});
export type DeclaredAddon = z.infer<typeof DeclaredAddon>;

/** A variable that an addon has under another name. */
export const AddonVariable = z.strictObject({ from: z.string(), key: VariableName });
export type AddonVariable = z.infer<typeof AddonVariable>;

/** Never those of the App itself: what a branch does to data must not be done to users' data. */
export const PreviewAddons = z.enum(["own", "none"]);
export type PreviewAddons = z.infer<typeof PreviewAddons>;

export const PreviewSettings = z.strictObject({
  /** Stored variables that previews get, too. */
  config: z.array(VariableName),
  /** Absent: `own`. */
  addons: PreviewAddons.optional(),
});
export type PreviewSettings = z.infer<typeof PreviewSettings>;

/** What a Release takes from hop3.toml and Procfile besides its artifact: kept with it, so that a rollback is exact. */
export const ReleaseSettings = z.strictObject({
  env: z.record(VariableName, z.string()),
  /** `[env] _policy = "override"`: the file's values win over stored ones. */
  envOverridesConfig: z.boolean(),
  healthcheck: Healthcheck,
  startTimeoutSeconds: z.number().positive(),
  /** Longest time of one command of before_run. Absent: the default of hop3.toml. */
  beforeRunTimeoutSeconds: z.number().positive().optional(),
  drainTimeoutSeconds: z.number().min(0),
  keep: z.int().min(1),
  strategy: Strategy.optional(),
  /** Present where the strategy is `canary`. */
  canary: CanarySettings.optional(),
  domains: z.array(DomainName),
  /** Whose commits are deployed, where hop3.toml says so. */
  branch: BranchName.optional(),
  /** Present where other branches are to be seen as previews. */
  previews: PreviewSettings.optional(),
  /** Absent where the App has none. */
  addons: z.array(DeclaredAddon).optional(),
  /** Variables of `[env]` that take the value of one of an addon's. Absent where there are none. */
  addonEnv: z.record(VariableName, AddonVariable).optional(),
});
export type ReleaseSettings = z.infer<typeof ReleaseSettings>;
