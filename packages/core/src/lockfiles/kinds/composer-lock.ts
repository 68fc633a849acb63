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
import { composerContentHash } from "../shared/composer-hash.ts";
import { outsideApp, unsupportedGit } from "../shared/entry-problems.ts";
import { parseJson } from "../shared/json.ts";
import { compareMaps, gitSource } from "../shared/npm.ts";
import { quote } from "../shared/quote.ts";
import { insidePath } from "../shared/safe.ts";

const Entry = z.object({
  name: z.string(),
  version: z.string(),
  type: z.string().optional(),
  dist: z
    .object({
      type: z.string(),
      url: z.string(),
      reference: z.string().nullish(),
      shasum: z.string().nullish(),
    })
    .nullish(),
  source: z.object({ type: z.string(), url: z.string(), reference: z.string() }).nullish(),
});
type Entry = z.infer<typeof Entry>;

const ComposerLock = z.object({
  "content-hash": z.string().optional(),
  hash: z.string().optional(),
  packages: z.array(Entry),
  "packages-dev": z.array(Entry).nullish(),
});

/** composer.lock of Composer 1 and 2, which have the same form. */
export const composerLock: LockfileKind = {
  name: "composer-lock",
  registry: "packagist",
  files: ["composer.lock"],
  manifests: ["composer.json"],
  refresh: "composer update --lock",
  read,
  compare,
};

function parseLock(context: ReadContext): z.infer<typeof ComposerLock> {
  const lock = parseJson(context, ComposerLock);
  if (lock["content-hash"] !== undefined) return lock;
  throw lockfileVersion({
    place: context.placeOf('"hash"'),
    found: "of before 2016, without content-hash",
    known: "those with content-hash",
    refresh: "composer update --lock (Composer 1.0 or later)",
  });
}

function read(context: ReadContext): RawLockfile {
  const lock = parseLock(context);
  const packages: RawPackage[] = [];
  const local: LocalPackage[] = [];
  const all = [
    ...lock.packages.map((entry) => ({ entry, dev: false })),
    ...(lock["packages-dev"] ?? []).map((entry) => ({ entry, dev: true })),
  ];
  for (const { entry, dev } of all) {
    // A metapackage is a list of requirements: there is nothing to fetch.
    if (entry.type === "metapackage") continue;
    if (entry.dist?.type === "path") local.push(readLocal(context, entry, entry.dist.url));
    else packages.push(readEntry(context, entry, dev));
  }
  return { version: "1", packages, local };
}

function readLocal(context: ReadContext, entry: Entry, path: string): LocalPackage {
  const inside = insidePath(path);
  if (inside === undefined) throw outsideApp(context, entry.name, path);
  return { name: entry.name, version: entry.version, path: inside };
}

const githubHasNone = "its archive is made on request, so composer.lock has no hash of it";

function readEntry(context: ReadContext, entry: Entry, dev: boolean): RawPackage {
  const common = {
    name: entry.name,
    version: entry.version,
    dev,
    optional: false,
    needle: `"name": "${entry.name}"`,
  };
  const { dist } = entry;
  if (dist === null || dist === undefined) {
    return { ...common, source: gitOf(context, entry), rawHashes: [] };
  }
  const shasum = dist.shasum ?? "";
  return {
    ...common,
    source: distSource(context, entry, dist),
    url: dist.url,
    rawHashes: shasum === "" ? [] : [shasum],
    unhashedBecause: githubHasNone,
  };
}

const endings: Readonly<Record<string, string>> = {
  zip: "zip",
  tar: "tar",
  gzip: "gz",
  xz: "xz",
  phar: "phar",
};

function distSource(
  context: ReadContext,
  entry: Entry,
  dist: NonNullable<Entry["dist"]>,
): LockedSource {
  const ending = endings[dist.type];
  if (ending === undefined) {
    throw lockfileUnsupportedSource({
      place: context.placeOf(`"name": "${entry.name}"`),
      name: entry.name,
      source: `an archive of type ${quote(dist.type)}`,
      hint: "Archives of type zip, tar, gzip, xz and phar can be fetched; set preferred-install to dist",
    });
  }
  const reference = dist.reference ?? undefined;
  const label = (reference ?? entry.version).replace(/[^0-9A-Za-z._+-]/g, "-");
  const fileName = `${entry.name.replace("/", "-")}-${label}.${ending}`;
  return { kind: "registry", registry: "packagist", fileName, reference };
}

function gitOf(context: ReadContext, { name, source }: Entry): LockedSource {
  const text = `${source?.url ?? ""}#${source?.reference ?? ""}`;
  const git = source?.type === "git" ? gitSource(text) : undefined;
  if (git === undefined) throw unsupportedGit(context, name, text);
  return git;
}

/** What the app's own requirements look like in both files, when the hash says that something differs. */
const Requirements = z.object({
  require: z.record(z.string(), z.string()).optional(),
  "require-dev": z.record(z.string(), z.string()).optional(),
});

function compare(context: CompareContext): readonly string[] {
  const lock = parseLock(context);
  const expected = composerContentHash(context.manifest, context.digest);
  if (lock["content-hash"] === expected) return [];
  const wanted = parseJson(context.manifest, Requirements);
  const isPackage = (name: string) => name.includes("/");
  const names = { manifest: context.manifest.file, lockfile: context.file };
  const locked = new Set(
    [...lock.packages, ...(lock["packages-dev"] ?? [])].map(({ name }) => name),
  );
  const missing = Object.entries({ ...wanted["require-dev"], ...wanted.require }).filter(
    ([name]) => isPackage(name) && !locked.has(name.toLowerCase()) && !locked.has(name),
  );
  const differences = compareMaps(Object.fromEntries(missing), {}, names);
  return differences.length > 0
    ? differences
    : [`content-hash is ${lock["content-hash"]}, that of ${context.manifest.file} ${expected}`];
}
