import type { HashProvider, HashQuestion } from "../hash-provider.ts";
import { lockKey, type MissingHash } from "../hop3-lock.ts";
import type { UnhashedPackage } from "../lockfile.ts";
import { lockfileUnsupportedSource } from "../lockfile-errors.ts";
import { findLockfiles, readLockfile } from "../read-lockfile.ts";
import type { RegistryName } from "../registry-names.ts";
import { registryUrl } from "../registry-url.ts";

/** What the kinds of kinds/ read without a hash: lines without --hash, archives made on request, Yarn 2 and later. */
export const hashesOfLockfiles: HashProvider = {
  name: "lockfiles",
  reads: (tree) => {
    const included = tree.paths().flatMap(({ path }) => (/\.(?:txt|in)$/.test(path) ? [path] : []));
    return [...chosenLockfiles(tree).map(({ file }) => file), ...included];
  },
  missing(question) {
    const { tree, files } = question;
    return chosenLockfiles(tree).flatMap(({ file, registry }) => {
      const text = files.get(file);
      if (text === undefined) return [];
      return unhashed(question, { file, text }).map((item) => describe(item, registry, file));
    });
  },
};

/** Where an app has several for one registry, the first is used; Go's modules may be in the app itself. */
function chosenLockfiles({ paths }: HashQuestion["tree"]) {
  const listed = paths().map(({ path }) => path);
  const found = findLockfiles(listed);
  const isVendored = listed.includes("vendor/modules.txt");
  return found.filter(
    ({ registry }, index) =>
      found.findIndex((other) => other.registry === registry) === index &&
      !(registry === "go" && isVendored),
  );
}

function unhashed(
  { files, target }: HashQuestion,
  lockfile: { readonly file: string; readonly text: string },
): readonly UnhashedPackage[] {
  const options = { files: Object.fromEntries(files), target, allowUnhashed: true };
  const { unhashed } = readLockfile(lockfile, options);
  // What is needed for development alone may come from git: a build for production leaves it out.
  return unhashed.filter(({ package: item }) => !(item.dev && item.source.kind === "git"));
}

function describe(
  { package: item }: UnhashedPackage,
  registry: RegistryName,
  file: string,
): MissingHash {
  const { name, version, source, url } = item;
  const key = lockKey(registry, item);
  if (source.kind === "git") {
    throw lockfileUnsupportedSource({
      place: { file },
      name,
      source: "git, which no registry serves",
      hint: `Depend on a released version of ${name}, or add its files to the app`,
    });
  }
  if (source.kind === "registry" && source.registry === "pypi" && url === undefined) {
    return {
      key,
      registry,
      files: [],
      index: { name, version, hashes: [], extras: item.extras ?? [] },
    };
  }
  const { fileName } = source;
  const base = "base";
  const path = registryUrl(item, { [registry]: base })?.slice(base.length + 1);
  const own = source.kind === "url" ? source.url : url;
  return { key, registry, files: [{ file: fileName, path, url: own }] };
}
