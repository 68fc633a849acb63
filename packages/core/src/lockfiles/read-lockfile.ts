import { finishLockfile } from "./finish.ts";
import { lockfileKinds } from "./kinds.ts";
import type { Digest, Lockfile, LockfileKind, ReadContext, ReadOptions } from "./lockfile.ts";
import {
  lockfileMissing,
  lockfileOutOfStep,
  lockfileSyntax,
  lockfileTooLarge,
} from "./lockfile-errors.ts";
import type { RegistryName } from "./registry-names.ts";
import { placeOf } from "./shared/position.ts";
import { defaultTarget } from "./target.ts";

/** A file and its text; `file` is its path in the app. */
export interface TextFile {
  readonly file: string;
  readonly text: string;
}

const maxLength = 64 * 1024 * 1024;

/** Reads any known lockfile into one form; fails with the entry and the place that are wrong. */
export function readLockfile(input: TextFile, options: ReadOptions = {}): Lockfile {
  const kind = kindOf(input);
  const context = contextOf(kind, input, options);
  return finishLockfile(kind, context, kind.read(context));
}

/**
 * Fails where a lockfile does not belong to its manifest: the manifest was edited, and the tool not
 * run since.
 */
export function checkInStep(check: {
  readonly lockfile: TextFile;
  readonly manifest: TextFile;
  readonly digest: Digest;
  readonly options?: ReadOptions;
}): void {
  const kind = kindOf(check.lockfile);
  const context = contextOf(kind, check.lockfile, check.options ?? {});
  const { manifest, digest } = check;
  const differences = kind.compare({ ...context, manifest, digest });
  if (differences.length === 0) return;
  throw lockfileOutOfStep({
    place: { file: check.lockfile.file },
    manifest: manifest.file,
    differences,
    refresh: kind.refresh,
  });
}

/** The lockfiles among these paths, in the order of preference; only those directly in `directory`. */
export function findLockfiles(
  paths: Iterable<string>,
  directory = "",
): readonly { readonly file: string; readonly registry: RegistryName }[] {
  const present = new Set(paths);
  const prefix = directory === "" ? "" : `${directory.replace(/\/+$/, "")}/`;
  const found = new Map<string, RegistryName>();
  for (const kind of lockfileKinds) {
    for (const name of kind.files) {
      if (present.has(prefix + name)) found.set(prefix + name, kind.registry);
    }
  }
  return [...found].map(([file, registry]) => ({ file, registry }));
}

/** The lockfile to use for a registry; fails, naming the command that writes one, where there is none. */
export function requireLockfile(
  paths: Iterable<string>,
  want: { readonly registry: RegistryName; readonly manifest: string; readonly directory?: string },
): string {
  const found = findLockfiles(paths, want.directory);
  const file = found.find(({ registry }) => registry === want.registry)?.file;
  if (file !== undefined) return file;
  const kinds = lockfileKinds.filter(
    ({ registry, manifests }) =>
      registry === want.registry && manifests.includes(want.manifest.replace(/^.*\//, "")),
  );
  const names = [...new Set(kinds.flatMap(({ files }) => files))];
  throw lockfileMissing({
    place: { file: want.manifest },
    wanted: `a lockfile (${names.join(", ")})`,
    refresh: kinds[0]?.refresh ?? "the tool that writes it",
  });
}

function kindOf({ file, text }: TextFile): LockfileKind {
  const name = file.slice(file.lastIndexOf("/") + 1);
  const named = lockfileKinds.filter(({ files }) => files.includes(name));
  // Requirements may have any name: requirements/production.txt, constraints.txt.
  const candidates =
    named.length > 0 || !/\.(?:txt|in)$/.test(name)
      ? named
      : lockfileKinds.filter((kind) => kind.name === "requirements");
  const kind = candidates.find((one) => one.accepts?.(text) !== false);
  if (kind === undefined) throw new Error(`no kind of lockfile for ${name}`);
  return kind;
}

function contextOf(kind: LockfileKind, input: TextFile, options: ReadOptions): ReadContext {
  const { file, text } = input;
  if (text.length > maxLength) {
    const problem = `is ${Math.round(text.length / 1024 / 1024)} MiB large`;
    throw lockfileTooLarge({ place: { file }, problem });
  }
  refuseConflict(input, kind.refresh);
  return {
    file,
    text,
    options,
    refresh: kind.refresh,
    target: { ...defaultTarget, ...options.target },
    placeOf: (needle) => placeOf(file, text, needle),
  };
}

function refuseConflict({ file, text }: TextFile, refresh: string): void {
  const conflict = /^(?:<{7} |>{7} )/m.exec(text)?.[0];
  if (conflict === undefined) return;
  const problem = "it holds the markers of a merge conflict";
  throw lockfileSyntax({ place: placeOf(file, text, conflict), problem, refresh });
}
