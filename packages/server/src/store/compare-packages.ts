import type { ReleaseComparison } from "@hop3/core";
import { parsePackageName } from "./package-name.ts";

type Packages = ReleaseComparison["packages"];

/** What came, went and changed its version between two closures, by the names of their store paths. */
export function comparePackages(before: readonly string[], after: readonly string[]): Packages {
  const [old, now] = [new Set(before), new Set(after)];
  // What both have is the same to the last byte.
  const left = groupByName(before.filter((path) => !now.has(path)));
  const right = groupByName(after.filter((path) => !old.has(path)));
  const [allOld, allNow] = [groupByName(before), groupByName(after)];
  const found = { added: [], removed: [], changed: [], rebuilt: 0 } as MutablePackages;
  for (const name of [...new Set([...left.keys(), ...right.keys()])].sort()) {
    const [from, to] = [allOld.get(name) ?? [], allNow.get(name) ?? []];
    if (from.length === 0) found.added.push(...to.map((version) => toNamed(name, version)));
    else if (to.length === 0) found.removed.push(...from.map((version) => toNamed(name, version)));
    else if (String(from) === String(to)) found.rebuilt += (right.get(name) ?? []).length;
    else found.changed.push({ name, from, to });
  }
  return found;
}

type MutablePackages = { -readonly [Key in keyof Packages]: Packages[Key] };

/** Versions by name, in order; without one, as the hash of a source has none, an empty one. */
function groupByName(paths: readonly string[]): ReadonlyMap<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const { name, version = "" } = parsePackageName(path);
    groups.set(name, [...(groups.get(name) ?? []), version].sort());
  }
  return groups;
}

function toNamed(name: string, version: string): Packages["added"][number] {
  return version === "" ? { name } : { name, version };
}
