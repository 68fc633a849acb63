import { builtInParts, type PlanParts } from "@hop3/core";
import { collectPlanParts } from "@hop3/core/plugin";
import { loadLocalPlugins, type PluginSurroundings } from "./local-plugins.ts";

/** What a Plan chooses from on this machine: built in, and of the plug-ins of its server. */
export async function planParts(from: PluginSurroundings): Promise<PlanParts> {
  const own = { name: "hop3", ...builtInParts };
  return collectPlanParts([own, ...(await loadLocalPlugins(from))]);
}
