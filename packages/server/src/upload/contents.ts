import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { open, readdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { sha256 } from "@hop3/core/node";
import { codeOf } from "./code-of.ts";
import { arrivedParts, hashFile, openPart, type PartWriter } from "./parts.ts";

/** What is no larger is read and written in one go. */
export const smallBytes = 1024 * 1024;

/** The contents of one App's recent Sources, by hash. No other App's are ever looked at. */
export interface ContentStore {
  /** Hashes of everything that is there whole. */
  known(): Promise<ReadonlySet<string>>;
  /** Keeps a small content whose hash has been checked. */
  put(hash: string, data: Buffer): void;
  /** Bytes of each large content that has arrived in part and that nobody writes to now. */
  arrived(): Promise<ReadonlyMap<string, number>>;
  /** Goes on with a large content at `offset`; undefined where that is not how much there is. */
  write(hash: string, offset: number): Promise<PartWriter | undefined>;
  /** A copy of its own, never a link: whatever is done to it does not reach the store. */
  copy(hash: string, target: CopyTarget): Promise<CopyResult>;
  remove(hash: string): Promise<void>;
}

export interface CopyTarget {
  readonly file: string;
  readonly size: number;
  readonly mode: number;
}

/** `other-size`: it is whole, and the size that was asked for is not its own. */
export type CopyResult = "copied" | "missing" | "damaged" | "other-size";

export function makeContentStore(dir: string): ContentStore {
  const files = join(dir, "files");
  const parts = join(dir, "parts");
  // No directory with a hundred thousand names.
  const pathOf = (hash: string): string => join(files, hash.slice(0, 2), hash.slice(2));
  return {
    async known() {
      const shards = await readdir(files).catch(() => []);
      const names = await Promise.all(
        shards.map(async (shard) => {
          const rests = await readdir(join(files, shard)).catch(() => []);
          return rests.map((rest) => `${shard}${rest}`);
        }),
      );
      return new Set(names.flat());
    },
    put: (hash, data) => putAside(join(parts, `new-${randomUUID()}`), pathOf(hash), data),
    arrived: () => arrivedParts(parts),
    write: (hash, offset) => openPart({ parts, hash, target: pathOf(hash) }, offset),
    copy: (hash, target) => copyContent({ path: pathOf(hash), hash }, target),
    remove: (hash) => rm(pathOf(hash), { force: true }),
  };
}

/** Under its final name a file is always whole. */
function putAside(aside: string, path: string, data: Buffer): void {
  try {
    inDirectory(aside, () => writeFileSync(aside, data, { mode: 0o400 }));
    inDirectory(path, () => renameSync(aside, path));
  } catch (error) {
    rmSync(aside, { force: true });
    throw error;
  }
}

/** Makes the directory of `path` only where it turns out to be missing. */
function inDirectory(path: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    work();
  }
}

interface Stored {
  readonly path: string;
  readonly hash: string;
}

async function copyContent(stored: Stored, target: CopyTarget): Promise<CopyResult> {
  const size = await sizeOf(stored.path);
  if (size === undefined) return "missing";
  // Before a byte is copied: a list that says less than there is must not get around the limits.
  if (size !== target.size) {
    return (await hashFile(stored.path)) === stored.hash ? "other-size" : "damaged";
  }
  const isRight = size <= smallBytes ? copySmall(stored, target) : await copyLarge(stored, target);
  return isRight ? "copied" : "damaged";
}

function copySmall({ path, hash }: Stored, { file, mode }: CopyTarget): boolean {
  const data = readFileSync(path);
  if (sha256(data) !== hash) return false;
  writeFileSync(file, data, { mode, flag: "wx" });
  return true;
}

async function copyLarge(stored: Stored, { file, mode }: CopyTarget): Promise<boolean> {
  const hash = createHash("sha256");
  const from = await open(stored.path, "r");
  const to = await open(file, "wx", mode);
  try {
    const chunks = from.createReadStream({ autoClose: false, highWaterMark: smallBytes });
    for await (const chunk of chunks as AsyncIterable<Buffer>) {
      hash.update(chunk);
      await to.writeFile(chunk);
    }
  } finally {
    await from.close();
    await to.close();
  }
  return hash.digest("hex") === stored.hash;
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
