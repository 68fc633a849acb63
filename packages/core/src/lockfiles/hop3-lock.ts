import { z } from "zod";
import type { Place } from "../errors.ts";
import { type PendingPackage, packageKey } from "./lockfile.ts";
import { lockfileNoHash, lockfileVersion } from "./lockfile-errors.ts";
import type { RegistryName } from "./registry-names.ts";
import { parseHash } from "./shared/integrity.ts";
import { parseJson } from "./shared/json.ts";
import { isSafeFileName } from "./shared/safe.ts";

/** Name of the file in an app's root. */
export const hop3LockFile = "hop3.lock";

const refresh = "hop3 nix lock";

const keyPattern = /^[a-z]+:[^\s"'\\]+@[^\s"'\\]+$/;

/** One file of a dependency. */
export const LockedFile = z.strictObject({
  file: z.string().refine(isSafeFileName, "is no name of a file"),
  /** SRI, of an algorithm that Nix checks. */
  hash: z.string().refine((text) => parseHash(text).kind === "sri", "is no hash"),
  /** Below the registry's address; absent where the lockfile has the whole address. */
  path: z.string().refine(isSafePath, "is no path below a registry").optional(),
});
export type LockedFile = z.infer<typeof LockedFile>;

/** hop3.lock: hashes of what other lockfiles leave without one. */
export const Hop3Lock = z.strictObject({
  version: z.literal(1),
  packages: z.record(z.string(), z.array(LockedFile).min(1)).superRefine((packages, context) => {
    for (const key of Object.keys(packages)) {
      if (keyPattern.test(key)) continue;
      context.addIssue({ code: "custom", path: [key], message: "is no registry:name@version" });
    }
  }),
});
export type Hop3Lock = z.infer<typeof Hop3Lock>;

/** A file that has to be fetched to know its hash. */
export interface WantedFile {
  readonly file: string;
  /** Below the registry's address. */
  readonly path?: string | undefined;
  /** The whole address, where the lockfile has it. */
  readonly url?: string | undefined;
  /** Maven: a file that a module may have or not; a registry without it says so by 404. */
  readonly isOptional?: boolean | undefined;
}

/** A dependency that its own lockfile pins by no hash that Nix can use. */
export interface MissingHash {
  /** See `lockKey`. */
  readonly key: string;
  readonly registry: RegistryName;
  readonly files: readonly WantedFile[];
  /** Python: which file it is, only the index says; `files` is empty then. */
  readonly index?: PendingPackage | undefined;
}

function isSafePath(path: string): boolean {
  return (
    path.length <= 1024 &&
    /^[0-9A-Za-z._+!~@%:-]+(?:\/[0-9A-Za-z._+!~@%:-]+)*$/.test(path) &&
    !/(?:^|\/)\.\.?(?:\/|$)/.test(path)
  );
}

/** Identifies a dependency in hop3.lock. */
export function lockKey(
  registry: RegistryName,
  item: { readonly name: string; readonly version: string },
): string {
  return `${registry}:${packageKey(item)}`;
}

/** Reads hop3.lock; an app without one has an empty one. */
export function parseHop3Lock(text: string | undefined, file: string = hop3LockFile): Hop3Lock {
  if (text === undefined) return { version: 1, packages: {} };
  const { version } = parseJson({ file, text, refresh }, z.looseObject({ version: z.json() }));
  if (version !== 1) {
    const found = JSON.stringify(version);
    throw lockfileVersion({ place: { file }, found, known: "1", refresh });
  }
  return parseJson({ file, text, refresh }, Hop3Lock);
}

/** The text of hop3.lock: keys sorted, so that equal locks are equal bytes. */
export function printHop3Lock(lock: Hop3Lock): string {
  const keys = Object.keys(lock.packages).sort();
  const packages = Object.fromEntries(
    keys.map((key) => [key, (lock.packages[key] ?? []).map(inOrder).sort(byFile)]),
  );
  return `${JSON.stringify({ version: 1, packages }, undefined, 2)}\n`;
}

function inOrder({ file, hash, path }: LockedFile): LockedFile {
  return { file, hash, ...(path === undefined ? {} : { path }) };
}

function byFile(a: LockedFile, b: LockedFile): number {
  if (a.file === b.file) return 0;
  return a.file < b.file ? -1 : 1;
}

/** Hashes of one registry by `packageKey`, as `ReadOptions.hashes` takes them: those of one file each. */
export function lockHashes(
  lock: Hop3Lock,
  registry: RegistryName,
): Readonly<Record<string, string>> {
  const prefix = `${registry}:`;
  const own = Object.entries(lock.packages).flatMap(([key, files]) => {
    const hash = files[0]?.hash;
    if (!key.startsWith(prefix) || hash === undefined) return [];
    return [[key.slice(prefix.length), hash] as const];
  });
  return Object.fromEntries(own);
}

/** What hop3.lock says of a dependency; fails, offering `hop3 nix lock`, where it does not know it. */
export function requireLocked(
  lock: Hop3Lock,
  wanted: Pick<MissingHash, "key"> & { readonly place: Place; readonly refresh?: string },
): readonly LockedFile[] {
  const files = lock.packages[wanted.key];
  if (files !== undefined) return files;
  const { place, key } = wanted;
  const reason = "neither it nor hop3.lock has one";
  throw lockfileNoHash({ place, names: [key], reason, refresh: wanted.refresh });
}
