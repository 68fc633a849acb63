import { closureOf, type StoreGraph, sumBytes } from "./graph.ts";
import { takeTurns } from "./turns.ts";

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

export const nothing: Share = { bytes: 0, exclusiveBytes: 0 };
const nobody = -1;
const several = -2;

/** Who pays for what. Each path counts for whoever needs it, and as exclusive where there is only one. */
export async function makeBill(graph: StoreGraph, owners: readonly Owner[]): Promise<Bill> {
  const names = [...new Set(owners.map(({ group }) => group))];
  const ofGroup = (name: string): number[] =>
    owners.filter(({ group }) => group === name).flatMap(({ roots }) => roots);
  const groups = await divide(graph, names.map(ofGroup));
  return {
    owners: await divide(
      graph,
      owners.map(({ roots }) => roots),
    ),
    groups: new Map(names.map((name, number) => [name, groups[number] ?? nothing])),
  };
}

/** What each of these sets of roots keeps, and what of it no other one does. */
async function divide(
  graph: StoreGraph,
  parties: readonly (readonly number[])[],
): Promise<readonly Share[]> {
  const turns = takeTurns();
  const holders = new Int32Array(graph.paths.length).fill(nobody);
  const closures: number[][] = [];
  for (const [number, roots] of parties.entries()) {
    const closure = closureOf(graph, roots, "kept");
    for (const path of closure) holders[path] = holders[path] === nobody ? number : several;
    closures.push(closure);
    if (turns.isOver()) await turns.next();
  }
  return closures.map((closure, number) => ({
    bytes: sumBytes(graph, closure),
    exclusiveBytes: sumBytes(
      graph,
      closure.filter((path) => holders[path] === number),
    ),
  }));
}

/** What nothing keeps: neither a root, nor a path that one leads to, nor as the derivation of one. */
export function garbageOf(graph: StoreGraph, roots: readonly number[]): number[] {
  const kept = new Uint8Array(graph.paths.length);
  for (const path of closureOf(graph, roots, "kept")) kept[path] = 1;
  return [...graph.paths.keys()].filter((path) => kept[path] === 0);
}
