import { createHash } from "node:crypto";
import { mkdir, readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { SourceEntry } from "@hop3/core/source";

/** What is known of a file as long as it has not changed. */
export interface KnownFile {
  readonly hash: string;
  /** Somebody has looked whether it holds a secret, and it holds none. */
  readonly isClean: boolean;
}

/** Hashes of a directory's files from the deployment before, so that a large tree is not read each time. */
export interface StatCache {
  find(entry: SourceEntry): KnownFile | undefined;
  /** Keeps these, and forgets all others. */
  save(files: readonly (readonly [SourceEntry, KnownFile])[]): Promise<void>;
  forget(): Promise<void>;
}

/** Twice the coarsest clock of a file system: a file that has changed within it may change again unseen. */
const settledMs = 2_000;

type Line = [path: string, stamp: string, size: number, hash: string, isClean: 0 | 1];

export interface CachePlace {
  readonly env: NodeJS.ProcessEnv;
  readonly directory: string;
  /** Another version may look for other secrets. */
  readonly version: string;
}

/** A cache that cannot be read or written is no failure: everything is read anew. */
export async function openStatCache(place: CachePlace): Promise<StatCache> {
  const file = await cacheFile(place);
  const startedAt = Date.now();
  const known = new Map((await readLines(file, place.version)).map((line) => [line[0], line]));
  return {
    find({ path, stamp, size }) {
      const line = known.get(path);
      if (line === undefined || line[1] !== stamp || line[2] !== size) return undefined;
      return { hash: line[3], isClean: line[4] === 1 };
    },
    async save(files) {
      if (file === undefined) return;
      const settled = files.filter(([entry]) => entry.changedAt < startedAt - settledMs);
      const lines = settled.map(
        ([{ path, stamp, size }, { hash, isClean }]): Line => [
          path,
          stamp,
          size,
          hash,
          isClean ? 1 : 0,
        ],
      );
      await write(file, JSON.stringify({ version: place.version, lines })).catch(() => {});
    },
    async forget() {
      known.clear();
      if (file !== undefined) await rm(file, { force: true }).catch(() => {});
    },
  };
}

async function cacheFile({ env, directory }: CachePlace): Promise<string | undefined> {
  const home = env["HOME"];
  const cache = env["XDG_CACHE_HOME"] || (home && join(home, ".cache"));
  if (!cache) return undefined;
  const real = await realpath(directory).catch(() => directory);
  const name = createHash("sha256").update(real).digest("hex").slice(0, 32);
  return join(cache, "hop3", "sources", `${name}.json`);
}

async function readLines(file: string | undefined, version: string): Promise<readonly Line[]> {
  if (file === undefined) return [];
  try {
    const parsed: unknown = JSON.parse(await readFile(file, "utf8"));
    return isCache(parsed) && parsed.version === version ? parsed.lines : [];
  } catch {
    return [];
  }
}

/** By hand: a schema would take as long for 100,000 files as reading them. */
function isCache(value: unknown): value is { version: string; lines: Line[] } {
  if (typeof value !== "object" || value === null) return false;
  if (!("lines" in value) || !("version" in value) || !Array.isArray(value.lines)) return false;
  return value.lines.every((line) => Array.isArray(line) && typeof line[3] === "string");
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const aside = `${file}.${process.pid}`;
  await writeFile(aside, text, { mode: 0o600 });
  await rename(aside, file);
}
