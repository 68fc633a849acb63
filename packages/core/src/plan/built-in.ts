import { converters } from "../convert/registry.ts";
import { templates } from "../templates/registry.ts";
import { toolchainDetectors } from "../toolchains/registry.ts";
import { planBuilders } from "./builders.ts";
import type { PlanParts } from "./parts.ts";

/** What a Plan chooses from where no plug-in adds to it. */
export const builtInParts: PlanParts = {
  builders: planBuilders,
  toolchains: toolchainDetectors,
  templates,
  converters,
  addons: [],
};
