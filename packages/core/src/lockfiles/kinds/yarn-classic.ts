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
import type { Edge, HoistRoot } from "../shared/hoist.ts";
import {
  gitSource,
  looksLikeGit,
  npmSource,
  type PackageManifest,
  parsePackageManifest,
  productionDependencies,
  sourceOfUrl,
} from "../shared/npm.ts";
import { nameRunsOn } from "../shared/platform-name.ts";
import { classify, type Graph, type Roots } from "../shared/reach.ts";
import { insidePath } from "../shared/safe.ts";
import { findWorkspaces, type Workspace } from "../shared/workspaces.ts";
import { layOutYarn } from "../shared/yarn-layout.ts";
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
  const lock = openLock(context);
  const roleOf = classify(readGraph(lock), rootsOf(lock));
  const isWanted = (id: string): boolean => {
    const name = nameOf(lock.entries.get(id)?.patterns[0] ?? "");
    return !roleOf(id).optional || nameRunsOn(name, context.target);
  };
  const layout = layOutYarn({
    roots: hoistRoots(lock),
    dependenciesOf: (id) => edgesOf(lock, lock.entries.get(id)).filter(([, to]) => isWanted(to)),
    roleOf,
    localOf: (id) => localPathOf(context, lock, id),
  });
  const packages: RawPackage[] = [];
  const local: LocalPackage[] = lock.own.slice(1).map(({ directory, manifest }) => {
    return { name: manifest.name ?? "", version: undefined, path: directory };
  });
  for (const [id, entry] of lock.entries) {
    const inTree = readLocal(context, entry);
    if (inTree !== undefined) local.push(inTree);
    else if (isWanted(id)) {
      const item = readEntry(context, entry);
      packages.push({ ...item, ...roleOf(id), places: layout.placesOf(id) });
    }
  }
  return { version: "1", packages, local, links: layout.links };
}

interface Lock {
  readonly entries: ReadonlyMap<string, YarnEntry>;
  readonly ids: ReadonlyMap<string, string>;
  /** The app and its workspaces; none where there is no manifest. */
  readonly own: readonly Workspace[];
}

function openLock({ file, text, options }: ReadContext): Lock {
  const { manifest, members = {} } = options;
  const entries = parseYarnText(file, text);
  const ids = idsByPattern(entries);
  const byId = new Map(entries.map((entry) => [idOf(entry), entry]));
  if (manifest === undefined) return { entries: byId, ids, own: [] };
  const root = parsePackageManifest({ file: "package.json", text: manifest });
  const own = [{ directory: "", manifest: root }, ...findWorkspaces(manifest, members)];
  return { entries: byId, ids, own };
}

function idOf(entry: YarnEntry): string {
  return entry.patterns.join(", ");
}

function idsByPattern(entries: readonly YarnEntry[]): ReadonlyMap<string, string> {
  return new Map(
    entries.flatMap((entry) => entry.patterns.map((pattern) => [pattern, idOf(entry)] as const)),
  );
}

/** Ids of workspaces begin with a character that no pattern of a package has. */
function findId(lock: Lock, name: string, range: string): string | undefined {
  const locked = lock.ids.get(`${name}@${range}`);
  if (locked !== undefined) return locked;
  const workspace = lock.own.slice(1).find(({ manifest }) => manifest.name === name);
  return workspace === undefined ? undefined : `/${workspace.directory}`;
}

function localPathOf(context: ReadContext, lock: Lock, id: string): string | undefined {
  if (id.startsWith("/")) return id.slice(1);
  const entry = lock.entries.get(id);
  return entry === undefined ? undefined : readLocal(context, entry)?.path;
}

function findEdges(lock: Lock, wanted: Iterable<readonly [string, string]>): readonly Edge[] {
  return [...wanted].flatMap(([name, range]): readonly Edge[] => {
    const id = findId(lock, name, range);
    return id === undefined ? [] : [[name, id]];
  });
}

function edgesOf(lock: Lock, entry: YarnEntry | undefined): readonly Edge[] {
  if (entry === undefined) return [];
  return findEdges(lock, [...entry.dependencies, ...entry.optionalDependencies]);
}

function hoistRoots(lock: Lock): readonly HoistRoot[] {
  if (lock.own.length === 0) {
    const dependencies = rootsOf(lock).production.map((id): Edge => [nameOf(id), id]);
    return [{ directory: "", dependencies }];
  }
  return lock.own.map(({ directory, manifest }) => {
    const { devDependencies, dependencies, optionalDependencies } = manifest;
    const wanted = { ...devDependencies, ...dependencies, ...optionalDependencies };
    return { directory, dependencies: findEdges(lock, Object.entries(wanted)) };
  });
}

function readGraph(lock: Lock): Graph {
  const follow = (wanted: Iterable<readonly [string, string]>) =>
    findEdges(lock, wanted).map(([, id]) => id);
  const all = [...lock.entries];
  return {
    required: new Map(all.map(([id, { dependencies }]) => [id, follow(dependencies)])),
    optional: new Map(
      all.map(([id, { optionalDependencies }]) => [id, follow(optionalDependencies)]),
    ),
  };
}

/** Without a manifest: whatever no other entry asks for is asked for by the app. */
function rootsOf(lock: Lock): Roots {
  if (lock.own.length === 0) {
    const graph = readGraph(lock);
    const asked = new Set([...graph.required.values(), ...graph.optional.values()].flat());
    const production = [...lock.entries.keys()].filter((id) => !asked.has(id));
    return { production, optional: [], development: [] };
  }
  const find = (
    pick: (manifest: PackageManifest) => Readonly<Record<string, string>> | undefined,
  ) =>
    lock.own.flatMap(({ manifest }) =>
      findEdges(lock, Object.entries(pick(manifest) ?? {})).map(([, id]) => id),
    );
  return {
    production: find(productionDependencies),
    optional: find(({ optionalDependencies }) => optionalDependencies),
    development: find(({ devDependencies }) => devDependencies),
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
  const options = { ...context.options, manifest: context.manifest.text };
  const lock = openLock({ ...context, options });
  const wanted = {
    ...manifest.devDependencies,
    ...manifest.dependencies,
    ...manifest.optionalDependencies,
  };
  return Object.entries(wanted)
    .filter(([name, range]) => findId(lock, name, range) === undefined)
    .filter(([, range]) => !/^(?:link|workspace):/.test(range))
    .map(([name, range]) => `${name} ${range} is missing in ${context.file}`)
    .sort();
}
