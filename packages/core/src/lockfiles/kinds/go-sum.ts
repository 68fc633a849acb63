import type {
  CompareContext,
  LocalPackage,
  LockfileKind,
  RawLockfile,
  RawPackage,
  ReadContext,
} from "../lockfile.ts";
import { lockfileSyntax } from "../lockfile-errors.ts";
import { outsideApp } from "../shared/entry-problems.ts";
import { escapeGoPath, parseGoMod, replacementOf } from "../shared/go-module.ts";
import { insidePath } from "../shared/safe.ts";

const manifestSuffix = "/go.mod";

/**
 * go.sum. As there, a module is two entries: its archive, and its go.mod under the version `v1.2.3/go.mod`. Its hashes
 * are of the files in an archive, not of the archive, so hop3.lock has those; go itself checks the ones of go.sum.
 */
export const goSum: LockfileKind = {
  name: "go-sum",
  registry: "go",
  files: ["go.sum"],
  manifests: ["go.mod"],
  refresh: "go mod tidy",
  hasNoHashes: true,
  read,
  compare,
};

function read(context: ReadContext): RawLockfile {
  const packages = entriesOf(context).map(([name, version]): RawPackage => {
    const isManifest = version.endsWith(manifestSuffix);
    const bare = isManifest ? version.slice(0, -manifestSuffix.length) : version;
    const fileName = `${escapeGoPath(bare)}.${isManifest ? "mod" : "zip"}`;
    return {
      name,
      version,
      source: { kind: "registry", registry: "go", fileName },
      rawHashes: [],
      unhashedBecause: "its hashes are of the files in a module's archive, not of the archive",
      dev: false,
      optional: false,
      needle: `${name} ${version}`,
    };
  });
  return { version: "1", packages, local: localModules(context) };
}

/** Modules and versions, each once: go writes none twice, merges do. */
function entriesOf({ file, text, refresh }: ReadContext): readonly [string, string][] {
  const found = new Map<string, [string, string]>();
  for (const [index, line] of text.split("\n").entries()) {
    const [name, version, hash, ...rest] = line.split(/\s+/).filter(Boolean);
    if (name === undefined) continue;
    const isEntry = version !== undefined && /^h1:[A-Za-z0-9+/]{43}=$/.test(hash ?? "");
    if (!isEntry || rest.length > 0) {
      const problem = "a module, its version and a hash that begins with h1: are expected";
      throw lockfileSyntax({ place: { file, line: index + 1, column: 1 }, problem, refresh });
    }
    found.set(`${name} ${version}`, [name, version]);
  }
  return [...found.values()];
}

/** Directories that go.mod puts in a module's place. */
function localModules(context: ReadContext): readonly LocalPackage[] {
  const { replaces } = parseGoMod(context.options.manifest ?? "");
  return replaces
    .filter(({ toVersion }) => toVersion === undefined)
    .map(({ name, to }) => {
      const path = insidePath(to);
      if (path === undefined) throw outsideApp(context, name, to);
      return { name, path };
    });
}

function compare(context: CompareContext): readonly string[] {
  const { file, manifest } = context;
  const locked = new Set(entriesOf(context).map((words) => words.join(" ")));
  const wanted = parseGoMod(manifest.text);
  return wanted.requires.flatMap((one) => {
    const replaced = replacementOf(wanted, one);
    if (replaced !== undefined && replaced.toVersion === undefined) return [];
    const name = replaced?.to ?? one.name;
    const version = replaced?.toVersion ?? one.version;
    if (locked.has(`${name} ${version}${manifestSuffix}`)) return [];
    return [`${name} ${version} is missing in ${file}`];
  });
}
