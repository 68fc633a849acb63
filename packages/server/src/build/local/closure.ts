import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { BuildResult } from "@hop3/core/plugin";
import type { NixClient } from "../../nix/client.ts";

/** What a local build weighs: its directory, and the store paths of its tools. */
export async function closureOf(
  nix: NixClient,
  { build, tools }: { readonly build: string; readonly tools: string },
): Promise<BuildResult["closure"]> {
  const [own, store] = await Promise.all([weigh(build), nix.closure(tools)]);
  return { paths: store.paths.length + 1, bytes: own + store.bytes };
}

async function weigh(dir: string): Promise<number> {
  const entries = await readdir(dir, { withFileTypes: true });
  const sizes = await Promise.all(
    entries.map(async (entry) => {
      const path = join(dir, entry.name);
      return entry.isDirectory() ? weigh(path) : (await lstat(path)).size;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
