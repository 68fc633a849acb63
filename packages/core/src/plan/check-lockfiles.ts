import type { LoadedConfig } from "../config/load.ts";
import type { Digest } from "../lockfiles/lockfile.ts";
import { checkInStep } from "../lockfiles/read-lockfile.ts";
import type { SourceTree } from "../source/tree.ts";
import type { Plan } from "./plan.ts";

interface Pair {
  readonly template: string;
  readonly lockfile: string;
  readonly manifest: string;
}

/**
 * Lockfiles that only a digest or the manifest's own words tell to be old; the templates of the other
 * kinds compare what they read anyway.
 */
const pairs: readonly Pair[] = [
  { template: "python-venv", lockfile: "poetry.lock", manifest: "pyproject.toml" },
  { template: "python-venv", lockfile: "requirements.txt", manifest: "requirements.in" },
  { template: "ruby-bundler", lockfile: "Gemfile.lock", manifest: "Gemfile" },
  { template: "php-app", lockfile: "composer.lock", manifest: "composer.json" },
];

interface Checked {
  readonly tree: SourceTree;
  readonly loaded: LoadedConfig;
  readonly digest: Digest;
}

/** Fails where the app's lockfile was written for another manifest: what would be built is not what is asked for. */
export async function checkLockfiles(plan: Plan, checked: Checked): Promise<void> {
  const { tree, loaded, digest } = checked;
  if (loaded.config.nix?.url !== undefined) return;
  for (const { template, lockfile, manifest } of pairs) {
    const isUsed = plan.nix.template === template && tree.has(lockfile) && tree.has(manifest);
    if (!isUsed) continue;
    checkInStep({
      lockfile: { file: lockfile, text: await tree.readText(lockfile) },
      manifest: { file: manifest, text: await tree.readText(manifest) },
      digest,
    });
  }
}
