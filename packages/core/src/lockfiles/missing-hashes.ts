import type { SourceTree } from "../source/tree.ts";
import type { MissingHash } from "./hop3-lock.ts";
import { hashesOfGradle } from "./providers/gradle.ts";
import { hashesOfLockfiles } from "./providers/lockfiles.ts";
import type { Target } from "./target.ts";

/** What a provider gets to see. */
export interface HashQuestion {
  readonly tree: SourceTree;
  /** Text of the files that `reads` names, of those there are. */
  readonly files: ReadonlyMap<string, string>;
  readonly target?: Partial<Target> | undefined;
}

/** Says which dependencies of one kind of lockfile need hop3.lock, and which files each consists of. Pure. */
export interface HashProvider {
  readonly name: string;
  reads(tree: SourceTree): readonly string[];
  missing(question: HashQuestion): readonly MissingHash[];
}

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
