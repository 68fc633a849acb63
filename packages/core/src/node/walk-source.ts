import type { Dirent, Stats } from "node:fs";
import { lstat, readdir, readFile, readlink, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import type { EntryKind, SourceFilter } from "../source/filter.ts";
import {
  linkStaysInside,
  sourceLinkEscapes,
  sourceNotDirectory,
  sourceNotFound,
  sourceUnreadable,
} from "../source/source-errors.ts";

/** One file or link that the filter keeps. */
export interface SourceEntry {
  /** Relative to the root of the app, with `/`. */
  readonly path: string;
  readonly absolute: string;
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
  /** Changes whenever the file does: its number on the disk and its times. */
  readonly stamp: string;
  /** When it was changed last, in milliseconds: nobody can set this time. */
  readonly changedAt: number;
  readonly link?: string | undefined;
}

export interface WalkOptions {
  readonly onDropped?: (path: string, reason: string) => void;
  readonly onWarning?: (message: string) => void;
}

interface Walk {
  readonly root: string;
  readonly realRoot: string;
  readonly options: WalkOptions;
}

/**
 * Streams what the filter keeps of a directory, in byte order of the names. Reads the ignore files it
 * meets on the way, so a filter from `makeSourceFilter()` is enough.
 */
export async function* walkSource(
  directory: string,
  filter: SourceFilter,
  options: WalkOptions = {},
): AsyncGenerator<SourceEntry> {
  await requireDirectory(directory);
  const walk = { root: directory, realRoot: await realpath(directory), options };
  yield* walkDirectory(walk, filter, "");
}

/** Fails unless this is a directory that can be looked into. */
export async function requireDirectory(directory: string): Promise<void> {
  let found: Stats;
  try {
    found = await stat(directory);
  } catch (cause) {
    if (codeOf(cause) === "ENOTDIR") throw sourceNotDirectory({ directory }, { cause });
    if (codeOf(cause) === "ENOENT") throw sourceNotFound({ directory }, { cause });
    throw unreadable(directory, cause);
  }
  if (!found.isDirectory()) throw sourceNotDirectory({ directory });
}

async function* walkDirectory(
  walk: Walk,
  outer: SourceFilter,
  directory: string,
): AsyncGenerator<SourceEntry> {
  const entries = await readEntries(walk, directory);
  const filter = await readIgnoreFiles(walk, outer, { directory, entries });
  for (const entry of entries) {
    const path = directory === "" ? entry.name : `${directory}/${entry.name}`;
    const kind = kindOf(entry);
    if (kind === undefined) {
      walk.options.onWarning?.(`${path} is a socket, pipe or device and is left out`);
      continue;
    }
    if (kind === "directory") {
      yield* enterDirectory(walk, filter, path);
      continue;
    }
    const kept = await keepFile(walk, filter, { path, kind });
    if (kept !== undefined) yield kept;
  }
}

async function* enterDirectory(
  walk: Walk,
  filter: SourceFilter,
  path: string,
): AsyncGenerator<SourceEntry> {
  const verdict = filter.decide({ path, kind: "directory" });
  if (verdict.kept) yield* walkDirectory(walk, filter, path);
  else walk.options.onDropped?.(path, verdict.reason);
}

async function readEntries(walk: Walk, directory: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(join(walk.root, directory), { withFileTypes: true });
    return entries.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  } catch (cause) {
    throw unreadable(directory === "" ? walk.root : directory, cause);
  }
}

async function readIgnoreFiles(
  walk: Walk,
  filter: SourceFilter,
  at: { directory: string; entries: readonly Dirent[] },
): Promise<SourceFilter> {
  const read = async (name: string) => {
    if (!at.entries.some((entry) => entry.name === name && entry.isFile())) return [];
    const path = join(at.directory, name);
    try {
      const text = await readFile(join(walk.root, path), "utf8");
      return [{ directory: at.directory, text }];
    } catch (cause) {
      throw unreadable(path, cause);
    }
  };
  const gitignore = await read(".gitignore");
  const hop3ignore = await read(".hop3ignore");
  if (gitignore.length + hop3ignore.length === 0) return filter;
  return filter.withDirectory({ gitignore, hop3ignore });
}

async function keepFile(
  walk: Walk,
  filter: SourceFilter,
  entry: { path: string; kind: EntryKind },
): Promise<SourceEntry | undefined> {
  const { path } = entry;
  const absolute = join(walk.root, path);
  try {
    const link = entry.kind === "link" ? await readlink(absolute) : undefined;
    const verdict = filter.decide({ ...entry, link });
    const reason = verdict.kept
      ? verdict.inspect?.(await readFile(absolute, "utf8"))
      : verdict.reason;
    if (reason !== undefined) {
      walk.options.onDropped?.(path, reason);
      return undefined;
    }
    if (link !== undefined) await requireInside(walk, path, link);
    const { size, mode, ino, mtimeMs, ctimeMs } = await lstat(absolute);
    const stamp = `${ino} ${mtimeMs} ${ctimeMs}`;
    return { path, absolute, size, mode: mode & 0o777, stamp, changedAt: ctimeMs, link };
  } catch (cause) {
    if (codeOf(cause) === undefined || cause instanceof TypeError) throw cause;
    throw unreadable(path, cause);
  }
}

/** By its text first, then by where it really ends: a link through another link can leave the tree too. */
async function requireInside(walk: Walk, path: string, target: string): Promise<void> {
  if (!linkStaysInside(path, target)) throw sourceLinkEscapes({ path, target });
  let real: string;
  try {
    real = await realpath(join(walk.root, path));
  } catch {
    // It leads nowhere yet: the build may make its target.
    return;
  }
  if (real !== walk.realRoot && !real.startsWith(`${walk.realRoot}/`)) {
    throw sourceLinkEscapes({ path, target });
  }
}

function kindOf(entry: Dirent): EntryKind | undefined {
  if (entry.isDirectory()) return "directory";
  if (entry.isSymbolicLink()) return "link";
  return entry.isFile() ? "file" : undefined;
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENOENT: "it disappeared, or its name is not UTF-8",
  EIO: "the disk reports an error",
};

function unreadable(path: string, cause: unknown): Error {
  const code = codeOf(cause) ?? "unknown";
  return sourceUnreadable({ path, reason: reasons[code] ?? code }, { cause });
}

/** The code of a system error. Failures of our own carry codes too, and are no system errors. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("errno" in error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
