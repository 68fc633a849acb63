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
  parsePackageManifest,
  productionDependencies,
  runsOn,
  sourceOfUrl,
} from "../shared/npm.ts";
import {
  Importer,
  importersOf,
  lockedSpecifiers,
  readGraph,
  Snapshot,
} from "../shared/pnpm-graph.ts";
import { layOutPnpm } from "../shared/pnpm-layout.ts";
import { classify } from "../shared/reach.ts";
import { insidePath } from "../shared/safe.ts";
import { parseYaml } from "../shared/yaml.ts";

const Flag = z.literal(["true", "false"]).transform((text) => text === "true");

const Entry = z.object({
  name: z.string().optional(),
  version: z.string().optional(),
  resolution: z
    .object({
      integrity: z.string().optional(),
      tarball: z.string().optional(),
      type: z.string().optional(),
      directory: z.string().optional(),
      repo: z.string().optional(),
      commit: z.string().optional(),
    })
    .optional(),
  os: z.array(z.string()).optional(),
  cpu: z.array(z.string()).optional(),
  libc: z.array(z.string()).optional(),
  requiresBuild: Flag.optional(),
});
type Entry = z.infer<typeof Entry>;

const PnpmLock = z.object({
  lockfileVersion: z.string().optional(),
  importers: z.record(z.string(), Importer.nullable()).nullish(),
  ...Importer.shape,
  overrides: z.record(z.string(), z.string()).nullish(),
  packages: z.record(z.string(), z.unknown()).nullish(),
  snapshots: z.record(z.string(), Snapshot.nullable()).nullish(),
});
type PnpmLock = z.infer<typeof PnpmLock>;

/** pnpm-lock.yaml of pnpm 8 (version 6) and of 9 and later (version 9). */
export const pnpmLock: LockfileKind = {
  name: "pnpm-lock",
  registry: "npm",
  files: ["pnpm-lock.yaml"],
  manifests: ["package.json"],
  refresh: "pnpm install --lockfile-only",
  read,
  compare,
};

function parseLock(context: ReadContext): PnpmLock {
  const lock = checkShape(context, PnpmLock, parseYaml(context.file, context.text));
  const version = lock.lockfileVersion ?? "none";
  if (/^(6|9)\.\d+$/.test(version)) return lock;
  throw lockfileVersion({
    place: context.placeOf("lockfileVersion"),
    found: version,
    known: "6.0 and 9.0",
    refresh: "pnpm install --lockfile-only (pnpm 8 or later)",
  });
}

function read(context: ReadContext): RawLockfile {
  const lock = parseLock(context);
  const entries = checkShape(context, z.record(z.string(), Entry), lock.packages ?? {});
  const snapshots =
    lock.snapshots ?? checkShape(context, z.record(z.string(), Snapshot), lock.packages ?? {});
  const importers = importersOf(lock);
  const { graph, roots } = readGraph(importers, snapshots);
  const roleOfKey = classify(graph, roots);
  const roleOf = mergeRoles(Object.keys(snapshots), roleOfKey);
  const packages: RawPackage[] = [];
  const local = new Map<string, LocalPackage>();
  for (const [key, entry] of Object.entries(entries)) {
    const role = roleOf.get(bareKey(key)) ?? { dev: false, optional: false };
    if (role.optional && !runsOn(entry, context.target)) continue;
    const inTree = readLocal(context, key, entry);
    if (inTree !== undefined) local.set(bareKey(key), inTree);
    else packages.push({ ...readEntry(context, key, entry), ...role });
  }
  const names = new Map(packages.map(({ needle, name }) => [needle, name]));
  const isInstalled = (key: string) => names.has(bareKey(key)) || local.has(bareKey(key));
  const layout = layOutPnpm({
    importers,
    snapshots: new Map(Object.entries(snapshots).filter(([key]) => isInstalled(key))),
    nameOf: (key) => names.get(bareKey(key)) ?? splitKey(key).name,
    roleOf: roleOfKey,
    localOf: (key) => local.get(bareKey(key))?.path,
  });
  const variants = Map.groupBy(Object.keys(snapshots), bareKey);
  return {
    version: lock.lockfileVersion ?? "",
    packages: onceEach(packages).map((item) => {
      return { ...item, places: (variants.get(item.needle) ?? []).map(layout.placeOf) };
    }),
    local: [...local.values(), ...workspacesOf(importers)],
    links: layout.links,
  };
}

function workspacesOf(importers: Readonly<Record<string, unknown>>): readonly LocalPackage[] {
  return Object.keys(importers)
    .filter((directory) => directory !== ".")
    .map((directory) => ({ name: directory.replace(/^.*\//, ""), path: directory }));
}

/** Version 6 repeats a package for each set of peers: the file to fetch is one. */
function onceEach(packages: readonly RawPackage[]): readonly RawPackage[] {
  return [...new Map(packages.map((item) => [item.needle, item])).values()];
}

interface Role {
  readonly dev: boolean;
  readonly optional: boolean;
}

/** A package is as needed as the most needed of its variants. */
function mergeRoles(
  keys: readonly string[],
  roleOf: (key: string) => Role,
): ReadonlyMap<string, Role> {
  const roles = new Map<string, Role>();
  for (const key of keys) {
    const bare = bareKey(key);
    const role = roleOf(key);
    const other = roles.get(bare) ?? role;
    roles.set(bare, { dev: role.dev && other.dev, optional: role.optional && other.optional });
  }
  return roles;
}

/** Without peers: `/a@1(b@2)` is a@1. */
function bareKey(key: string): string {
  const paren = key.indexOf("(");
  return (paren === -1 ? key : key.slice(0, paren)).replace(/^\//, "");
}

function splitKey(key: string): { name: string; version: string } {
  const bare = bareKey(key);
  const at = bare.indexOf("@", 1);
  return at === -1
    ? { name: bare, version: "" }
    : { name: bare.slice(0, at), version: bare.slice(at + 1) };
}

function readLocal(context: ReadContext, key: string, entry: Entry): LocalPackage | undefined {
  const { resolution } = entry;
  const tarball = resolution?.tarball ?? "";
  const isDirectory = resolution?.type === "directory";
  if (!isDirectory && !tarball.startsWith("file:")) return undefined;
  const path = resolution?.directory ?? tarball.slice("file:".length);
  const name = entry.name ?? splitKey(key).name;
  const inside = insidePath(path);
  if (inside === undefined) throw outsideApp(context, name, path);
  return { name, version: entry.version, path: inside };
}

function readEntry(
  context: ReadContext,
  key: string,
  entry: Entry,
): Omit<RawPackage, "dev" | "optional"> {
  const split = splitKey(key);
  const name = entry.name ?? split.name;
  const version = entry.version ?? split.version;
  if (version === "") throw missingField(context, key, "version");
  if (entry.resolution === undefined) throw missingField(context, key, "resolution");
  const { integrity } = entry.resolution;
  const source = findSource(context, { name, version, resolution: entry.resolution });
  return {
    name,
    version,
    source,
    url: source.kind === "git" ? undefined : entry.resolution.tarball,
    rawHashes: integrity === undefined ? [] : integrity.split(/\s+/),
    hasInstallScript: entry.requiresBuild,
    needle: bareKey(key),
  };
}

function findSource(
  context: ReadContext,
  entry: { name: string; version: string; resolution: NonNullable<Entry["resolution"]> },
): LockedSource {
  const { name, version, resolution } = entry;
  if (resolution.type === "git") {
    const text = `${resolution.repo ?? ""}#${resolution.commit ?? ""}`;
    const git = gitSource(text);
    if (git === undefined) throw unsupportedGit(context, name, text);
    return git;
  }
  if (resolution.tarball === undefined) return npmSource(name, version);
  return sourceOfUrl(name, resolution.tarball);
}

function compare(context: CompareContext): readonly string[] {
  const lock = parseLock(context);
  const importer = importersOf(lock)["."];
  const wanted = parsePackageManifest(context.manifest);
  if (importer === undefined) return [`${context.file} has no entry for the app itself`];
  const names = { manifest: context.manifest.file, lockfile: context.file };
  // For what is overridden, pnpm notes the range of the override, not that of the manifest.
  const overridden = new Set(Object.keys(lock.overrides ?? {}));
  const own = (map: Readonly<Record<string, string>> | undefined) =>
    Object.fromEntries(Object.entries(map ?? {}).filter(([name]) => !overridden.has(name)));
  const differences = (
    map: Readonly<Record<string, string>> | undefined,
    direct: Importer["dependencies"],
  ) => compareMaps(own(map), own(lockedSpecifiers(direct)), names);
  return [
    ...differences(productionDependencies(wanted), importer.dependencies),
    ...differences(wanted.devDependencies, importer.devDependencies),
    ...differences(wanted.optionalDependencies, importer.optionalDependencies),
  ];
}
