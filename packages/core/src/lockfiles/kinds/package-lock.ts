import { z } from "zod";
import type {
  CompareContext,
  LocalPackage,
  LockedLink,
  LockedSource,
  LockfileKind,
  RawLockfile,
  RawPackage,
  ReadContext,
} from "../lockfile.ts";
import { lockfileVersion } from "../lockfile-errors.ts";
import { missingField, outsideApp, unsupportedGit } from "../shared/entry-problems.ts";
import { checkShape, parseJson } from "../shared/json.ts";
import {
  compareMaps,
  gitSource,
  looksLikeGit,
  npmSource,
  PackageManifest,
  parsePackageManifest,
  productionDependencies,
  runsOn,
  sourceOfUrl,
} from "../shared/npm.ts";
import { insidePath } from "../shared/safe.ts";

const Words = z.union([z.string().transform((word) => [word]), z.array(z.string())]);

const Entry = z.object({
  name: z.string().optional(),
  version: z.string().optional(),
  resolved: z.union([z.string(), z.boolean()]).optional(),
  integrity: z.string().optional(),
  link: z.boolean().optional(),
  dev: z.boolean().optional(),
  devOptional: z.boolean().optional(),
  optional: z.boolean().optional(),
  inBundle: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
  os: Words.optional(),
  cpu: Words.optional(),
  libc: Words.optional(),
  bin: z.union([z.string(), z.record(z.string(), z.string())]).optional(),
});
type Entry = z.infer<typeof Entry>;

const PackageLock = z.object({
  lockfileVersion: z.number().optional(),
  packages: z.record(z.string(), z.unknown()).optional(),
});

const Entries = z.record(z.string(), Entry);

/** package-lock.json of npm 7 and later, and npm-shrinkwrap.json, which has the same form. */
export const packageLock: LockfileKind = {
  name: "package-lock",
  registry: "npm",
  files: ["npm-shrinkwrap.json", "package-lock.json"],
  manifests: ["package.json"],
  refresh: "npm install --package-lock-only",
  read,
  compare,
};

function read(context: ReadContext): RawLockfile {
  const { version, entries } = parseLock(context);
  const packages: RawPackage[] = [];
  const local: LocalPackage[] = [];
  const links: LockedLink[] = [];
  for (const [path, entry] of Object.entries(entries)) {
    if (path === "" || entry.inBundle === true) continue;
    const inTree = readLocal(context, path, entry);
    if (inTree !== undefined) local.push(inTree);
    else if (entry.link === true) links.push(readLink(entry, path));
    else if (isWanted(context, entry)) packages.push(readEntry(context, path, entry));
  }
  return { version, packages, local, links };
}

function parseLock(context: ReadContext): { version: string; entries: Record<string, Entry> } {
  const lock = parseJson(context, PackageLock);
  const version = String(lock.lockfileVersion ?? 1);
  if ((version === "2" || version === "3") && lock.packages !== undefined) {
    return { version, entries: checkShape(context, Entries, lock.packages) };
  }
  throw lockfileVersion({
    place: context.placeOf('"lockfileVersion"'),
    found: version,
    known: "2 and 3",
    refresh: "npm install --package-lock-only --lockfile-version 3 (npm 7 or later)",
  });
}

/** npm itself refuses a required package of another system; an optional one it leaves out. */
function isWanted(context: ReadContext, entry: Entry): boolean {
  const isOptional = entry.optional === true || entry.devOptional === true;
  return !isOptional || runsOn(entry, context.target);
}

function readLocal(context: ReadContext, path: string, entry: Entry): LocalPackage | undefined {
  const resolved = typeof entry.resolved === "string" ? entry.resolved : "";
  const isMember = !path.includes("node_modules/") && entry.link !== true;
  const isFile = resolved.startsWith("file:");
  if (!isMember && !isFile) return checkLink(context, path, entry);
  const name = entry.name ?? nameOf(path);
  const at = isFile ? resolved.slice("file:".length) : path;
  return { name, version: entry.version, path: stayInside(context, name, at) };
}

/** What a link leads to has an entry of its own; the link only has to stay inside the app. */
function checkLink(context: ReadContext, path: string, entry: Entry): undefined {
  if (entry.link !== true) return undefined;
  const target = typeof entry.resolved === "string" ? entry.resolved : "";
  stayInside(context, nameOf(path), target);
  return undefined;
}

/** An empty target is the app itself. */
function readLink(entry: Entry, path: string): LockedLink {
  const to = typeof entry.resolved === "string" ? entry.resolved : "";
  return { path, to: insidePath(to) ?? to, dev: entry.dev === true };
}

function stayInside(context: ReadContext, name: string, path: string): string {
  const inside = insidePath(path);
  if (inside !== undefined) return inside;
  throw outsideApp(context, name, path);
}

function nameOf(path: string): string {
  const marker = "node_modules/";
  const at = path.lastIndexOf(marker);
  return at === -1 ? path.slice(path.lastIndexOf("/") + 1) : path.slice(at + marker.length);
}

function readEntry(context: ReadContext, path: string, entry: Entry): RawPackage {
  const name = entry.name ?? nameOf(path);
  const needle = JSON.stringify(path);
  if (entry.version === undefined) throw missingField(context, needle, "version");
  const resolved = typeof entry.resolved === "string" ? entry.resolved : undefined;
  const source = findSource(context, { name, version: entry.version, resolved });
  const dev = entry.dev === true;
  const optional = entry.optional === true;
  return {
    name,
    version: entry.version,
    source,
    url: source.kind === "git" ? undefined : resolved,
    rawHashes: source.kind === "git" ? [] : (entry.integrity ?? "").split(/\s+/).filter(Boolean),
    dev,
    optional,
    hasInstallScript: entry.hasInstallScript === true,
    bin: typeof entry.bin === "string" ? { [name.replace(/^.*\//, "")]: entry.bin } : entry.bin,
    path,
    places: [{ path, dev, optional }],
    needle,
  };
}

function findSource(
  context: ReadContext,
  entry: { name: string; version: string; resolved: string | undefined },
): LockedSource {
  const { name, version, resolved } = entry;
  if (resolved === undefined) return npmSource(name, version);
  if (!looksLikeGit(resolved)) return sourceOfUrl(name, resolved);
  const git = gitSource(resolved);
  if (git === undefined) throw unsupportedGit(context, name, resolved);
  return git;
}

function compare(context: CompareContext): readonly string[] {
  const lock = parseJson(context, PackageLock);
  const root = PackageManifest.safeParse(lock.packages?.[""]);
  if (!root.success) return [`${context.file} has no entry for the app itself`];
  const locked = root.data;
  const wanted = parsePackageManifest(context.manifest);
  const names = { manifest: context.manifest.file, lockfile: context.file };
  return [
    ...compareMaps(productionDependencies(wanted), productionDependencies(locked), names),
    ...compareMaps(wanted.devDependencies ?? {}, locked.devDependencies ?? {}, names),
    ...compareMaps(wanted.optionalDependencies ?? {}, locked.optionalDependencies ?? {}, names),
    ...compareMaps(wanted.peerDependencies ?? {}, locked.peerDependencies ?? {}, names),
  ];
}
