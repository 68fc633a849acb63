import type {
  LockedPackage,
  Lockfile,
  LockfileKind,
  PendingPackage,
  RawLockfile,
  RawPackage,
  ReadContext,
  UnhashedPackage,
} from "./lockfile.ts";
import { packageKey } from "./lockfile.ts";
import {
  lockfileEntryInvalid,
  lockfileHashInvalid,
  lockfileNoHash,
  lockfileTooLarge,
  lockfileUnsupportedSource,
} from "./lockfile-errors.ts";
import { isWeak, parseHash, sortHashes } from "./shared/integrity.ts";
import { insidePath, isSafeFileName, isSafeName, isSafeUrl, isSafeVersion } from "./shared/safe.ts";

const maxPackages = 50_000;

/** Checks every name, address and hash of what a kind has read: no kind can forget one. */
export function finishLockfile(
  kind: LockfileKind,
  context: ReadContext,
  raw: RawLockfile,
): Lockfile {
  const count = raw.packages.length + (raw.local?.length ?? 0) + (raw.pending?.length ?? 0);
  if (count > maxPackages) {
    const problem = `lists ${count} packages; ${maxPackages} is the limit`;
    throw lockfileTooLarge({ place: { file: context.file }, problem });
  }
  const packages: LockedPackage[] = [];
  const unhashed: UnhashedPackage[] = [];
  for (const item of raw.packages) {
    checkEntry(kind, context, item);
    const done = pin(context, item);
    if ("integrity" in done) packages.push(done);
    else unhashed.push(done);
  }
  if (context.options.allowUnhashed !== true) refuseUnhashed(kind, context, unhashed);
  return {
    kind: kind.name,
    file: context.file,
    version: raw.version,
    packages: packages.sort(byIdentity),
    local: checkLocal(kind, context, raw).toSorted(byIdentity),
    links: checkLinks(context, raw).toSorted((a, b) => compareText(a.path, b.path)),
    pending: (raw.pending ?? []).map((item) => finishPending(kind, context, item)).sort(byIdentity),
    unhashed: unhashed.sort((a, b) => compareText(a.key, b.key)),
    notes: [...(raw.notes ?? []), ...weakNotes(packages)],
  };
}

function checkEntry(kind: LockfileKind, context: ReadContext, item: RawPackage): void {
  const problem = nameProblem(kind, item) ?? sourceProblem(item) ?? pathProblem(item);
  if (problem !== undefined) throw invalid(context, item.needle, problem);
}

function invalid(context: ReadContext, entry: string, problem: string) {
  return lockfileEntryInvalid({ place: context.placeOf(entry), entry, problem });
}

function nameProblem(
  kind: LockfileKind,
  item: { readonly name: string; readonly version?: string | undefined },
): string | undefined {
  if (!isSafeName(kind.registry, item.name)) return "has a name that no package can have";
  if (item.version !== undefined && !isSafeVersion(item.version)) {
    return "has a version that no package can have";
  }
  return undefined;
}

function sourceProblem({ source, url }: RawPackage): string | undefined {
  if (source.kind === "git") return gitProblem(source.url);
  if (!isSafeFileName(source.fileName)) return "names a file that cannot be stored";
  const address = url ?? (source.kind === "url" ? source.url : undefined);
  if (address === undefined || isSafeUrl(address)) return undefined;
  return "has an address that is not plain http or https; user names and tokens do not belong into it";
}

/** `git@host:path` and `ssh://git@host/` name a user that is no secret; others may be one. */
function gitProblem(url: string): string | undefined {
  const bare = url
    .replace(/^(?:(?:ssh|git):\/\/)?git@([^/:]+)[:/]/, "https://$1/")
    .replace(/^git:/, "https:");
  return isSafeUrl(bare) ? undefined : "has a git address that is not plain https, ssh or git";
}

function pathProblem({ path, places = [], bin }: RawPackage): string | undefined {
  const paths = [...(path === undefined ? [] : [path]), ...places.map((place) => place.path)];
  if (!paths.every(isInside)) return "goes to a path that leaves the app";
  const files = Object.entries(bin ?? {});
  const isOdd = files.some(
    ([name, file]) => /[/\\]|^\.\.?$/.test(name) || insidePath(file) === undefined,
  );
  return isOdd ? "has a command that leaves its package" : undefined;
}

function checkLocal(kind: LockfileKind, context: ReadContext, raw: RawLockfile) {
  for (const item of raw.local ?? []) {
    const problem = nameProblem(kind, item);
    if (problem !== undefined) throw invalid(context, item.name, problem);
  }
  return raw.local ?? [];
}

function isInside(path: string): boolean {
  return insidePath(path) === path;
}

function checkLinks(context: ReadContext, raw: RawLockfile) {
  const links = raw.links ?? [];
  const odd = links.find(({ path, to }) => !isInside(path) || insidePath(to) === undefined);
  if (odd !== undefined) throw invalid(context, odd.path, "is a link that leaves the app");
  return links;
}

function finishPending(
  kind: LockfileKind,
  context: ReadContext,
  item: NonNullable<RawLockfile["pending"]>[number],
): PendingPackage {
  const problem = nameProblem(kind, item);
  if (problem !== undefined) throw invalid(context, item.needle, problem);
  const { rawHashes, needle: _needle, ...rest } = item;
  return { ...rest, hashes: readHashes(context, item.name, rawHashes) };
}

function pin(context: ReadContext, item: RawPackage): LockedPackage | UnhashedPackage {
  const { rawHashes, needle: _needle, unhashedBecause, ...bare } = item;
  const recorded = context.options.hashes?.[packageKey(item)];
  const all = [...rawHashes, ...(recorded === undefined ? [] : [recorded])];
  const hashes = readHashes(context, item.name, all);
  const [integrity] = hashes;
  if (integrity !== undefined) return { ...bare, integrity, hashes };
  const reason =
    unhashedBecause ??
    (all.length > 0 ? "it has none of sha512, sha256 and sha1" : "there is none in the lockfile");
  return { key: packageKey(item), reason, package: bare };
}

function readHashes(
  context: ReadContext,
  name: string,
  words: readonly string[],
): readonly string[] {
  const found: string[] = [];
  for (const word of words) {
    const hash = parseHash(word);
    if (hash.kind === "sri") found.push(hash.sri);
    if (hash.kind !== "invalid") continue;
    throw lockfileHashInvalid({ place: context.placeOf(word), name, hash: word });
  }
  return sortHashes(found);
}

function refuseUnhashed(
  kind: LockfileKind,
  context: ReadContext,
  unhashed: readonly UnhashedPackage[],
): void {
  const { isProduction = false } = context.options;
  const missing = unhashed.filter((one) => !(isProduction && one.package.dev));
  const [first] = missing;
  if (first === undefined) return;
  const { package: item } = first;
  const place = context.placeOf(item.name);
  if (item.source.kind === "git") {
    throw lockfileUnsupportedSource({
      place,
      name: item.name,
      source: "git, without a hash of its files",
      hint: `Depend on a released version of ${item.name}, or add its files to the app: no registry serves git`,
    });
  }
  const names = unhashed.map(({ key }) => key);
  const refresh = kind.hasNoHashes === true ? undefined : kind.refresh;
  throw lockfileNoHash({ place, names, reason: first.reason, refresh });
}

function weakNotes(packages: readonly LockedPackage[]): readonly string[] {
  const weak = packages.filter(({ integrity }) => isWeak(integrity)).map(packageKey);
  if (weak.length === 0) return [];
  return [`pinned by sha1 alone, which an attacker can forge: ${weak.join(", ")}`];
}

function byIdentity(
  a: {
    readonly name: string;
    readonly version?: string | undefined;
    readonly path?: string | undefined;
  },
  b: typeof a,
): number {
  return (
    compareText(a.name, b.name) ||
    compareText(a.version ?? "", b.version ?? "") ||
    compareText(a.path ?? "", b.path ?? "")
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
