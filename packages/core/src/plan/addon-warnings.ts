import type { DeclaredAddon } from "../artifact/release-settings.ts";
import type { ConfigNote, LoadedConfig } from "../config/load.ts";
import type { EnvValue } from "../config/sections.ts";
import { type AddonEntry, addonNameOf } from "../config/service-sections.ts";
import type { ProvidedAddon } from "./parts.ts";

/** What a file's addons are judged by. */
export interface AddonSurroundings {
  readonly provided: readonly ProvidedAddon[];
  /** Those of all files of the app. */
  readonly declared: readonly DeclaredAddon[];
}

const anywhere = { file: "hop3.toml" };

/** Addons that nothing provides, keys that no provider is given, and variables that will be missing for it. */
export function addonWarnings(
  { config, placeOf }: LoadedConfig,
  surroundings: AddonSurroundings,
): readonly ConfigNote[] {
  const { addons = [], env = {} } = config;
  const ofAddons = addons.flatMap((addon, index) =>
    warningsOf(addon, surroundings).map((message) => ({
      place: placeOf(["addons", index]) ?? anywhere,
      message: `[[addons]] ${addonNameOf(addon)}: ${message}`,
    })),
  );
  const { _policy, computed, ...variables } = env;
  const ofVariables = Object.entries<EnvValue>(variables).flatMap(([name, value]) => {
    if (typeof value !== "object" || !("from" in value)) return [];
    const reason = whyUnset(value.from, surroundings);
    if (reason === undefined) return [];
    const place = placeOf(["env", name]) ?? anywhere;
    return [{ place, message: `[env] ${name} is not set: ${reason}` }];
  });
  return [...ofAddons, ...ofVariables];
}

function warningsOf(addon: AddonEntry, { provided }: AddonSurroundings): readonly string[] {
  if (!provided.some(({ type }) => type === addon.type)) {
    return [`${unprovided(addon.type)}; no service is started and no variable is set for it`];
  }
  const unread = (["extensions", "backup"] as const).filter((key) => addon[key] !== undefined);
  return unread.map((key) => `${key} is understood and has no effect in this version`);
}

function whyUnset(from: string, { provided, declared }: AddonSurroundings): string | undefined {
  const addon = declared.find(({ name }) => name === from);
  if (addon === undefined) return `no [[addons]] is called '${from}'`;
  const isProvided = provided.some(({ type }) => type === addon.type);
  return isProvided ? undefined : unprovided(addon.type);
}

function unprovided(type: string): string {
  return `no plug-in of this server provides '${type}'`;
}
