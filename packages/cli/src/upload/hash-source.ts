import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import type { LoadedConfig } from "@hop3/core";
import { type SourceEntry, sourceUnreadable, type UploadEntry } from "@hop3/core/source";
import { errorCode } from "../connection.ts";
import { allowedSecrets, requireNoSecrets } from "../source.ts";
import type { Progress } from "./progress.ts";
import type { StatCache } from "./stat-cache.ts";

/** One file or link with the hash of what is in it, and where that can be read. */
export interface HashedEntry {
  readonly listed: UploadEntry;
  readonly absolute: string;
}

/** Files open at one time. */
const width = 8;
const streamedBytes = 4 * 1024 * 1024;

export interface HashOptions {
  readonly loaded: LoadedConfig | undefined;
  readonly cache: StatCache;
  readonly progress: Progress;
}

/** Hashes a tree and looks for secrets in it; files that have not changed since the last time are not read. */
export async function hashSource(
  entries: readonly SourceEntry[],
  { loaded, cache, progress }: HashOptions,
): Promise<HashedEntry[]> {
  const files = entries.filter(({ link }) => link === undefined);
  const known = new Map(files.map((entry) => [entry, cache.find(entry)]));
  const unseen = files.filter((entry) => known.get(entry)?.isClean !== true);
  await requireNoSecrets(unseen, loaded);
  const unknown = files.filter((entry) => known.get(entry) === undefined);
  progress.begin({ files: unknown.length, bytes: sumOf(unknown) });
  const hashes = new Map(files.map((entry) => [entry, known.get(entry)?.hash ?? ""]));
  await eachOf(unknown, async (entry) => {
    hashes.set(entry, await hashFile(entry, progress.add));
    progress.fileDone();
  });
  const allowed = new Set(allowedSecrets(loaded));
  await cache.save(
    [...hashes].map(([entry, hash]) => [entry, { hash, isClean: !allowed.has(entry.path) }]),
  );
  return entries.map((entry) => ({
    listed: toListed(entry, hashes.get(entry) ?? ""),
    absolute: entry.absolute,
  }));
}

function sumOf(entries: readonly SourceEntry[]): number {
  return entries.reduce((sum, { size }) => sum + size, 0);
}

function toListed({ path, size, mode, link }: SourceEntry, hash: string): UploadEntry {
  if (link !== undefined) return { path, link };
  return { path, size, hash, executable: (mode & 0o100) !== 0 };
}

async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const takeNext = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, takeNext));
}

async function hashFile(
  { absolute, path, size }: SourceEntry,
  onBytes: (count: number) => void,
): Promise<string> {
  const hash = createHash("sha256");
  let length = 0;
  const take = (chunk: Buffer): void => {
    hash.update(chunk);
    length += chunk.length;
    onBytes(chunk.length);
  };
  try {
    if (size <= streamedBytes) take(await readFile(absolute));
    else for await (const chunk of createReadStream(absolute)) take(chunk as Buffer);
  } catch (cause) {
    throw sourceUnreadable({ path, reason: errorCode(cause) ?? String(cause) }, { cause });
  }
  if (length !== size) throw sourceUnreadable({ path, reason: changing });
  return hash.digest("hex");
}

export const changing = "it changes while it is read";
