import type {
  CompareContext,
  LocalPackage,
  LockedSource,
  LockfileKind,
  RawLockfile,
  RawPackage,
  ReadContext,
} from "../lockfile.ts";
import { missingField, outsideApp, unsupportedGit } from "../shared/entry-problems.ts";
import {
  gitSource,
  looksLikeGit,
  npmSource,
  type PackageManifest,
  parsePackageManifest,
  productionDependencies,
  sourceOfUrl,
} from "../shared/npm.ts";
import { classify, type Graph, type Roots } from "../shared/reach.ts";
import { insidePath } from "../shared/safe.ts";
import { parseYarnText, type YarnEntry } from "../shared/yarn-text.ts";

/** yarn.lock of Yarn 1. */
export const yarnClassic: LockfileKind = {
  name: "yarn-classic",
  registry: "npm",
  files: ["yarn.lock"],
  accepts: (text) => !/^__metadata:/m.test(text),
  manifests: ["package.json"],
  refresh: "yarn install --ignore-scripts",
  read,
  compare,
};

function read(context: ReadContext): RawLockfile {
  const entries = parseYarnText(context.file, context.text);
  const manifest = manifestOf(context);
  const roleOf = classify(readGraph(entries), rootsOf(entries, manifest));
  const packages: RawPackage[] = [];
  const local: LocalPackage[] = [];
  for (const entry of entries) {
    const inTree = readLocal(context, entry);
    if (inTree !== undefined) local.push(inTree);
    else packages.push({ ...readEntry(context, entry), ...roleOf(idOf(entry)) });
  }
  return { version: "1", packages, local };
}

function manifestOf({ options }: ReadContext): PackageManifest | undefined {
  const { manifest } = options;
  if (manifest === undefined) return undefined;
  return parsePackageManifest({ file: "package.json", text: manifest });
}

function idOf(entry: YarnEntry): string {
  return entry.patterns.join(", ");
}

function readGraph(entries: readonly YarnEntry[]): Graph {
  const ids = idsByPattern(entries);
  const follow = (edges: ReadonlyMap<string, string>) =>
    [...edges].flatMap(([name, range]) => ids.get(`${name}@${range}`) ?? []);
  return {
    required: new Map(entries.map((entry) => [idOf(entry), follow(entry.dependencies)])),
    optional: new Map(entries.map((entry) => [idOf(entry), follow(entry.optionalDependencies)])),
  };
}

function idsByPattern(entries: readonly YarnEntry[]): ReadonlyMap<string, string> {
  return new Map(
    entries.flatMap((entry) => entry.patterns.map((pattern) => [pattern, idOf(entry)] as const)),
  );
}

/** Without a manifest: whatever no other entry asks for is asked for by the app. */
function rootsOf(entries: readonly YarnEntry[], manifest: PackageManifest | undefined): Roots {
  const ids = idsByPattern(entries);
  if (manifest === undefined) {
    const graph = readGraph(entries);
    const asked = new Set([...graph.required.values(), ...graph.optional.values()].flat());
    const production = entries.map(idOf).filter((id) => !asked.has(id));
    return { production, optional: [], development: [] };
  }
  const find = (map: Readonly<Record<string, string>> | undefined) =>
    Object.entries(map ?? {}).flatMap(([name, range]) => ids.get(`${name}@${range}`) ?? []);
  return {
    production: find(productionDependencies(manifest)),
    optional: find(manifest.optionalDependencies),
    development: find(manifest.devDependencies),
  };
}

const npmAlias = /^npm:((?:@[^/@]+\/)?[^@/]+)@/;

/** The name that the registry knows; an alias names it behind `npm:`. */
function nameOf(pattern: string): string {
  const at = pattern.indexOf("@", 1);
  const alias = npmAlias.exec(pattern.slice(at + 1))?.[1];
  return alias ?? (at === -1 ? pattern : pattern.slice(0, at));
}

function localPath(entry: YarnEntry): string | undefined {
  const range = /^(?:@[^/]+\/)?[^@]+@(?:file|link):([^#]*)/.exec(entry.patterns[0] ?? "")?.[1];
  const resolved = /^file:([^#]*)/.exec(entry.fields.get("resolved") ?? "")?.[1];
  return resolved ?? range;
}

function readLocal(context: ReadContext, entry: YarnEntry): LocalPackage | undefined {
  const path = localPath(entry);
  if (path === undefined) return undefined;
  const name = nameOf(entry.patterns[0] ?? "");
  const inside = insidePath(path);
  if (inside === undefined) throw outsideApp(context, name, path);
  return { name, version: entry.fields.get("version"), path: inside };
}

function readEntry(context: ReadContext, entry: YarnEntry): Omit<RawPackage, "dev" | "optional"> {
  const pattern = entry.patterns[0] ?? "";
  const name = nameOf(pattern);
  const version = entry.fields.get("version");
  if (version === undefined) throw missingField(context, pattern, "version");
  const resolved = entry.fields.get("resolved");
  const source = findSource(context, { name, version, resolved });
  const isGit = source.kind === "git";
  return {
    name,
    version,
    source,
    url: isGit ? undefined : resolved?.replace(/#.*$/, ""),
    rawHashes: isGit ? [] : hashesOf(entry.fields.get("integrity"), resolved),
    needle: pattern,
  };
}

/** The address ends in the file's sha1, which old lockfiles have instead of `integrity`. */
function hashesOf(integrity: string | undefined, resolved: string | undefined): readonly string[] {
  if (integrity !== undefined) return integrity.split(/\s+/);
  const sha1 = /#([0-9a-f]{40})$/.exec(resolved ?? "")?.[1];
  return sha1 === undefined ? [] : [sha1];
}

function findSource(
  context: ReadContext,
  entry: { name: string; version: string; resolved: string | undefined },
): LockedSource {
  const { name, version, resolved } = entry;
  if (resolved === undefined) return npmSource(name, version);
  if (!looksLikeGit(resolved)) return sourceOfUrl(name, resolved.replace(/#.*$/, ""));
  const git = gitSource(resolved);
  if (git === undefined) throw unsupportedGit(context, name, resolved);
  return git;
}

/** Yarn 1 keeps no copy of the manifest: every range in it needs its pattern. */
function compare(context: CompareContext): readonly string[] {
  const manifest = parsePackageManifest(context.manifest);
  const ids = idsByPattern(parseYarnText(context.file, context.text));
  const wanted = {
    ...manifest.devDependencies,
    ...manifest.dependencies,
    ...manifest.optionalDependencies,
  };
  return Object.entries(wanted)
    .filter(([name, range]) => !ids.has(`${name}@${range}`) && !/^(?:link|workspace):/.test(range))
    .map(([name, range]) => `${name} ${range} is missing in ${context.file}`)
    .sort();
}
