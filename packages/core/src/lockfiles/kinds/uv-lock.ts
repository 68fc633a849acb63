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
import { gitSource } from "../shared/npm.ts";
import { comparePyproject } from "../shared/pyproject-uv.ts";
import { chooseFile } from "../shared/python-files.ts";
import { noFileForTarget } from "../shared/python-problems.ts";
import { insidePath } from "../shared/safe.ts";
import { parseToml } from "../shared/toml.ts";
import { UvPackage, walkUv } from "../shared/uv-graph.ts";

const UvLock = z.object({
  version: z.number(),
  "requires-python": z.string().optional(),
  package: z.array(UvPackage).default([]),
});
type UvLock = z.infer<typeof UvLock>;

/** uv.lock. */
export const uvLock: LockfileKind = {
  name: "uv-lock",
  registry: "pypi",
  files: ["uv.lock"],
  manifests: ["pyproject.toml"],
  refresh: "uv lock",
  read,
  compare,
};

function parseLock(context: ReadContext): UvLock {
  const { version } = parseToml(context, z.object({ version: z.number().optional() }));
  if (version === 1) return parseToml(context, UvLock);
  throw lockfileVersion({
    place: context.placeOf("version"),
    found: String(version ?? "none"),
    known: "1",
    refresh: uvLock.refresh,
  });
}

function read(context: ReadContext): RawLockfile {
  const lock = parseLock(context);
  const wanted = walkUv(lock.package, context);
  const packages: RawPackage[] = [];
  const local: LocalPackage[] = [];
  for (const item of lock.package) {
    const reached = wanted.get(item);
    const path = localPath(item);
    if (path !== undefined) {
      const inside = insidePath(path);
      if (inside === undefined) throw outsideApp(context, item.name, path);
      local.push({ name: item.name, version: item.version, path: inside });
    } else if (reached !== undefined) {
      packages.push(readEntry(context, item, reached));
    }
  }
  return { version: String(lock.version), packages, local };
}

function localPath({ source }: UvPackage): string | undefined {
  return source.editable ?? source.virtual ?? source.directory ?? source.path;
}

function readEntry(
  context: ReadContext,
  item: UvPackage,
  reached: { readonly dev: boolean; readonly extras: readonly string[] },
): RawPackage {
  const { version } = item;
  if (version === undefined) throw missingField(context, `name = "${item.name}"`, "version");
  const common = { name: item.name, version, ...reached, optional: false };
  const needle = `name = "${item.name}"`;
  if (item.source.git !== undefined) {
    const source = gitOf(context, item, item.source.git);
    return { ...common, source, rawHashes: [], needle };
  }
  const chosen = chooseFile(filesOf(item), context.target);
  if (chosen === undefined) throw noFileForTarget(context, item.name, version);
  const { fileName, url, hash } = chosen.file;
  return {
    ...common,
    source: sourceOf(item, fileName),
    url,
    format: chosen.format,
    rawHashes: hash === undefined ? [] : [hash],
    needle,
  };
}

/** `https://host/repo.git?rev=main#<commit>` */
function gitOf(context: ReadContext, item: UvPackage, text: string): LockedSource {
  const source = gitSource(text.replace(/\?[^#]*/, ""));
  if (source === undefined) throw unsupportedGit(context, item.name, text);
  return source;
}

function filesOf(item: UvPackage) {
  return [...item.wheels, ...(item.sdist === undefined ? [] : [item.sdist])].map((file) => ({
    fileName: fileNameOf(file.url ?? file.path ?? file.filename ?? item.source.url ?? ""),
    url: file.url ?? item.source.url,
    hash: file.hash,
  }));
}

function fileNameOf(address: string): string {
  const path = address.replace(/[?#].*$/, "");
  return path.slice(path.lastIndexOf("/") + 1).replaceAll(/%2b/gi, "+");
}

function sourceOf(item: UvPackage, fileName: string): LockedSource {
  return item.source.url === undefined
    ? { kind: "registry", registry: "pypi", fileName }
    : { kind: "url", url: item.source.url, fileName };
}

function compare(context: CompareContext): readonly string[] {
  const lock = parseLock(context);
  const root = lock.package.find(({ source }) => source.virtual === "." || source.editable === ".");
  if (root === undefined) return [`${context.file} has no entry for the app itself`];
  return comparePyproject(context, root, lock["requires-python"]);
}
