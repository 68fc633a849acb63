import { closureOf, type StoreGraph, sumBytes } from "./graph.ts";

/** Something that keeps paths: a Release, the data plane, what others of the machine have. */
export interface Owner {
  /** Those of one group go together, as Releases of an App do. */
  readonly group: string;
  readonly roots: readonly number[];
}

export interface Share {
  readonly bytes: number;
  /** Of paths that nobody else keeps. */
  readonly exclusiveBytes: number;
}

export interface Bill {
  /** In the order of the owners. */
  readonly owners: readonly Share[];
  readonly groups: ReadonlyMap<string, Share>;
}

const nobody = -1;
const several = -2;

/** Who pays for what. Each path counts for whoever needs it, and as exclusive where there is only one. */
export function makeBill(graph: StoreGraph, owners: readonly Owner[]): Bill {
  const groupNames = [...new Set(owners.map(({ group }) => group))];
  const groupNumbers = new Map(groupNames.map((name, number) => [name, number]));
  const ownerOf = new Int32Array(graph.paths.length).fill(nobody);
  const groupOf = new Int32Array(graph.paths.length).fill(nobody);
  const closures = owners.map(({ roots }) => closureOf(graph, roots, "kept"));
  for (const [number, closure] of closures.entries()) {
    const group = groupNumbers.get(owners[number]?.group ?? "") ?? nobody;
    for (const path of closure) {
      claim(ownerOf, path, number);
      claim(groupOf, path, group);
    }
  }
  const exclusive = (owned: Int32Array, owner: number, paths: Iterable<number>): number => {
    let sum = 0;
    for (const path of paths) if (owned[path] === owner) sum += graph.bytes[path] ?? 0;
    return sum;
  };
  const share = (owned: Int32Array, owner: number, paths: Iterable<number>): Share => {
    const all = [...paths];
    return { bytes: sumBytes(graph, all), exclusiveBytes: exclusive(owned, owner, all) };
  };
  const union = (group: string): Set<number> =>
    new Set(closures.filter((_, number) => owners[number]?.group === group).flat());
  return {
    owners: closures.map((closure, number) => share(ownerOf, number, closure)),
    groups: new Map(groupNames.map((name, number) => [name, share(groupOf, number, union(name))])),
  };
}

function claim(owned: Int32Array, path: number, owner: number): void {
  const before = owned[path];
  if (before !== owner) owned[path] = before === nobody ? owner : several;
}

/** What nothing keeps: neither a root, nor a path that one leads to, nor as the derivation of one. */
export function garbageOf(graph: StoreGraph, roots: readonly number[]): number[] {
  const kept = new Uint8Array(graph.paths.length);
  for (const path of closureOf(graph, roots, "kept")) kept[path] = 1;
  return [...graph.paths.keys()].filter((path) => kept[path] === 0);
}
