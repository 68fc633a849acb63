import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DoctorCheck, PluginInfo, PluginRemoved } from "@hop3/core";
import {
  findInstalled,
  type LoadedPlugin,
  type LoadResult,
  type PartNames,
  partNames,
} from "@hop3/core/plugin-load";
import { z } from "zod";
import type { AppStore } from "../db/apps.ts";
import type { Release, ReleaseStore } from "../db/releases.ts";

/** Every plug-in that was found at a load, sound ones first. */
export function describeResult({ plugins, problems }: LoadResult): readonly PluginInfo[] {
  return [
    ...plugins.map(describeLoaded),
    ...problems.map(({ version, ...rest }): PluginInfo => {
      return { ...rest, ...(version === undefined ? {} : { version }), state: "broken", adds: {} };
    }),
  ];
}

function describeLoaded({ plugin, name, version, dir, origin }: LoadedPlugin): PluginInfo {
  return { name, plugin: plugin.name, version, dir, origin, state: "ok", adds: adds(plugin) };
}

function adds(plugin: LoadedPlugin["plugin"]): PluginInfo["adds"] {
  const names: PartNames = partNames(plugin);
  return { ...names };
}

/** Lines of `hop3 doctor`: those that are broken, or that all are well. */
export function checkPlugins({ plugins, problems }: LoadResult): readonly DoctorCheck[] {
  const name = "plug-ins";
  const sound = plugins.map((each) => `${each.name} ${each.version}`).join(", ");
  const broken = problems.map((each): DoctorCheck => {
    const hint = `Without it the server runs as before; hop3 plugins remove ${each.name}`;
    return { name, state: "problem", message: each.reason, hint };
  });
  return sound === "" ? broken : [{ name, state: "ok", message: sound }, ...broken];
}

/** What is loaded and what is installed, compared: the two differ between a change and the next start. */
export async function listPlugins(
  dir: string,
  loaded: readonly PluginInfo[],
  changed: ReadonlyMap<string, PluginInfo>,
): Promise<readonly PluginInfo[]> {
  const installed = findReadable(dir);
  const names = new Set(installed.map(({ name }) => name));
  const known = loaded.map((info): PluginInfo => {
    if (info.origin === "configuration") return info;
    const isThere = names.delete(info.name) || isInstalledAs(info, dir);
    if (!isThere) return { ...info, state: "removed" };
    return changed.get(info.name) ?? info;
  });
  const added = [...names].map(async (name): Promise<PluginInfo> => {
    return changed.get(name) ?? (await describeUnloaded(name, join(dir, "node_modules", name)));
  });
  return [...known, ...(await Promise.all(added))];
}

/** A package.json that nobody can read is a problem of its own, found at the start. */
function findReadable(dir: string): ReturnType<typeof findInstalled> {
  try {
    return findInstalled(dir);
  } catch {
    return [];
  }
}

/** A problem with the directory itself is no package, and nobody can remove it. */
function isInstalledAs(info: PluginInfo, dir: string): boolean {
  return info.dir === dir;
}

const Versioned = z.object({ version: z.string() });

/** One that somebody has put there while the server runs. */
async function describeUnloaded(name: string, dir: string): Promise<PluginInfo> {
  const text = await readFile(join(dir, "package.json"), "utf8").catch(() => "{}");
  const version = Versioned.safeParse(JSON.parse(text)).data?.version;
  const rest = { dir, origin: "home", state: "added", adds: {} } as const;
  return { name, ...(version === undefined ? {} : { version }), ...rest };
}

export interface UseStores {
  readonly apps: Pick<AppStore, "all">;
  readonly releases: Pick<ReleaseStore, "find">;
}

/** Apps whose current Release was made by a part of the plug-in, or has an addon of it. */
export function findUses(
  { adds: parts }: PluginInfo,
  { apps, releases }: UseStores,
): PluginRemoved["usedBy"] {
  return apps.all().flatMap(({ id, name, currentRelease }) => {
    if (currentRelease === undefined) return [];
    const made = madeBy(releases.find(id, currentRelease));
    const used = made.filter(({ kind, part }) => parts[`${kind}s`]?.includes(part));
    return used.map(({ kind, part }) => {
      return { app: name, release: currentRelease, part: `${kind} '${part}'` };
    });
  });
}

function madeBy(release: Release | undefined): readonly { kind: string; part: string }[] {
  if (release?.artifact === undefined) return [];
  const { builder, provenance } = release.artifact;
  const { template, toolchains = [] } = provenance;
  return [
    { kind: "builder", part: builder },
    ...(template === undefined ? [] : [{ kind: "template", part: template }]),
    ...toolchains.map((part) => ({ kind: "toolchain", part })),
    ...(release.settings?.addons ?? []).map(({ type }) => ({ kind: "addon", part: type })),
  ];
}
