import type { BigIntStats } from "node:fs";
import { lstat, open, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import type { FileDifference } from "@hop3/core";

const chunk = 64 * 1024;

/** What differs between two trees as Nix sees them: names, bytes, targets of links, who may execute. In order of paths. */
export async function compareTrees(
  left: string,
  right: string,
): Promise<readonly FileDifference[]> {
  const found: FileDifference[] = [];
  await compareAt({ left, right, path: "", found });
  return found;
}

interface Pair {
  readonly left: string;
  readonly right: string;
  readonly path: string;
  readonly found: FileDifference[];
}

async function compareAt(pair: Pair): Promise<void> {
  const { left, right, path, found } = pair;
  const [a, b] = await Promise.all([describe(left), describe(right)]);
  if (a.type !== b.type) {
    found.push({ path, kind: "type" });
  } else if (a.type === "directory") {
    await compareDirectories(pair);
  } else if (a.type === "link") {
    if ((await readlink(left)) !== (await readlink(right))) found.push({ path, kind: "target" });
  } else {
    await compareFiles(pair, a, b);
  }
}

interface Entry {
  readonly type: "directory" | "link" | "file";
  readonly size: number;
  readonly executable: boolean;
}

async function describe(path: string): Promise<Entry> {
  const stats = await lstat(path, { bigint: true });
  return {
    type: typeOf(stats),
    size: Number(stats.size),
    executable: (stats.mode & 0o100n) !== 0n,
  };
}

function typeOf(stats: BigIntStats): Entry["type"] {
  if (stats.isDirectory()) return "directory";
  return stats.isSymbolicLink() ? "link" : "file";
}

async function compareDirectories({ left, right, path, found }: Pair): Promise<void> {
  const [a, b] = await Promise.all([readdir(left), readdir(right)]);
  const inLeft = new Set(a);
  const inRight = new Set(b);
  for (const name of [...new Set([...a, ...b])].sort()) {
    const below = path === "" ? name : `${path}/${name}`;
    if (!inRight.has(name)) found.push({ path: below, kind: "missing" });
    else if (!inLeft.has(name)) found.push({ path: below, kind: "added" });
    else await compareAt({ left: join(left, name), right: join(right, name), path: below, found });
  }
}

async function compareFiles({ left, right, path, found }: Pair, a: Entry, b: Entry): Promise<void> {
  const offset = await firstDifference(left, right);
  if (offset !== undefined) {
    const sizes: [number, number] = [a.size, b.size];
    found.push({ path, kind: a.size === b.size ? "bytes" : "size", offset, sizes });
  } else if (a.executable !== b.executable) {
    found.push({ path, kind: "mode" });
  }
}

async function firstDifference(left: string, right: string): Promise<number | undefined> {
  const files = [await open(left), await open(right)] as const;
  const buffers = [Buffer.alloc(chunk), Buffer.alloc(chunk)] as const;
  try {
    for (let at = 0; ; at += chunk) {
      const [a, b] = await Promise.all([
        files[0].read(buffers[0], 0, chunk, at),
        files[1].read(buffers[1], 0, chunk, at),
      ]);
      const length = Math.min(a.bytesRead, b.bytesRead);
      const same = sameBytes(buffers, length);
      if (same < length || a.bytesRead !== b.bytesRead) return at + same;
      if (length < chunk) return undefined;
    }
  } finally {
    await Promise.all(files.map((file) => file.close()));
  }
}

/** How many bytes from the start are equal. */
function sameBytes([a, b]: readonly [Buffer, Buffer], length: number): number {
  if (a.compare(b, 0, length, 0, length) === 0) return length;
  let at = 0;
  while (a[at] === b[at]) at += 1;
  return at;
}
