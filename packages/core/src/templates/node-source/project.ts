import {
  checkInStep,
  hop3LockFile,
  type Lockfile,
  lockHashes,
  parseHop3Lock,
  readLockfile,
  requireLockfile,
} from "../../lockfiles/index.ts";
import type { SourceTree } from "../../source/tree.ts";
import type { AppSpec } from "../template.ts";
import { templateInput } from "../template-errors.ts";
import { nodeLocks } from "./detect.ts";
import { type Manifest, manifestOf } from "./manifest.ts";
import type { ScriptPolicy } from "./scripts.ts";

const id = "node-source";
const most = 500;

/** A Node app's files, read. */
export interface NodeProject {
  readonly manifest: Manifest;
  readonly lockfile: Lockfile;
  readonly policy: ScriptPolicy;
}

/** Files that decide; workspaces have a package.json of their own. */
export function nodeFiles({ tree }: { readonly tree: SourceTree }): readonly string[] {
  const members = tree
    .paths()
    .filter(({ path, link, size }) => isMember(path) && link === undefined && size < 1_000_000)
    .slice(0, most);
  return [
    "package.json",
    ".yarnrc.yml",
    "pnpm-workspace.yaml",
    hop3LockFile,
    ...nodeLocks,
    ...members.map(({ path }) => path),
  ];
}

function isMember(path: string): boolean {
  return path.endsWith("/package.json") && !/(?:^|\/)node_modules\//.test(path);
}

/** Text of each workspace's package.json, by its directory. */
export function membersOf(spec: AppSpec): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...spec.files]
      .filter(([path]) => isMember(path))
      .map(([path, text]) => [path.slice(0, -"/package.json".length), text]),
  );
}

/** Reads the lockfile and checks it against package.json. */
export function readProject(spec: AppSpec): NodeProject {
  const paths = spec.tree.paths().map(({ path }) => path);
  const file = requireLockfile(paths, { registry: "npm", manifest: "package.json" });
  const lockfile = { file, text: spec.files.get(file) ?? "" };
  const manifest = { file: "package.json", text: spec.files.get("package.json") ?? "" };
  refusePlugAndPlay(spec, lockfile);
  const options = {
    manifest: manifest.text,
    members: membersOf(spec),
    hashes: lockHashes(parseHop3Lock(spec.files.get(hop3LockFile)), "npm"),
    target: spec.facts.target,
  };
  const read = readLockfile(lockfile, options);
  checkInStep({ lockfile, manifest, digest: noDigest, options });
  refuseArchives(read);
  const own = manifestOf(spec);
  return { manifest: own, lockfile: read, policy: scriptPolicy(spec, read, own) };
}

/** Only Composer's lockfiles carry a digest of their manifest. */
function noDigest(): string {
  throw new Error("npm's lockfiles hold no digest");
}

function refusePlugAndPlay(spec: AppSpec, lockfile: { file: string; text: string }): void {
  if (lockfile.file !== "yarn.lock" || !/^__metadata:/m.test(lockfile.text)) return;
  const linker = /^nodeLinker:\s*["']?([\w-]+)/m.exec(spec.files.get(".yarnrc.yml") ?? "")?.[1];
  if (linker !== undefined && linker !== "pnp") return;
  throw templateInput({
    template: id,
    reason: "Yarn is set to Plug'n'Play, which has no node_modules",
    hint: "Write nodeLinker: node-modules into .yarnrc.yml and run yarn install",
    place: { file: spec.files.has(".yarnrc.yml") ? ".yarnrc.yml" : "yarn.lock" },
  });
}

/** A directory of the app is linked; an archive in it would have to be unpacked like a download. */
function refuseArchives({ local, file }: Lockfile): void {
  const archive = local.find(({ path }) => /\.(?:tgz|tar\.gz|tar)$/.test(path));
  if (archive === undefined) return;
  throw templateInput({
    template: id,
    reason: `${file} takes ${archive.name} from the archive ${archive.path}`,
    hint: `Unpack ${archive.path} into a directory and depend on that, or publish the package`,
    place: { file },
  });
}

/** pnpm runs the install scripts that a project names; from version 10 on, only those. */
function scriptPolicy(spec: AppSpec, { kind }: Lockfile, manifest: Manifest): ScriptPolicy {
  if (kind !== "pnpm-lock") return "all";
  const named =
    manifest.pnpm?.onlyBuiltDependencies ??
    listOf(spec.files.get("pnpm-workspace.yaml") ?? "", "onlyBuiltDependencies");
  if (named !== undefined) return new Set(named);
  const major = Number(/^pnpm@(\d+)/.exec(manifest.packageManager ?? "")?.[1] ?? 0);
  return major >= 10 ? new Set<string>() : "all";
}

/** A list of words in YAML, below a key at the left margin. */
function listOf(text: string, key: string): readonly string[] | undefined {
  const body = new RegExp(`^${key}:[ \\t]*\\r?\\n((?:[ \\t]*-.*(?:\\r?\\n|$))+)`, "m").exec(
    text,
  )?.[1];
  return body
    ?.split(/\r?\n/)
    .map((line) =>
      line
        .replace(/^\s*-\s*/, "")
        .replace(/\s+#.*$/, "")
        .replace(/^["']|["']$/g, ""),
    )
    .filter((word) => word !== "");
}
