import { existsSync, renameSync, rmSync } from "node:fs";
import { builtInParts } from "@hop3/core";
import { type LoadResult, loadPlugins, type PartOwner, partNames } from "@hop3/core/plugin-load";
import type { Home } from "../home.ts";
import type { Log } from "../observe/log.ts";
import type { ServerSettings } from "../settings.ts";
import { version } from "../version.ts";

/** Names that no plug-in can take in a server. */
const builtInOwner: PartOwner = {
  name: "hop3",
  parts: { ...partNames(builtInParts), supervisors: ["s6"], routers: ["haproxy"] },
};

/** Where a change of HOP3_HOME/plugins is made, and where what it replaces lies for a moment. */
export function asidePaths({ plugins }: Pick<Home, "plugins">): { next: string; last: string } {
  return { next: `${plugins}.next`, last: `${plugins}.last` };
}

/** Ends a change that a killed server has left half done: nothing was lost, one rename may be missing. */
export function settlePlugins(home: Pick<Home, "plugins">): void {
  const { next, last } = asidePaths(home);
  if (!existsSync(home.plugins) && existsSync(last)) renameSync(last, home.plugins);
  rmSync(next, { recursive: true, force: true });
  rmSync(last, { recursive: true, force: true });
}

export interface LoadFrom {
  readonly dir: string;
  readonly configured: readonly string[];
  /** The package that is on trial. */
  readonly newest?: string;
}

/** Loads what is in a directory and what server.toml names beside it, as this version of the server would. */
export function loadAsServer(from: LoadFrom): Promise<LoadResult> {
  return loadPlugins({ ...from, hop3Version: version, owners: [builtInOwner] });
}

/** Loads the plug-ins of a server that starts; what is wrong with one is written down and stops nothing. */
export async function loadAtStart(
  home: Pick<Home, "plugins">,
  { plugins }: Pick<ServerSettings, "plugins">,
  log: Log,
): Promise<LoadResult> {
  settlePlugins(home);
  const result = await loadAsServer({ dir: home.plugins, configured: plugins.load });
  for (const { name, code, reason } of result.problems) {
    log.write("error", "plug-in", { plugin: name, code, reason });
  }
  return result;
}
