import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { PluginHost } from "@hop3/core/plugin";
import { provideTools, type ToolSource } from "../build/local/tool-set.ts";
import { openWorkspace } from "../build/local/workspace.ts";
import type { Log } from "../observe/log.ts";
import type { PackageSet } from "../packages/package-set.ts";
import { run } from "../proc/run.ts";

/** What every plug-in's host is made of. */
export interface HostParts extends Pick<ToolSource, "nix" | "tree" | "nearestAttributes"> {
  /** HOP3_HOME/plugin-data. */
  readonly dir: string;
  readonly settings: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly isRoot: boolean;
  readonly sandbox: boolean;
  readonly stopping: AbortSignal;
  readonly log: Log;
  packages(): Promise<PackageSet>;
  now(): Date;
}

const timeoutSeconds = 3600;

/** The server as one plug-in sees it. */
export function makePluginHost(parts: HostParts, plugin: string): PluginHost {
  const dataDir = join(parts.dir, plugin);
  return {
    dataDir,
    settings: parts.settings[plugin] ?? {},
    isRoot: parts.isRoot,
    now: parts.now,
    log: (level, text) => parts.log.write(level, "plug-in", { plugin, text }),
    run,
    async packages(attributes) {
      await mkdir(dataDir, { recursive: true, mode: 0o711 });
      return provideTools({
        ...parts,
        packages: await parts.packages(),
        attributes,
        workspace: openWorkspace(dataDir, "none", undefined),
        logFile: join(dataDir, "packages.log"),
        signal: parts.stopping,
        onLine: (text) => parts.log.write("info", "plug-in", { plugin, text }),
        timeoutSeconds,
        maxSilentSeconds: timeoutSeconds,
      });
    },
  };
}
