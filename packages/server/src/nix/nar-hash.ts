import { createHash, type Hash } from "node:crypto";
import { createReadStream, type Dirent, readFileSync, type Stats } from "node:fs";
import { lstat, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { defineError, ExitCode } from "@hop3/core";

export const cannotHash = defineError<{ path: string; kind: string }>({
  code: "NIX_PATH_UNSUPPORTED",
  exitCode: ExitCode.failure,
  status: 422,
  message: ({ path, kind }) => `${path} is ${kind}, which the Nix store cannot hold`,
  hint: ({ path }) =>
    `Remove ${path}, or name it in .hop3ignore: only files, directories and links can be stored`,
});

export interface NarHashOptions {
  /** Decides for each path below `dir` (with `/`, no leading one); a directory left out takes its contents along. */
  readonly include?: (path: string, kind: "directory" | "file" | "link") => boolean;
}

/** The hash Nix computes for this file or directory (`nix hash path --sri`), without starting Nix. */
export async function narHash(dir: string, options: NarHashOptions = {}): Promise<string> {
  const hash = createHash("sha256");
  text(hash, "nix-archive-1");
  await writeNode({ hash, root: dir, include: options.include ?? (() => true) }, "");
  return `sha256-${hash.digest("base64")}`;
}

interface Walk {
  readonly hash: Hash;
  readonly root: string;
  readonly include: NonNullable<NarHashOptions["include"]>;
}

async function writeNode(walk: Walk, path: string): Promise<void> {
  const full = join(walk.root, path);
  const stats = await lstat(full);
  text(walk.hash, "(", "type");
  if (stats.isSymbolicLink()) {
    text(walk.hash, "symlink", "target");
    bytes(walk.hash, await readlink(full, "buffer"));
  } else if (stats.isDirectory()) {
    await writeDirectory(walk, path);
  } else if (stats.isFile()) {
    await writeFile(walk.hash, full, stats);
  } else {
    throw cannotHash({ path: full, kind: "a socket, pipe or device" });
  }
  text(walk.hash, ")");
}

async function writeDirectory(walk: Walk, path: string): Promise<void> {
  text(walk.hash, "directory");
  const entries = await readdir(join(walk.root, path), { withFileTypes: true });
  for (const entry of entries.sort(byBytes)) {
    const inner = path === "" ? entry.name : `${path}/${entry.name}`;
    if (!walk.include(inner, kindOf(entry))) continue;
    text(walk.hash, "entry", "(", "name", entry.name, "node");
    await writeNode(walk, inner);
    text(walk.hash, ")");
  }
}

/** Streams the file, and fails where it changes its length meanwhile: the hash would belong to no state of it. */
async function writeFile(hash: Hash, path: string, stats: Stats): Promise<void> {
  text(hash, "regular");
  if ((stats.mode & 0o100) !== 0) text(hash, "executable", "");
  text(hash, "contents");
  number(hash, stats.size);
  let length = 0;
  for await (const chunk of contents(path, stats)) {
    length += chunk.length;
    hash.update(chunk);
  }
  if (length !== stats.size)
    throw cannotHash({ path, kind: "a file that changes while it is read" });
  pad(hash, length);
}

/** A stream costs more than most files of a Source take to read; between two of them others have a turn. */
async function* contents(path: string, { size }: Stats): AsyncGenerator<Buffer> {
  if (size <= 64 * 1024) yield readFileSync(path);
  else yield* createReadStream(path) as AsyncIterable<Buffer>;
}

function kindOf(entry: Dirent): "directory" | "file" | "link" {
  if (entry.isDirectory()) return "directory";
  return entry.isSymbolicLink() ? "link" : "file";
}

/** Nix sorts names as bytes; JavaScript's own order (UTF-16 units) differs beyond U+FFFF. */
function byBytes(a: Dirent, b: Dirent): number {
  return Buffer.compare(Buffer.from(a.name), Buffer.from(b.name));
}

function text(hash: Hash, ...parts: readonly string[]): void {
  for (const part of parts) bytes(hash, Buffer.from(part));
}

function bytes(hash: Hash, data: Buffer): void {
  number(hash, data.length);
  hash.update(data);
  pad(hash, data.length);
}

function number(hash: Hash, value: number): void {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt(value));
  hash.update(buffer);
}

function pad(hash: Hash, length: number): void {
  const missing = (8 - (length % 8)) % 8;
  if (missing > 0) hash.update(Buffer.alloc(missing));
}
