import { z } from "zod";
import type { ReadContext } from "../lockfile.ts";
import { lockfileSyntax } from "../lockfile-errors.ts";
import { evaluateMarker, markerEnvironment, normalizePythonName } from "./pep508.ts";
import { chooseFile } from "./python-files.ts";

const Markers = z.union([z.string(), z.record(z.string(), z.string())]);

const Dependency = z.union([
  z.string(),
  z.object({ markers: z.string().optional() }),
  z.array(z.object({ markers: z.string().optional() })),
]);

/** One `[[package]]` of poetry.lock. */
export const PoetryPackage = z.object({
  name: z.string(),
  version: z.string(),
  optional: z.boolean().default(false),
  category: z.string().optional(),
  groups: z.array(z.string()).optional(),
  markers: Markers.optional(),
  dependencies: z.record(z.string(), Dependency).default({}),
  files: z.array(z.object({ file: z.string(), hash: z.string() })).optional(),
  source: z
    .object({
      type: z.string().optional(),
      url: z.string().optional(),
      resolved_reference: z.string().optional(),
    })
    .optional(),
});
export type PoetryPackage = z.infer<typeof PoetryPackage>;

/** Names of the packages that the wanted extras add. */
export function pickedExtras(
  extras: Readonly<Record<string, readonly string[]>>,
  wanted: readonly string[],
): ReadonlySet<string> {
  const names = wanted.flatMap((extra) => extras[extra] ?? []);
  return new Set(names.map((name) => normalizePythonName(name.replace(/[\s[(<>=!~;].*$/s, ""))));
}

/** True where the target needs the package: version 2.1 says when, older ones leave it to the edges. */
export function isNeeded(
  item: PoetryPackage,
  all: readonly PoetryPackage[],
  { context, extras }: { readonly context: ReadContext; readonly extras: ReadonlySet<string> },
): boolean {
  if (item.optional && !extras.has(normalizePythonName(item.name))) return false;
  if (item.markers !== undefined) return meetsMarkers(item.markers, context);
  // Only a package that has nothing for the target is worth the question who wants it.
  const files = (item.files ?? []).map(({ file }) => ({ fileName: file }));
  if (files.length === 0 || chooseFile(files, context.target) !== undefined) return true;
  const edges = all.flatMap(({ dependencies }) =>
    Object.entries(dependencies)
      .filter(([name]) => normalizePythonName(name) === normalizePythonName(item.name))
      .flatMap(([, edge]) => edge),
  );
  return edges.length === 0 || edges.some((edge) => edgeApplies(edge, context));
}

function edgeApplies(
  edge: string | { readonly markers?: string | undefined },
  context: ReadContext,
): boolean {
  if (typeof edge === "string" || edge.markers === undefined) return true;
  return meetsMarkers(edge.markers, context);
}

/** Markers may differ between groups; any that holds is enough. */
function meetsMarkers(markers: z.infer<typeof Markers>, context: ReadContext): boolean {
  const list = typeof markers === "string" ? [markers] : Object.values(markers);
  return list.some((marker) => {
    const extras = (context.options.extras ?? []).map(normalizePythonName);
    const value = evaluateMarker(marker, markerEnvironment(context.target), extras);
    if (value !== undefined) return value;
    throw lockfileSyntax({ place: context.placeOf(marker), problem: "this is not a marker" });
  });
}
