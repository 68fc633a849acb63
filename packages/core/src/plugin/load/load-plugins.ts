import { basename } from "node:path";
import { Hop3Error } from "../../errors.ts";
import type { Plugin } from "../plugin.ts";
import { pluginInvalid, pluginNotLoaded } from "../plugin-errors.ts";
import { describeImportFailure, importModule } from "./import-module.ts";
import {
  type Candidate,
  findInstalled,
  type Manifest,
  type PluginOrigin,
  readManifest,
} from "./manifest.ts";
import { openOwnDoor } from "./own-door.ts";
import { type PartOwner, partNames, requireFreeNames } from "./part-names.ts";

export interface LoadRequest {
  /** HOP3_HOME/plugins. */
  readonly dir: string;
  /** `[plugins] load` of server.toml. */
  readonly configured: readonly string[];
  readonly hop3Version: string;
  /** Who has parts already; their names are taken. */
  readonly owners: readonly PartOwner[];
  /** The package that gives way where names are taken; without it those that come later do. */
  readonly newest?: string | undefined;
  /** How long one may take to be imported. Default 10 seconds. */
  readonly importTimeoutMs?: number;
}

export interface LoadedPlugin {
  readonly plugin: Plugin;
  /** Of its package. */
  readonly name: string;
  readonly version: string;
  readonly dir: string;
  readonly origin: PluginOrigin;
}

/** Why one is not among them. */
export interface PluginProblem {
  readonly name: string;
  readonly version: string | undefined;
  readonly dir: string;
  readonly origin: PluginOrigin;
  readonly code: string;
  readonly reason: string;
}

export interface LoadResult {
  readonly plugins: readonly LoadedPlugin[];
  readonly problems: readonly PluginProblem[];
}

const defaultTimeoutMs = 10_000;

/** Loads every plug-in that is installed or configured. One that is broken is a problem of its own, never a failure. */
export async function loadPlugins(request: LoadRequest): Promise<LoadResult> {
  const { candidates, problems } = findCandidates(request);
  if (candidates.length === 0) return { plugins: [], problems };
  openOwnDoor();
  const tried = await Promise.all(candidates.map((candidate) => tryOne(candidate, request)));
  const plugins: LoadedPlugin[] = [];
  const owners = [...request.owners];
  for (const one of tried) {
    const refused = "plugin" in one ? findConflict(one, owners) : one;
    if (refused !== undefined) problems.push(refused);
    else if ("plugin" in one) plugins.push(one);
  }
  return { plugins, problems };
}

function findCandidates({ dir, configured, newest }: LoadRequest) {
  const problems: PluginProblem[] = [];
  const named = configured.map((place): Candidate => {
    return { name: basename(place), dir: place, origin: "configuration" };
  });
  try {
    const installed = findInstalled(dir);
    const isNewest = ({ name }: Candidate) => name === newest;
    const older = installed.filter((each) => !isNewest(each));
    return { candidates: [...older, ...named, ...installed.filter(isNewest)], problems };
  } catch (error) {
    problems.push(asProblem(error, { name: basename(dir), dir, origin: "home" }));
    return { candidates: named, problems };
  }
}

async function tryOne(
  candidate: Candidate,
  { hop3Version, importTimeoutMs = defaultTimeoutMs }: LoadRequest,
): Promise<LoadedPlugin | PluginProblem> {
  const { dir, origin } = candidate;
  let manifest: Manifest | undefined;
  try {
    manifest = readManifest(candidate, hop3Version);
    const { name, version, entry } = manifest;
    const plugin = await importPlugin(entry, { name, dir, importTimeoutMs });
    return { plugin, name, version, dir, origin };
  } catch (error) {
    return asProblem(error, { ...candidate, ...manifest });
  }
}

async function importPlugin(
  entry: string,
  { name, dir, importTimeoutMs }: { name: string; dir: string; importTimeoutMs: number },
): Promise<Plugin> {
  const found = await importModule(entry, importTimeoutMs).catch((cause: unknown) => {
    throw pluginNotLoaded({ name, dir, reason: describeImportFailure(cause) }, { cause });
  });
  // Not before there is something to check: commands that meet no plug-in need no schema.
  const { checkShape } = await import("./shape.ts");
  const checked = checkShape(found);
  if ("fault" in checked) throw pluginInvalid({ name, dir, reason: checked.fault });
  return checked.plugin;
}

/** Takes the names of the plug-in, where nobody has them. */
function findConflict(loaded: LoadedPlugin, owners: PartOwner[]): PluginProblem | undefined {
  const { plugin, name } = loaded;
  const own: PartOwner = { name: plugin.name, parts: partNames(plugin) };
  try {
    requireFreeNames(own, owners, name);
  } catch (error) {
    return asProblem(error, loaded);
  }
  owners.push(own);
  return undefined;
}

/** Whatever goes wrong with a plug-in is its own problem, also a getter of it that throws. */
function asProblem(
  error: unknown,
  found: Pick<Candidate, "name" | "dir" | "origin"> & { readonly version?: string },
): PluginProblem {
  const { name, dir, origin, version } = found;
  const failure =
    error instanceof Hop3Error
      ? error
      : pluginNotLoaded({ name, dir, reason: describeImportFailure(error) });
  return { name, version, dir, origin, code: failure.code, reason: failure.message };
}
