import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { BuildResult } from "@hop3/core/plugin";
import type { NixClient } from "../../nix/client.ts";

/** What a local build weighs: its directory, and the store paths of its tools. */
export type Weigh = (what: {
  readonly build: string;
  readonly tools: string;
}) => Promise<BuildResult["closure"]>;

/** Asks once about each set of tools: what is behind a store path never changes. */
export function makeWeigh(nix: NixClient): Weigh {
  const known = new Map<string, BuildResult["closure"]>();
  const weighTools = async (tools: string): Promise<BuildResult["closure"]> => {
    const found = known.get(tools);
    if (found !== undefined) return found;
    const { paths, bytes } = await nix.closure(tools);
    const weight = { paths: paths.length, bytes };
    known.set(tools, weight);
    return weight;
  };
  return async ({ build, tools }) => {
    const [own, store] = await Promise.all([weighDirectory(build), weighTools(tools)]);
    return { paths: store.paths + 1, bytes: own + store.bytes };
  };
}

async function weighDirectory(dir: string): Promise<number> {
  const entries = await readdir(dir, { withFileTypes: true });
  const sizes = await Promise.all(
    entries.map(async (entry) => {
      const path = join(dir, entry.name);
      return entry.isDirectory() ? weighDirectory(path) : (await lstat(path)).size;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
