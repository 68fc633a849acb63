import type { PlanParts } from "../plan/parts.ts";
import type { Plugin } from "./plugin.ts";

/** The half of a plug-in that a Plan asks. */
export type PlanPlugin = Pick<Plugin, "name"> & Partial<PlanParts>;

/** The parts of all plug-ins, in the order of the plug-ins: what comes first is asked first. */
export function collectPlanParts(plugins: readonly PlanPlugin[]): PlanParts {
  return {
    builders: plugins.flatMap(({ builders = [] }) => builders),
    toolchains: plugins.flatMap(({ toolchains = [] }) => toolchains),
    templates: plugins.flatMap(({ templates = [] }) => templates),
    converters: plugins.flatMap(({ converters = [] }) => converters),
    addons: plugins.flatMap(({ addons = [] }) => addons),
  };
}
