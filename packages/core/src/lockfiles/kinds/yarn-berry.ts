import { z } from "zod";
import type {
  CompareContext,
  LocalPackage,
  LockedSource,
  LockfileKind,
  RawLockfile,
  RawPackage,
  ReadContext,
} from "../lockfile.ts";
import { lockfileVersion } from "../lockfile-errors.ts";
import { missingField, outsideApp, unsupportedGit } from "../shared/entry-problems.ts";
import { checkShape } from "../shared/json.ts";
import {
  compareMaps,
  gitSource,
  npmSource,
  type PackageManifest,
  parsePackageManifest,
  sourceOfUrl,
} from "../shared/npm.ts";
import { classify, type Graph, type Roots } from "../shared/reach.ts";
import { insidePath } from "../shared/safe.ts";
import { parseYaml } from "../shared/yaml.ts";
import { meetsConditions } from "../shared/yarn-conditions.ts";

const Versions = z.record(z.string(), z.string()).nullish();

const Entry = z.object({
  version: z.string().optional(),
  resolution: z.string().optional(),
  dependencies: Versions,
  dependenciesMeta: z
    .record(z.string(), z.object({ optional: z.string().optional() }).nullable())
    .nullish(),
  bin: Versions,
  conditions: z.string().optional(),
});
type Entry = z.infer<typeof Entry>;

const Metadata = z.object({ __metadata: z.object({ version: z.string() }) });

/** yarn.lock of Yarn 2 and later. */
export const yarnBerry: LockfileKind = {
  name: "yarn-berry",
  registry: "npm",
  files: ["yarn.lock"],
  accepts: (text) => /^__metadata:/m.test(text),
  manifests: ["package.json"],
  refresh: "yarn install --mode=update-lockfile",
  read,
  compare,
};

const noTarballHash =
  "Yarn's checksum is that of a zip archive of its own making, not of the registry's file";

interface Lock {
  readonly version: string;
  readonly entries: readonly (readonly [descriptors: string, entry: Entry])[];
}

function parseLock(context: ReadContext): Lock {
  const raw = checkShape(
    context,
    z.record(z.string(), z.unknown()),
    parseYaml(context.file, context.text),
  );
  const { version } = checkShape(context, Metadata, raw).__metadata;
  const number = Number(version);
  if (!(number >= 4 && number <= 10)) {
    throw lockfileVersion({
      place: context.placeOf("version:"),
      found: version,
      known: "4 to 10",
      refresh: yarnBerry.refresh,
    });
  }
  const rest = Object.entries(raw).filter(([key]) => key !== "__metadata");
  const entries = checkShape(context, z.record(z.string(), Entry), Object.fromEntries(rest));
  return { version, entries: Object.entries(entries) };
}

function read(context: ReadContext): RawLockfile {
  const lock = parseLock(context);
  const roleOf = classify(readGraph(lock), rootsOf(lock, manifestOf(context)));
  const packages: RawPackage[] = [];
  const local: LocalPackage[] = [];
  for (const [descriptors, entry] of lock.entries) {
    const role = roleOf(descriptors);
    const { name, protocol, reference } = splitResolution(context, descriptors, entry);
    if (protocol === "workspace" || protocol === "portal" || protocol === "link") {
      local.push({ name, path: localPath(context, name, reference) });
    } else if (protocol === "file") {
      local.push({ name, version: entry.version, path: localPath(context, name, reference) });
    } else if (protocol !== "patch" && meetsConditions(entry.conditions, context.target)) {
      packages.push({ ...readEntry(context, descriptors, entry), ...role });
    }
  }
  return { version: lock.version, packages, local };
}

function manifestOf({ options }: ReadContext): PackageManifest | undefined {
  const { manifest } = options;
  if (manifest === undefined) return undefined;
  return parsePackageManifest({ file: "package.json", text: manifest });
}

interface Resolution {
  readonly name: string;
  readonly protocol: string;
  readonly reference: string;
}

function splitResolution(context: ReadContext, descriptors: string, entry: Entry): Resolution {
  if (entry.resolution === undefined) throw missingField(context, descriptors, "resolution");
  const at = entry.resolution.indexOf("@", 1);
  const rest = at === -1 ? "" : entry.resolution.slice(at + 1);
  const [, protocol = "", reference = rest] = /^([a-z+]+):(?!\/\/)(.*)$/s.exec(rest) ?? [];
  return { name: entry.resolution.slice(0, at === -1 ? undefined : at), protocol, reference };
}

/** `./lib#./lib::version=1&locator=…` */
function localPath(context: ReadContext, name: string, reference: string): string {
  const path = reference.replace(/(?:#|::).*$/s, "");
  const inside = insidePath(path);
  if (inside === undefined) throw outsideApp(context, name, path);
  return inside;
}

function readEntry(
  context: ReadContext,
  descriptors: string,
  entry: Entry,
): Omit<RawPackage, "dev" | "optional"> {
  const resolution = splitResolution(context, descriptors, entry);
  const { version } = entry;
  if (version === undefined) throw missingField(context, descriptors, "version");
  const url = urlOf(resolution);
  return {
    name: resolution.name,
    version,
    source: findSource(context, { ...resolution, version, url }),
    url,
    rawHashes: [],
    unhashedBecause: noTarballHash,
    bin: entry.bin ?? undefined,
    needle: descriptors,
  };
}

/** An archive's address: a plain one, or the one that a private registry gave. */
function urlOf({ protocol, reference }: Resolution): string | undefined {
  if (protocol === "")
    return /\.git(?:#|$)|#commit=/.test(reference) ? undefined : reference.replace(/#.*$/, "");
  const archive = /::__archiveUrl=([^&]+)/.exec(reference)?.[1];
  return archive === undefined ? undefined : decodeURIComponent(archive);
}

function findSource(
  context: ReadContext,
  entry: Resolution & { version: string; url: string | undefined },
): LockedSource {
  const { name, version, protocol, reference, url } = entry;
  if (url !== undefined) return sourceOfUrl(name, url);
  if (protocol === "npm") return npmSource(name, version);
  const text = protocol === "" ? reference : `${protocol}:${reference}`;
  const git = gitSource(text);
  if (git === undefined) throw unsupportedGit(context, name, text);
  return git;
}

function splitDescriptors(descriptors: string): readonly string[] {
  return descriptors.split(/, */);
}

/** Until version 6, ranges in `dependencies` leave out `npm:`. */
function bareRange(range: string): string {
  return range.replace(/^npm:(?!.+@)/, "");
}

function idsOf(lock: Lock): ReadonlyMap<string, string> {
  return new Map(
    lock.entries.flatMap(([descriptors]) =>
      splitDescriptors(descriptors).map((one) => {
        const at = one.indexOf("@", 1);
        return [`${one.slice(0, at)}@${bareRange(one.slice(at + 1))}`, descriptors] as const;
      }),
    ),
  );
}

function readGraph(lock: Lock): Graph {
  const ids = idsOf(lock);
  const edges = (isOptional: boolean) =>
    new Map(
      lock.entries.map(([descriptors, entry]) => {
        const found = Object.entries(entry.dependencies ?? {})
          .filter(([name]) => (entry.dependenciesMeta?.[name]?.optional === "true") === isOptional)
          .flatMap(([name, range]) => ids.get(`${name}@${bareRange(range)}`) ?? []);
        return [descriptors, found] as const;
      }),
    );
  return { required: edges(false), optional: edges(true) };
}

function isWorkspace(descriptors: string): boolean {
  return descriptors.includes("@workspace:");
}

/** The lockfile merges devDependencies into the app's dependencies; the manifest tells them apart. */
function rootsOf(lock: Lock, manifest: PackageManifest | undefined): Roots {
  const graph = readGraph(lock);
  const ids = idsOf(lock);
  const development = Object.entries(manifest?.devDependencies ?? {}).flatMap(
    ([name, range]) => ids.get(`${name}@${bareRange(range)}`) ?? [],
  );
  const dev = new Set(development);
  const workspaces = lock.entries.map(([descriptors]) => descriptors).filter(isWorkspace);
  const asked = (edges: Graph["required"]) =>
    workspaces
      .flatMap((id) => edges.get(id) ?? [])
      .filter((id) => !dev.has(id) && !isWorkspace(id));
  return { production: asked(graph.required), optional: asked(graph.optional), development };
}

function compare(context: CompareContext): readonly string[] {
  const lock = parseLock(context);
  const root = lock.entries.find(([descriptors]) => /@workspace:\.(?:,|$)/.test(descriptors))?.[1];
  if (root === undefined) return [`${context.file} has no entry for the app itself`];
  const manifest = parsePackageManifest(context.manifest);
  const bare = (map: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(map).map(([name, range]) => [name, bareRange(range)]));
  const wanted = {
    ...manifest.devDependencies,
    ...manifest.dependencies,
    ...manifest.optionalDependencies,
  };
  const names = { manifest: context.manifest.file, lockfile: context.file };
  return compareMaps(bare(wanted), bare(root.dependencies ?? {}), names);
}
