import { z } from "zod";
import type { Edge, HoistRoot } from "./hoist.ts";
import type { PackageManifest } from "./npm.ts";
import type { Graph, Roots } from "./reach.ts";

const Versions = z.record(z.string(), z.string()).nullish();

/** One entry of a yarn.lock of Yarn 2 and later. */
export const Entry = z.object({
  version: z.string().optional(),
  resolution: z.string().optional(),
  dependencies: Versions,
  dependenciesMeta: z
    .record(z.string(), z.object({ optional: z.string().optional() }).nullable())
    .nullish(),
  bin: Versions,
  conditions: z.string().optional(),
});
export type Entry = z.infer<typeof Entry>;

export interface Lock {
  readonly version: string;
  /** By the descriptors of the entry, as they stand in the file: its id. */
  readonly entries: readonly (readonly [descriptors: string, entry: Entry])[];
}

/** Until version 6, ranges in `dependencies` leave out `npm:`. */
export function bareRange(range: string): string {
  return range.replace(/^npm:(?!.+@)/, "");
}

interface Index {
  /** Ids by `name@range`. */
  readonly ids: ReadonlyMap<string, string>;
  readonly entries: ReadonlyMap<string, Entry>;
}

const indexes = new WeakMap<Lock, Index>();

function indexOf(lock: Lock): Index {
  const known = indexes.get(lock);
  if (known !== undefined) return known;
  const resolutions = new Map(lock.entries.map(([id, { resolution }]) => [resolution, id]));
  const ids = new Map<string, string>();
  for (const [id, entry] of lock.entries) {
    const target = resolutions.get(patched(entry)) ?? id;
    for (const one of id.split(/, */)) {
      const at = one.indexOf("@", 1);
      ids.set(`${one.slice(0, at)}@${bareRange(one.slice(at + 1))}`, target);
    }
  }
  const made = { ids, entries: new Map(lock.entries) };
  indexes.set(lock, made);
  return made;
}

/** The package that a patch is for: `a@patch:a@npm%3A1.0.0#optional!builtin<a>` is for `a@npm:1.0.0`. */
function patched({ resolution = "" }: Entry): string | undefined {
  const [, name, reference] = /@patch:((?:@[^/]+\/)?[^@]+)@([^#]+)#/.exec(resolution) ?? [];
  if (name === undefined || reference === undefined) return undefined;
  return `${name}@${reference.replaceAll("%3A", ":")}`;
}

export function berryEdges(lock: Lock, id: string): readonly Edge[] {
  const { ids, entries } = indexOf(lock);
  return Object.entries(entries.get(id)?.dependencies ?? {}).flatMap(([name, range]) => {
    const to = ids.get(`${name}@${bareRange(range)}`);
    return to === undefined ? [] : [[name, to] as const];
  });
}

export function berryGraph(lock: Lock): Graph {
  const edges = (wantsOptional: boolean) =>
    new Map(
      lock.entries.map(([id, { dependenciesMeta }]) => {
        const isWanted = (name: string) =>
          (dependenciesMeta?.[name]?.optional === "true") === wantsOptional;
        const own = berryEdges(lock, id).filter(([name]) => isWanted(name));
        return [id, own.map(([, to]) => to)] as const;
      }),
    );
  return { required: edges(false), optional: edges(true) };
}

function isWorkspace(id: string): boolean {
  return id.includes("@workspace:");
}

/** The lockfile merges devDependencies into the app's dependencies; the manifest tells them apart. */
export function berryRoots(lock: Lock, manifest: PackageManifest | undefined): Roots {
  const graph = berryGraph(lock);
  const { ids } = indexOf(lock);
  const development = Object.entries(manifest?.devDependencies ?? {}).flatMap(
    ([name, range]) => ids.get(`${name}@${bareRange(range)}`) ?? [],
  );
  const dev = new Set(development);
  const workspaces = lock.entries.map(([id]) => id).filter(isWorkspace);
  const asked = (edges: Graph["required"]) =>
    workspaces
      .flatMap((id) => edges.get(id) ?? [])
      .filter((id) => !dev.has(id) && !isWorkspace(id));
  return { production: asked(graph.required), optional: asked(graph.optional), development };
}

/** The app and its workspaces, each with what it asks for. */
export function berryHoistRoots(
  lock: Lock,
  directoryOf: (id: string) => string | undefined,
): readonly HoistRoot[] {
  const roots = lock.entries.flatMap(([id]): HoistRoot[] => {
    const directory = isWorkspace(id) ? directoryOf(id) : undefined;
    if (directory === undefined) return [];
    return [{ directory: directory === "." ? "" : directory, dependencies: berryEdges(lock, id) }];
  });
  return roots.sort((a, b) => (a.directory < b.directory ? -1 : 1));
}
