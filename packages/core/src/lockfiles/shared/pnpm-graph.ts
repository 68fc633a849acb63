import { z } from "zod";
import type { Graph, Roots } from "./reach.ts";

const Direct = z
  .record(z.string(), z.object({ specifier: z.string(), version: z.string() }))
  .nullish();

/** What one package.json of a workspace asks for. */
export const Importer = z.object({
  dependencies: Direct,
  devDependencies: Direct,
  optionalDependencies: Direct,
});
export type Importer = z.infer<typeof Importer>;

const Edges = z.record(z.string(), z.string()).nullish();

/** What one installed package depends on. */
export const Snapshot = z.object({ dependencies: Edges, optionalDependencies: Edges });
export type Snapshot = z.infer<typeof Snapshot>;

type Importers = Readonly<Record<string, Importer>>;

/** The importers of a lockfile; version 6 leaves them out where there is only one. */
export function importersOf(
  lock: Importer & { readonly importers?: Record<string, Importer | null> | null | undefined },
): Importers {
  if (lock.importers === null || lock.importers === undefined) return { ".": lock };
  return Object.fromEntries(
    Object.entries(lock.importers).map(([path, importer]) => [path, importer ?? noDependencies]),
  );
}

const noDependencies: Importer = {};

/** Name to the range that package.json had. */
export function lockedSpecifiers(
  direct: Importer["dependencies"],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(direct ?? {}).map(([name, { specifier }]) => [name, specifier]),
  );
}

/** The graph between snapshot keys, and where it starts. */
export function readGraph(
  importers: Importers,
  snapshots: Readonly<Record<string, Snapshot | null>>,
): { readonly graph: Graph; readonly roots: Roots } {
  const keyOf = (name: string, reference: string) =>
    [`${name}@${reference}`, `/${name}@${reference}`, reference].filter((key) =>
      Object.hasOwn(snapshots, key),
    );
  const follow = (edges: Readonly<Record<string, string>> | null | undefined) =>
    Object.entries(edges ?? {}).flatMap(([name, reference]) => keyOf(name, reference));
  const required = new Map<string, readonly string[]>();
  const optional = new Map<string, readonly string[]>();
  for (const [key, snapshot] of Object.entries(snapshots)) {
    required.set(key, follow(snapshot?.dependencies));
    optional.set(key, follow(snapshot?.optionalDependencies));
  }
  const rootsOf = (list: keyof Importer) =>
    Object.values(importers).flatMap((importer) =>
      Object.entries(importer[list] ?? {}).flatMap(([name, { version }]) => keyOf(name, version)),
    );
  return {
    graph: { required, optional },
    roots: {
      production: rootsOf("dependencies"),
      optional: rootsOf("optionalDependencies"),
      development: rootsOf("devDependencies"),
    },
  };
}
