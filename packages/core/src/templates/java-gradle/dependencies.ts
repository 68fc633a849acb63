import { lockKey, parseHop3Lock, requireLocked } from "../../lockfiles/hop3-lock.ts";
import { lockfileMissing } from "../../lockfiles/lockfile-errors.ts";
import { readDepsJson } from "../../lockfiles/maven/deps-json.ts";
import { isGradleLockfile, readGradleLockfile } from "../../lockfiles/maven/gradle-lockfile.ts";
import { type MavenFile, registryPlace } from "../../lockfiles/maven/maven-file.ts";
import {
  readVerificationMetadata,
  verificationRefresh,
} from "../../lockfiles/maven/verification-metadata.ts";
import type { Binding } from "../../nix/ast.ts";
import { nix } from "../expressions.ts";
import { fetchExpr, registryBinding } from "../fetches.ts";
import type { AppSpec } from "../template.ts";
import { scriptWithDependency } from "./detect.ts";

/**
 * Every file that the build takes from a repository. Undefined where nothing here pins them: with `[nix] url` the sources
 * may, and those are seen by nixpkgs' gradle alone.
 */
export function gradleDependencies(spec: AppSpec): readonly MavenFile[] | undefined {
  const { files, section } = spec;
  const locked = lockedFiles(files);
  const pinned = pinnedFiles(files);
  if (pinned !== undefined) return merge([...pinned, ...locked]);
  if ([...files.keys()].some(isGradleLockfile)) return merge(locked);
  if (section.url !== undefined) return undefined;
  const script = scriptWithDependency(files);
  if (script === undefined) return [];
  throw lockfileMissing({
    place: { file: script },
    wanted: "gradle/verification-metadata.xml",
    refresh: verificationRefresh,
  });
}

function pinnedFiles(files: ReadonlyMap<string, string>): readonly MavenFile[] | undefined {
  const metadata = "gradle/verification-metadata.xml";
  const text = files.get(metadata);
  if (text !== undefined) return readVerificationMetadata({ file: metadata, text });
  const deps = files.get("deps.json");
  return deps === undefined ? undefined : readDepsJson({ file: "deps.json", text: deps });
}

/** What hop3.lock knows of Maven; every module of a lockfile of Gradle has to be in it. */
function lockedFiles(files: ReadonlyMap<string, string>): readonly MavenFile[] {
  const lock = parseHop3Lock(files.get("hop3.lock"));
  if (pinnedFiles(files) === undefined) {
    for (const [file, text] of files) {
      if (!isGradleLockfile(file)) continue;
      for (const { group, name, version } of readGradleLockfile({ file, text })) {
        const key = lockKey("maven", { name: `${group}:${name}`, version });
        requireLocked(lock, { key, place: { file } });
      }
    }
  }
  return Object.entries(lock.packages)
    .filter(([key]) => key.startsWith("maven:"))
    .flatMap(([, found]) => found)
    .flatMap(({ path, hash }) => {
      if (path === undefined) return [];
      const from = { registry: "maven", path } as const;
      return [{ place: `${registryPlace}/${path}`, from, hash }];
    });
}

function merge(files: readonly MavenFile[]): readonly MavenFile[] {
  const byPlace = new Map(files.toReversed().map((file) => [file.place, file]));
  return [...byPlace.values()].sort((a, b) => (a.place < b.place ? -1 : 1));
}

/** `dependencies`: a directory of repositories, one download for each file. */
export function dependencyBindings(app: string, files: readonly MavenFile[]): readonly Binding[] {
  const entries = files.map((file) =>
    nix.attrs({ name: nix.string(file.place), path: fetchExpr(file) }),
  );
  const farm = nix.call(
    nix.ref("pkgs", "linkFarm"),
    nix.string(`${app}-dependencies`),
    nix.list(entries),
  );
  const usesRegistry = files.some(({ from }) => "registry" in from);
  return [
    ...(usesRegistry ? [registryBinding("maven")] : []),
    nix.bind("dependencies", farm, {
      comment: "Repositories as directories, so that Gradle needs no network.",
    }),
  ];
}
