import { z } from "zod";
import { DomainName, VariableName } from "../names.ts";
import { Healthcheck } from "./runtime-config.ts";

/** What a Release takes from hop3.toml and Procfile besides its artifact: kept with it, so that a rollback is exact. */
export const ReleaseSettings = z.strictObject({
  env: z.record(VariableName, z.string()),
  /** `[env] _policy = "override"`: the file's values win over stored ones. */
  envOverridesConfig: z.boolean(),
  healthcheck: Healthcheck,
  startTimeoutSeconds: z.number().positive(),
  drainTimeoutSeconds: z.number().min(0),
  keep: z.int().min(1),
  /** `stop-first`: the old Release ends before the new one starts. Absent: blue-green. */
  strategy: z.enum(["blue-green", "stop-first"]).optional(),
  domains: z.array(DomainName),
});
export type ReleaseSettings = z.infer<typeof ReleaseSettings>;
