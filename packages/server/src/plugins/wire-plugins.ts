import { type DoctorCheck, Hop3Error, type PlanParts } from "@hop3/core";
import {
  type Builder,
  type BuilderPart,
  collectPlanParts,
  guardPlugin,
  type HostedAddon,
  type LanguageToolchain,
  type Plugin,
  type PluginHost,
  type Router,
  type Supervisor,
} from "@hop3/core/plugin";
import { settingsInvalid } from "../settings.ts";
import { type HostParts, makePluginHost } from "./host.ts";

/** Everything that plug-ins bring to a server, those built in included. */
export interface Plugins {
  readonly parts: PlanParts;
  readonly builders: ReadonlyMap<string, Builder>;
  readonly toolchains: ReadonlyMap<string, LanguageToolchain>;
  readonly addons: ReadonlyMap<string, HostedAddon>;
  supervisor(name: string): Supervisor;
  router(name: string): Router;
  /** Answers to `hop3 doctor` that plug-ins give. */
  checks(): Promise<readonly DoctorCheck[]>;
}

interface Hosted {
  readonly plugin: Plugin;
  readonly host: PluginHost;
}

/** Collects the parts of all plug-ins and makes their builders. `own` is trusted; the others are guarded. */
export function wirePlugins(own: Plugin, loaded: readonly Plugin[], parts: HostParts): Plugins {
  const hosted: readonly Hosted[] = [own, ...loaded.map(guardPlugin)].map((plugin) => ({
    plugin,
    host: makePluginHost(parts, plugin.name),
  }));
  const planParts = collectPlanParts(hosted.map(({ plugin }) => plugin));
  const toolchains = hosted.flatMap(({ plugin }) => plugin.toolchains ?? []);
  return {
    parts: planParts,
    toolchains: new Map(toolchains.map((toolchain) => [toolchain.name, toolchain])),
    builders: new Map(
      hosted.flatMap(({ plugin, host }) =>
        (plugin.builders ?? []).map((part) => [part.name, createBuilder(part, host)] as const),
      ),
    ),
    addons: new Map(
      hosted.flatMap(({ plugin, host }) =>
        (plugin.addons ?? []).map(
          (provider) => [provider.type, { plugin: plugin.name, provider, host }] as const,
        ),
      ),
    ),
    supervisor: (name) =>
      createNamed(
        "supervisor",
        name,
        hosted.flatMap(({ plugin, host }) =>
          (plugin.supervisors ?? []).map((part) => [part.name, () => part.create(host)] as const),
        ),
      ),
    router: (name) =>
      createNamed(
        "router",
        name,
        hosted.flatMap(({ plugin, host }) =>
          (plugin.routers ?? []).map((part) => [part.name, () => part.create(host)] as const),
        ),
      ),
    checks: () =>
      Promise.all(
        hosted.flatMap(({ plugin, host }) =>
          (plugin.checks ?? []).map(async (check) => ({
            name: check.name,
            ...(await check.check(host)),
          })),
        ),
      ),
  };
}

/** A builder that cannot be made does not stop the server: it refuses its builds, with the reason. */
function createBuilder(part: BuilderPart, host: PluginHost): Builder {
  try {
    return part.create(host);
  } catch (error) {
    if (!(error instanceof Hop3Error)) throw error;
    host.log("error", error.message);
    return { name: part.name, build: () => Promise.reject(error) };
  }
}

type Named<Made> = readonly [name: string, create: () => Made];

/** The supervisor or router that server.toml names. */
function createNamed<Made>(kind: string, name: string, parts: readonly Named<Made>[]): Made {
  const found = parts.find(([each]) => each === name);
  if (found !== undefined) return found[1]();
  const known = parts.map(([each]) => each).join(", ");
  const reason = `server.${kind}: there is no ${kind} '${name}'; this server has ${known}`;
  throw settingsInvalid({ place: { file: "server.toml" }, reason });
}
