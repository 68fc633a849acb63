import { z } from "zod";
import { AddonName, AddonType, VariableName } from "../names.ts";

/** Shapes of /apps/{app}/addons. */

export const AddonInfo = z.strictObject({
  name: AddonName,
  type: AddonType,
  version: z.string().optional(),
  /**
   * As the supervisor reports it; `elsewhere` for a service that is no process of this server, `unready` for one that
   * was begun and has never answered.
   */
  state: z.enum(["up", "backing-off", "stopped", "missing", "elsewhere", "unready"]),
  /** Whether the Release that runs asks for it; one that none asks for is kept. */
  declared: z.boolean(),
  /** Names of the variables it gives to Processes; never values. */
  variables: z.array(VariableName),
  diskBytes: z.int().optional(),
  createdAt: z.iso.datetime(),
});
export type AddonInfo = z.infer<typeof AddonInfo>;

export const AddonInfos = z.strictObject({ addons: z.array(AddonInfo) });
export type AddonInfos = z.infer<typeof AddonInfos>;
