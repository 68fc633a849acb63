import type { SourceTree } from "../source/tree.ts";
import type { HashProvider } from "./hash-provider.ts";
import type { MissingHash } from "./hop3-lock.ts";
import { hashesOfGradle } from "./providers/gradle.ts";
import { hashesOfLockfiles } from "./providers/lockfiles.ts";
import type { Target } from "./target.ts";

/** Every ecosystem is an entry here and a file in providers/. */
export const hashProviders: readonly HashProvider[] = [hashesOfLockfiles, hashesOfGradle];

/** All that `hop3 nix lock` has to know the hash of, by key; the same key twice is one. */
export async function missingHashes(
  tree: SourceTree,
  target?: Partial<Target>,
): Promise<readonly MissingHash[]> {
  const found = new Map<string, MissingHash>();
  for (const provider of hashProviders) {
    const files = new Map<string, string>();
    for (const path of provider.reads(tree)) {
      if (tree.has(path)) files.set(path, await tree.readText(path));
    }
    for (const item of provider.missing({ tree, files, target })) found.set(item.key, item);
  }
  return [...found.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}
