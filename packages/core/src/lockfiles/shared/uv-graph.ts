import { z } from "zod";
import type { ReadContext } from "../lockfile.ts";
import { lockfileSyntax } from "../lockfile-errors.ts";
import { evaluateMarker, markerEnvironment, normalizePythonName } from "./pep508.ts";

const Edge = z.object({
  name: z.string(),
  version: z.string().optional(),
  source: z.record(z.string(), z.unknown()).optional(),
  extra: z.array(z.string()).optional(),
  marker: z.string().optional(),
});
type Edge = z.infer<typeof Edge>;

const File = z.object({
  url: z.string().optional(),
  path: z.string().optional(),
  filename: z.string().optional(),
  hash: z.string().optional(),
});

const Wanted = z.object({
  name: z.string(),
  specifier: z.string().optional(),
  marker: z.string().optional(),
  extras: z.array(z.string()).optional(),
});
export type Wanted = z.infer<typeof Wanted>;

/** One `[[package]]` of uv.lock. */
export const UvPackage = z.object({
  name: z.string(),
  version: z.string().optional(),
  source: z.object({
    registry: z.string().optional(),
    git: z.string().optional(),
    url: z.string().optional(),
    path: z.string().optional(),
    directory: z.string().optional(),
    editable: z.string().optional(),
    virtual: z.string().optional(),
  }),
  "resolution-markers": z.array(z.string()).optional(),
  dependencies: z.array(Edge).default([]),
  "optional-dependencies": z.record(z.string(), z.array(Edge)).default({}),
  "dev-dependencies": z.record(z.string(), z.array(Edge)).default({}),
  sdist: File.optional(),
  wheels: z.array(File).default([]),
  metadata: z
    .object({
      "requires-dist": z.array(Wanted).default([]),
      "requires-dev": z.record(z.string(), z.array(Wanted)).default({}),
    })
    .optional(),
});
export type UvPackage = z.infer<typeof UvPackage>;

export interface UvReached {
  readonly dev: boolean;
  readonly extras: readonly string[];
}

/** What the app's own entries lead to on the target, markers and extras considered. */
export function walkUv(
  packages: readonly UvPackage[],
  context: ReadContext,
): ReadonlyMap<UvPackage, UvReached> {
  const walk = new Walk(packages, context);
  const roots = packages.filter(({ source }) => (source.editable ?? source.virtual) !== undefined);
  const extras = (context.options.extras ?? []).map(normalizePythonName);
  for (const root of roots) walk.walkFrom(root, extras);
  for (const root of roots) {
    for (const edges of Object.values(root["dev-dependencies"])) walk.walkGroup(edges);
  }
  return walk.reached;
}

class Walk {
  readonly reached = new Map<UvPackage, { dev: boolean; extras: string[] }>();
  private readonly byName: ReadonlyMap<string, readonly UvPackage[]>;
  private readonly context: ReadContext;
  private readonly queue: {
    readonly edges: readonly Edge[];
    readonly extras: readonly string[];
    readonly dev: boolean;
  }[] = [];

  constructor(packages: readonly UvPackage[], context: ReadContext) {
    this.byName = Map.groupBy(packages, ({ name }) => name);
    this.context = context;
  }

  /** Production is walked first, so that whatever development adds is development's alone. */
  walkFrom(item: UvPackage, extras: readonly string[]): void {
    this.visit(item, extras, false);
    this.drain();
  }

  walkGroup(edges: readonly Edge[]): void {
    this.queue.push({ edges, extras: [], dev: true });
    this.drain();
  }

  private drain(): void {
    for (let next = this.queue.pop(); next !== undefined; next = this.queue.pop()) {
      const { edges, extras, dev } = next;
      for (const edge of edges) {
        if (!this.applies(edge.marker, extras)) continue;
        const wanted = (edge.extra ?? []).map(normalizePythonName);
        for (const item of this.find(edge)) this.visit(item, wanted, dev);
      }
    }
  }

  private visit(item: UvPackage, extras: readonly string[], dev: boolean): void {
    const known = this.reached.get(item);
    const entry = known ?? { dev, extras: [] };
    const added = extras.filter((extra) => !entry.extras.includes(extra));
    entry.extras = [...entry.extras, ...added].sort();
    this.reached.set(item, entry);
    const lists = added.map((extra) => item["optional-dependencies"][extra] ?? []);
    if (known === undefined) lists.push(item.dependencies);
    for (const edges of lists) this.queue.push({ edges, extras: entry.extras, dev });
  }

  private find(edge: Edge): readonly UvPackage[] {
    const named = this.byName.get(edge.name) ?? [];
    if (edge.version !== undefined) return named.filter(({ version }) => version === edge.version);
    if (named.length < 2) return named;
    // A fork without a version on the edge: the variant whose own markers hold.
    return named.filter((item) =>
      (item["resolution-markers"] ?? [undefined]).some((marker) => this.applies(marker, [])),
    );
  }

  private applies(marker: string | undefined, extras: readonly string[]): boolean {
    if (marker === undefined) return true;
    const { target, file } = this.context;
    const value = evaluateMarker(marker, markerEnvironment(target), extras);
    if (value !== undefined) return value;
    const place = this.context.placeOf(marker);
    throw lockfileSyntax({ place: { ...place, file }, problem: "this is not a marker" });
  }
}
