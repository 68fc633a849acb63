/** All paths of a store and what needs what. A path is a number here: its place in `paths`. */
export interface StoreGraph {
  readonly paths: readonly string[];
  readonly bytes: Float64Array;
  /** Needed by `path` to run, itself left out. */
  references(path: number): Uint32Array;
  /** The derivation that it was made from, where that is still there. */
  deriver(path: number): number | undefined;
  find(path: string): number | undefined;
}

export interface GraphRows {
  readonly paths: readonly string[];
  readonly bytes: Float64Array;
  /** Of each path: the path of its derivation. */
  readonly derivers: readonly (string | undefined)[];
  /** Pairs of numbers: who refers, to what. */
  readonly from: Uint32Array;
  readonly to: Uint32Array;
}

const unknown = -1;

/** References one after the other, those of each path together: a list for each would take ten times as much. */
export function makeGraph({ paths, bytes, derivers, from, to }: GraphRows): StoreGraph {
  const starts = new Uint32Array(paths.length + 1);
  for (const path of from) starts[path + 1] = (starts[path + 1] ?? 0) + 1;
  for (let path = 0; path < paths.length; path++) {
    starts[path + 1] = (starts[path + 1] ?? 0) + (starts[path] ?? 0);
  }
  const next = starts.slice();
  const targets = new Uint32Array(to.length);
  for (const [edge, path] of from.entries()) {
    const at = next[path] ?? 0;
    targets[at] = to[edge] ?? 0;
    next[path] = at + 1;
  }
  const numbers = new Map(paths.map((path, number) => [path, number]));
  const makers = Int32Array.from(derivers, (path) => numbers.get(path ?? "") ?? unknown);
  return {
    paths,
    bytes,
    references: (path) => targets.subarray(starts[path], starts[path + 1]),
    deriver(path) {
      const maker = makers[path];
      return maker === unknown ? undefined : maker;
    },
    find: (path) => numbers.get(path),
  };
}

/** How far one looks: what is needed to run, or all that Nix keeps for it, which is how it was made too. */
export type Reach = "runtime" | "kept";

/** All that these paths lead to, themselves included. */
export function closureOf(graph: StoreGraph, roots: readonly number[], reach: Reach): number[] {
  const seen = new Uint8Array(graph.paths.length);
  const found: number[] = [];
  const add = (path: number | undefined): void => {
    if (path === undefined || seen[path] === 1) return;
    seen[path] = 1;
    found.push(path);
  };
  for (const root of roots) add(root);
  // It grows while it is gone through.
  for (const path of found) {
    for (const reference of graph.references(path)) add(reference);
    if (reach === "kept") add(graph.deriver(path));
  }
  return found;
}

export function sumBytes(graph: StoreGraph, paths: Iterable<number>): number {
  let sum = 0;
  for (const path of paths) sum += graph.bytes[path] ?? 0;
  return sum;
}

/** The shortest way from a path to what it needs; undefined where it does not need it. */
export function shortestChain(graph: StoreGraph, from: number, to: number): number[] | undefined {
  const cameFrom = new Map<number, number>();
  const queue = [from];
  for (const path of queue) {
    if (path === to) return unwind(cameFrom, from, to);
    for (const reference of graph.references(path)) {
      if (reference === from || cameFrom.has(reference)) continue;
      cameFrom.set(reference, path);
      queue.push(reference);
    }
  }
  return undefined;
}

function unwind(cameFrom: ReadonlyMap<number, number>, from: number, to: number): number[] {
  const chain = [to];
  for (let path = to; path !== from; ) {
    path = cameFrom.get(path) ?? from;
    chain.unshift(path);
  }
  return chain;
}
