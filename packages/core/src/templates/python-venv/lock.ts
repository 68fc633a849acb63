import { z } from "zod";
import { hop3LockFile, lockHashes, parseHop3Lock } from "../../lockfiles/hop3-lock.ts";
import type { Lockfile, PendingPackage } from "../../lockfiles/lockfile.ts";
import { lockfileMissing } from "../../lockfiles/lockfile-errors.ts";
import { pickFromIndex } from "../../lockfiles/pick-from-index.ts";
import { checkInStep, findLockfiles, readLockfile } from "../../lockfiles/read-lockfile.ts";
import { parseToml } from "../../lockfiles/shared/toml.ts";
import type { SourceTree } from "../../source/tree.ts";
import type { AppSpec } from "../template.ts";
import { templateInput } from "../template-errors.ts";
import { insidePath } from "../upstream.ts";

/** One file to install, fixed by its hash. */
export interface PythonFile {
  readonly name: string;
  readonly version: string;
  /** SRI. */
  readonly hash: string;
  /** undefined where only the index knows it. */
  readonly fileName: string | undefined;
  /** The whole address, where the lockfile has it. */
  readonly url: string | undefined;
  readonly isRegistry: boolean;
}

/** The lockfile's path: `[nix] pip-requirements`, else what lies in the app's root. */
export function lockPath(spec: Pick<AppSpec, "section" | "tree">): string | undefined {
  const named = spec.section["pip-requirements"];
  if (named !== undefined) return named.replace(/^\.\//, "");
  const paths = spec.tree.paths().map(({ path }) => path);
  return findLockfiles(paths).find(({ registry }) => registry === "pypi")?.file;
}

/** Files that decide what is installed: the lockfile, what it may include, and manifests. */
export function lockReads(spec: Pick<AppSpec, "section" | "tree">): readonly string[] {
  const file = lockPath(spec);
  const others = spec.tree
    .paths()
    .filter(({ path, size }) => size < 1024 * 1024 && isIncluded(path))
    .map(({ path }) => path);
  return [...new Set([...(file === undefined ? [] : [file]), hop3LockFile, ...others])];
}

function isIncluded(path: string): boolean {
  if (/^(?:[^/]+\/){0,2}pyproject\.toml$/.test(path)) return true;
  return /^(?:(?:[^/]*requirements[^/]*|deps)\/)?[^/]+\.(?:txt|in)$/.test(path);
}

/** The lockfile, read for the Python that will run it; fails where there is none. */
export function readPythonLock(spec: AppSpec): Lockfile {
  const file = lockPath(spec) ?? "requirements.txt";
  const path = insidePath(spec, "pip-requirements", file);
  if (!spec.tree.has(path)) {
    const refresh = "pip-compile --generate-hashes, uv lock or poetry lock";
    throw lockfileMissing({ place: { file: "hop3.toml" }, wanted: path, refresh });
  }
  const lockfile = { file: path, text: spec.files.get(path) ?? "" };
  const manifest = spec.files.get("pyproject.toml");
  if (path.endsWith("uv.lock") && manifest !== undefined) {
    const digest = noDigest;
    checkInStep({ lockfile, manifest: { file: "pyproject.toml", text: manifest }, digest });
  }
  return readLockfile(lockfile, {
    target: spec.facts.target,
    files: Object.fromEntries(spec.files),
    hashes: lockHashes(parseHop3Lock(spec.files.get(hop3LockFile)), "pypi"),
    ...(manifest === undefined ? {} : { manifest }),
  });
}

/** Only Poetry's and Composer's lockfiles carry a digest of their manifest. */
function noDigest(): string {
  throw new Error("uv's lockfiles hold no digest");
}

/** Packages whose file only the index can name; see `AppFacts.indexPages`. */
export function askIndexAbout(lockfile: Lockfile, spec: AppSpec): readonly PendingPackage[] {
  return lockfile.pending.filter(
    (item) => item.hashes.length > 1 && recordedFile(spec, item) === undefined,
  );
}

/** What hop3.lock says of a requirement, as long as the requirement's own hashes agree. */
function recordedFile(spec: Pick<AppSpec, "files">, item: PendingPackage) {
  const lock = parseHop3Lock(spec.files.get(hop3LockFile));
  const [file] = lock.packages[`pypi:${item.name}@${item.version}`] ?? [];
  return file !== undefined && item.hashes.includes(file.hash) ? file : undefined;
}

/** Every file that is installed. */
export function pythonFiles(spec: AppSpec, lockfile: Lockfile): readonly PythonFile[] {
  const locked = lockfile.packages
    .filter(({ dev }) => !dev)
    .map(({ name, version, integrity, source, url }): PythonFile => {
      if (source.kind === "git") throw new Error("readLockfile refuses git without a hash");
      const isRegistry = source.kind === "registry";
      const address = url ?? (isRegistry ? undefined : source.url);
      return {
        name,
        version,
        hash: integrity,
        fileName: source.fileName,
        url: address,
        isRegistry,
      };
    });
  const pending = lockfile.pending.map((item) => pendingFile(spec, lockfile, item));
  return [...locked, ...pending];
}

function pendingFile(spec: AppSpec, { file }: Lockfile, item: PendingPackage): PythonFile {
  const { name, version } = item;
  const common = { name, version, url: undefined, isRegistry: true };
  const recorded = recordedFile(spec, item);
  if (recorded !== undefined) return { ...common, hash: recorded.hash, fileName: recorded.file };
  const page = spec.facts.indexPages?.get(name);
  if (page !== undefined) {
    const { integrity, source } = pickFromIndex(item, page, spec.facts.target);
    return { ...common, hash: integrity, fileName: "fileName" in source ? source.fileName : name };
  }
  const [hash] = item.hashes;
  if (hash !== undefined && item.hashes.length === 1)
    return { ...common, hash, fileName: undefined };
  throw templateInput({
    template: "python-venv",
    reason: `${file} gives ${name}==${version} ${item.hashes.length} hashes, and which file is meant only the index says`,
    hint: "hop3 deploy asks the index that the server knows; without a server keep the one hash of the wheel that runs there",
    place: { file },
  });
}

const Manifest = z.object({
  project: z.object({ name: z.string().optional() }).optional(),
  "build-system": z.object({}).loose().optional(),
  tool: z
    .object({
      uv: z.object({ package: z.boolean().optional() }).optional(),
      poetry: z
        .object({
          name: z.string().optional(),
          packages: z.array(z.unknown()).optional(),
          "package-mode": z.boolean().optional(),
        })
        .optional(),
    })
    .optional(),
});

/** Directories of the app that are Python projects to be built and installed, its own among them. */
export function localProjects(spec: AppSpec, lockfile: Lockfile): readonly string[] {
  const listed = lockfile.local.map(({ path }) => path);
  const isPoetry = lockfile.kind === "poetry-lock";
  const all = isPoetry ? [".", ...listed] : listed;
  return [...new Set(all)].filter((dir) => isProject(spec, dir, lockfile.kind)).sort();
}

function isProject({ tree, files }: AppSpec, dir: string, kind: string): boolean {
  const at = (name: string) => (dir === "." ? name : `${dir}/${name}`);
  const file = at("pyproject.toml");
  const text = files.get(file);
  const isLegacy = tree.has(at("setup.py")) || tree.has(at("setup.cfg"));
  if (text === undefined) return isLegacy;
  const { project, tool, "build-system": system } = parseToml({ file, text }, Manifest);
  if (tool?.uv?.package === false || tool?.poetry?.["package-mode"] === false) return false;
  if (kind === "requirements") return true;
  if (system === undefined) return isLegacy || tool?.uv?.package === true;
  // Poetry writes a build system into every project, also where there is nothing to install.
  const name = project?.name ?? tool?.poetry?.name ?? "";
  return kind !== "poetry-lock" || tool?.poetry?.packages !== undefined || hasModule(tree, name);
}

function hasModule(tree: SourceTree, name: string): boolean {
  const module = name.replaceAll(/[-.]/g, "_");
  const places = [`${module}/__init__.py`, `src/${module}/__init__.py`, `${module}.py`];
  return places.some((place) => tree.has(place));
}
