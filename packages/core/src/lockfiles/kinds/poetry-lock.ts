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
import { outsideApp, unsupportedGit } from "../shared/entry-problems.ts";
import { gitSource } from "../shared/npm.ts";
import { normalizePythonName } from "../shared/pep508.ts";
import { poetryContentHashes } from "../shared/poetry-hash.ts";
import { isNeeded, PoetryPackage, pickedExtras } from "../shared/poetry-package.ts";
import { chooseFile } from "../shared/python-files.ts";
import { noFileForTarget } from "../shared/python-problems.ts";
import { insidePath } from "../shared/safe.ts";
import { parseToml } from "../shared/toml.ts";

const Files = z.array(z.object({ file: z.string(), hash: z.string() }));

const PoetryLock = z.object({
  package: z.array(PoetryPackage).default([]),
  extras: z.record(z.string(), z.array(z.string())).default({}),
  metadata: z.object({
    "lock-version": z.string().optional(),
    "content-hash": z.string().optional(),
    /** Until version 1.1 all hashes stood here. */
    files: z.record(z.string(), Files).default({}),
  }),
});
type PoetryLock = z.infer<typeof PoetryLock>;

/** poetry.lock of Poetry 1.1 and later. */
export const poetryLock: LockfileKind = {
  name: "poetry-lock",
  registry: "pypi",
  files: ["poetry.lock"],
  manifests: ["pyproject.toml"],
  refresh: "poetry lock",
  read,
  compare,
};

function parseLock(context: ReadContext): PoetryLock {
  const lock = parseToml(context, PoetryLock);
  const version = lock.metadata["lock-version"] ?? "none";
  if (/^(?:1\.1|2\.\d+)$/.test(version)) return lock;
  throw lockfileVersion({
    place: context.placeOf("lock-version"),
    found: version,
    known: "1.1 and 2",
    refresh: poetryLock.refresh,
  });
}

function read(context: ReadContext): RawLockfile {
  const lock = parseLock(context);
  const extras = pickedExtras(lock.extras, context.options.extras ?? []);
  const packages: RawPackage[] = [];
  const local: LocalPackage[] = [];
  for (const item of lock.package) {
    if (!isNeeded(item, lock.package, { context, extras })) continue;
    const path = localPath(item);
    if (path === undefined) {
      const files = item.files ?? lock.metadata.files[item.name] ?? [];
      packages.push(readEntry(context, item, files));
    } else {
      const inside = insidePath(path);
      if (inside === undefined) throw outsideApp(context, item.name, path);
      local.push({ name: item.name, version: item.version, path: inside });
    }
  }
  return { version: lock.metadata["lock-version"] ?? "", packages, local };
}

function localPath({ source }: PoetryPackage): string | undefined {
  return source?.type === "directory" || source?.type === "file" ? source.url : undefined;
}

function readEntry(
  context: ReadContext,
  item: PoetryPackage,
  files: z.infer<typeof Files>,
): RawPackage {
  const { name, version, source, groups = [] } = item;
  const isDev = groups.length > 0 ? !groups.includes("main") : item.category === "dev";
  const common = { name: normalizePythonName(name), version, dev: isDev, optional: item.optional };
  const needle = `name = "${name}"`;
  if (source?.type === "git") {
    return { ...common, source: gitOf(context, item), rawHashes: [], needle };
  }
  const candidates = files.map(({ file, hash }) => ({ fileName: file, hash }));
  const chosen = chooseFile(candidates, context.target);
  if (chosen === undefined && files.length > 0) throw noFileForTarget(context, name, version);
  const fileName = chosen?.file.fileName ?? fileNameOf(source?.url, `${name}-${version}.tar.gz`);
  return {
    ...common,
    source: sourceOf(item, fileName),
    url: source?.type === "url" ? source.url : undefined,
    format: chosen?.format,
    rawHashes: chosen === undefined ? [] : [chosen.file.hash],
    needle,
  };
}

function fileNameOf(url: string | undefined, fallback: string): string {
  return url?.replace(/[?#].*$/, "").replace(/^.*\//, "") || fallback;
}

function sourceOf({ source }: PoetryPackage, fileName: string): LockedSource {
  return source?.type === "url" && source.url !== undefined
    ? { kind: "url", url: source.url, fileName }
    : { kind: "registry", registry: "pypi", fileName };
}

function gitOf(context: ReadContext, { name, source }: PoetryPackage): LockedSource {
  const text = `${source?.url ?? ""}#${source?.resolved_reference ?? ""}`;
  const git = gitSource(text);
  if (git === undefined) throw unsupportedGit(context, name, text);
  return git;
}

function compare(context: CompareContext): readonly string[] {
  const locked = parseLock(context).metadata["content-hash"];
  const hashes = poetryContentHashes(context.manifest, context.digest);
  if (locked === undefined || hashes.includes(locked)) return [];
  return [
    `content-hash is ${locked.slice(0, 12)}…, that of ${context.manifest.file} ${hashes[0]?.slice(0, 12)}…`,
  ];
}
