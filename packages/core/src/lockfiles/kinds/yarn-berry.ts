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
import { lockfileUnsupportedSource, lockfileVersion } from "../lockfile-errors.ts";
import {
  bareRange,
  berryEdges,
  berryGraph,
  berryHoistRoots,
  berryRoots,
  Entry,
  type Lock,
} from "../shared/berry-graph.ts";
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
import { classify } from "../shared/reach.ts";
import { insidePath } from "../shared/safe.ts";
import { parseYaml } from "../shared/yaml.ts";
import { meetsConditions } from "../shared/yarn-conditions.ts";
import { layOutYarn } from "../shared/yarn-layout.ts";

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
  const manifest = manifestOf(context);
  const roleOf = classify(berryGraph(lock), berryRoots(lock, manifest));
  const packages: RawPackage[] = [];
  const local = new Map<string, LocalPackage>();
  const wanted = new Set<string>();
  for (const [id, entry] of lock.entries) {
    const { name, protocol, reference } = splitResolution(context, id, entry);
    if (protocol === "patch") refuseOwnPatch(context, name, reference);
    else if (["workspace", "portal", "link", "file"].includes(protocol)) {
      local.set(id, {
        name,
        version: ownVersion(entry),
        path: localPath(context, name, reference),
      });
    } else if (meetsConditions(entry.conditions, context.target)) {
      wanted.add(id);
      packages.push({ ...readEntry(context, id, entry), ...roleOf(id) });
    }
  }
  const layout = layOutYarn({
    roots: berryHoistRoots(lock, (id) => local.get(id)?.path),
    dependenciesOf: (id) =>
      berryEdges(lock, id).filter(([, to]) => wanted.has(to) || local.has(to)),
    roleOf,
    localOf: (id) => local.get(id)?.path,
  });
  return {
    version: lock.version,
    packages: packages.map((item) => ({ ...item, places: layout.placesOf(item.needle) })),
    local: [...local.values()],
    links: layout.links,
  };
}

/** Yarn's placeholder for what has none. */
function ownVersion({ version }: Entry): string | undefined {
  return version === "0.0.0-use.local" ? undefined : version;
}

/** Yarn's own patches are for its Plug'n'Play; those of a project change what the app does. */
function refuseOwnPatch(context: ReadContext, name: string, reference: string): void {
  if (reference.includes("builtin<")) return;
  throw lockfileUnsupportedSource({
    place: context.placeOf(`${name}@patch:`),
    name,
    source: "a patch of the project",
    hint: `Apply the patch with patch-package from a postinstall script, or depend on a fork of ${name}`,
  });
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
