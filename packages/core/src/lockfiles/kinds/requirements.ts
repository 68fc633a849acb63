import type {
  CompareContext,
  LocalPackage,
  LockedSource,
  LockfileKind,
  RawLockfile,
  RawPackage,
  ReadContext,
} from "../lockfile.ts";
import { lockfileEntryInvalid, lockfileNoHash } from "../lockfile-errors.ts";
import { outsideApp, unsupportedGit } from "../shared/entry-problems.ts";
import { gitSource } from "../shared/npm.ts";
import { evaluateMarker, markerEnvironment, type Requirement } from "../shared/pep508.ts";
import { rankWheel } from "../shared/python-files.ts";
import { compareRequirements } from "../shared/requirement-compare.ts";
import { type RequirementEntry, readRequirementFiles } from "../shared/requirement-files.ts";
import { insidePath } from "../shared/safe.ts";

/** requirements.txt whose lines carry --hash, as pip-compile and uv write it. */
export const requirements: LockfileKind = {
  name: "requirements",
  registry: "pypi",
  files: ["requirements.txt"],
  manifests: ["requirements.in", "pyproject.toml"],
  refresh: "pip-compile --generate-hashes (or uv pip compile --generate-hashes)",
  read,
  compare,
};

type Pending = NonNullable<RawLockfile["pending"]>[number];

function read(context: ReadContext): RawLockfile {
  const { entries, constraints, notes } = readRequirementFiles(context);
  const packages: RawPackage[] = [];
  const local: LocalPackage[] = [];
  const pending = new Map<string, Pending>();
  for (const entry of entries) {
    const path = localPath(entry);
    if (path !== undefined) {
      local.push(readLocal(context, entry, path));
    } else if (applies(context, entry)) {
      const hashes = [
        ...entry.hashes,
        ...(constraints.get(entry.requirement.name) ?? []),
        ...recordedHash(context, entry.requirement),
      ];
      if (entry.requirement.url === undefined) addPending(pending, context, { ...entry, hashes });
      else packages.push(readUrl(context, { ...entry, hashes }));
    }
  }
  return {
    version: "1",
    packages: [...packages, ...unhashedOf(pending)],
    pending: [...pending.values()].filter(({ rawHashes }) => rawHashes.length > 0),
    local,
    notes,
  };
}

function applies(context: ReadContext, { requirement, place, text }: RequirementEntry): boolean {
  if (requirement.marker === undefined) return true;
  const value = evaluateMarker(requirement.marker, markerEnvironment(context.target));
  if (value !== undefined) return value;
  throw lockfileEntryInvalid({ place, entry: text, problem: "ends in what is not a marker" });
}

/** `-e ./lib`, `./lib`, `lib @ file:./lib`: a directory of the app. */
function localPath({ requirement, path }: RequirementEntry): string | undefined {
  if (path !== undefined) return path;
  return /^file:(?:\/\/)?(.*)$/.exec(requirement.url ?? "")?.[1];
}

function readLocal(context: ReadContext, entry: RequirementEntry, path: string): LocalPackage {
  const inside = insidePath(path);
  if (inside === undefined) throw outsideApp(context, entry.text, path);
  const last = inside.slice(inside.lastIndexOf("/") + 1);
  const name = entry.requirement.name === "" ? last : entry.requirement.name;
  return { name: name === "." ? "app" : name, path: inside };
}

function pinnedVersion({ specifiers }: Requirement): string | undefined {
  const version = /^={2,3}([^,*]+)$/.exec(specifiers)?.[1];
  return version;
}

/** What hop3.lock knows: the index then tells which file it is. */
function recordedHash({ options }: ReadContext, requirement: Requirement): readonly string[] {
  const version = pinnedVersion(requirement);
  const hash = options.hashes?.[`${requirement.name}@${version ?? ""}`];
  return hash === undefined ? [] : [hash];
}

function addPending(
  pending: Map<string, Pending>,
  context: ReadContext,
  entry: RequirementEntry,
): void {
  const { requirement, place, text, hashes } = entry;
  const version = pinnedVersion(requirement);
  if (version === undefined) throw notPinned(context, entry);
  const known = pending.get(requirement.name);
  if (known !== undefined && known.version !== version) {
    const problem = `asks for version ${version}; another line asks for ${known.version}`;
    throw lockfileEntryInvalid({ place, entry: text, problem });
  }
  pending.set(requirement.name, {
    name: requirement.name,
    version,
    extras: [...new Set([...(known?.extras ?? []), ...requirement.extras])].sort(),
    rawHashes: [...(known?.rawHashes ?? []), ...hashes],
    needle: text.slice(0, 60),
  });
}

function notPinned(context: ReadContext, { requirement, place }: RequirementEntry) {
  return lockfileNoHash({
    place,
    names: [requirement.name],
    reason: "it is not pinned to one version with ==, so no hash can belong to it",
    refresh: context.refresh,
  });
}

/** Without hashes there is nothing to look for on the index; `hop3 nix lock` decides about them. */
function unhashedOf(pending: ReadonlyMap<string, Pending>): readonly RawPackage[] {
  return [...pending.values()]
    .filter(({ rawHashes }) => rawHashes.length === 0)
    .map(({ name, version, extras, needle }) => ({
      name,
      version,
      extras,
      needle,
      source: { kind: "registry", registry: "pypi", fileName: `${name}-${version}.tar.gz` },
      dev: false,
      optional: false,
      rawHashes: [],
      unhashedBecause: "its line has no --hash",
    }));
}

function readUrl(context: ReadContext, entry: RequirementEntry): RawPackage {
  const { requirement, hashes } = entry;
  const url = requirement.url ?? "";
  const source = sourceOfUrl(context, requirement.name, url);
  const fragment = /#(?:.*&)?(sha(?:256|512|1)=[0-9a-f]+)/.exec(url)?.[1];
  const isGit = source.kind === "git";
  return {
    name: requirement.name,
    version: versionOf(source),
    source,
    url: isGit ? undefined : url.replace(/#.*$/, ""),
    extras: requirement.extras,
    dev: false,
    optional: false,
    format:
      source.kind === "url" && rankWheel(source.fileName, context.target) !== undefined
        ? "wheel"
        : "sdist",
    rawHashes: isGit ? [] : [...hashes, ...(fragment === undefined ? [] : [fragment])],
    needle: entry.text.slice(0, 60),
  };
}

function sourceOfUrl(context: ReadContext, name: string, url: string): LockedSource {
  if (!url.startsWith("git+")) {
    const bare = url.replace(/[?#].*$/, "");
    return {
      kind: "url",
      url: url.replace(/#.*$/, ""),
      fileName: bare.slice(bare.lastIndexOf("/") + 1),
    };
  }
  const git = gitSource(url.replace(/#.*$/, "").replace(/@([0-9a-f]{40})$/, "#$1"));
  if (git === undefined) throw unsupportedGit(context, name, url);
  return git;
}

/** A wheel's name has the version; of any other archive it is not known before it is opened. */
function versionOf(source: LockedSource): string {
  if (source.kind === "git") return source.revision;
  return /-(\d[^-]*?)(?:\.tar\.[a-z0-9]+|\.zip|-.*\.whl)$/.exec(source.fileName)?.[1] ?? "0";
}

function compare(context: CompareContext): readonly string[] {
  return compareRequirements(context, readRequirementFiles(context).entries);
}
