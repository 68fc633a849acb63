import type { Hop3Lock, LockedFile, MissingHash } from "./hop3-lock.ts";

/** What has to happen to a hop3.lock so that it says what an app's lockfiles leave open, and no more. */
export interface LockPlan {
  /** Entries that are still right. */
  readonly kept: Hop3Lock["packages"];
  /** What has to be fetched to know its hash. */
  readonly wanted: readonly MissingHash[];
  /** Keys that nothing asks for any more. */
  readonly dropped: readonly string[];
}

/** Compares hop3.lock with what is missing: pure, so that `--check` needs no server. */
export function planLock(lock: Hop3Lock, missing: readonly MissingHash[]): LockPlan {
  const kept: Record<string, LockedFile[]> = {};
  const wanted: MissingHash[] = [];
  for (const item of missing) {
    const files = lock.packages[item.key];
    if (files !== undefined && answers(files, item)) kept[item.key] = files;
    else wanted.push(item);
  }
  const asked = new Set(missing.map(({ key }) => key));
  const dropped = Object.keys(lock.packages).filter((key) => !asked.has(key));
  return { kept, wanted, dropped: dropped.sort() };
}

/**
 * Which file of an index is right does not change for one version; of the others, names have to agree, as far as they
 * can be known beforehand.
 */
function answers(files: readonly LockedFile[], item: MissingHash): boolean {
  if (item.index !== undefined) return true;
  if (item.files.some(({ isOptional }) => isOptional === true)) {
    const required = item.files.filter(({ isOptional }) => isOptional !== true);
    return required.every(({ file }) => files.some((found) => found.file === file));
  }
  const names = (list: readonly { readonly file: string }[]) => list.map(({ file }) => file).sort();
  return JSON.stringify(names(files)) === JSON.stringify(names(item.files));
}
