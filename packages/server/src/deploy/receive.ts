import { createReadStream, existsSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import {
  Hop3Error,
  linkStaysInside,
  makeSourceFilter,
  sourceLinkEscapes,
  sourceSecret,
} from "@hop3/core";
import { type SourceEntry, scanSource, walkSource } from "@hop3/core/node";
import type { Source } from "@hop3/core/plugin";
import { extract, type ReadEntry } from "tar";
import { narHash } from "../nix/nar-hash.ts";
import { assemble } from "../upload/assemble.ts";
import { uploadBroken, uploadTooLarge } from "../upload/errors.ts";

export interface ReceiveLimits {
  readonly maxBytes: number;
  readonly maxFiles: number;
}

export interface ReceiveRequest {
  readonly archive: string;
  /** Where the App's contents are kept, for an upload that is a list of files instead of an archive. */
  readonly contents?: string | undefined;
  /** Where the tree is laid out; replaced if it exists. */
  readonly dir: string;
  readonly limits: ReceiveLimits;
  readonly revision?: string | undefined;
  /** The directory of the tree that is the app; the rest is its repository. */
  readonly below?: string | undefined;
  readonly onWarning: (text: string) => void;
}

/** Lays out an upload and applies the filter again: the sender is not trusted to have done it. */
export async function unpack(request: ReceiveRequest): Promise<readonly SourceEntry[]> {
  await rm(request.dir, { recursive: true, force: true });
  await mkdir(request.dir, { recursive: true, mode: 0o700 });
  await layOut(request);
  const entries: SourceEntry[] = [];
  const dropped: string[] = [];
  const walk = walkSource(request.dir, makeSourceFilter(), {
    onDropped: (path) => dropped.push(path),
    onWarning: request.onWarning,
  });
  for await (const entry of walk) entries.push(entry);
  for (const path of dropped) {
    request.onWarning(`Left out, though it was sent: ${path}`);
    await rm(join(request.dir, path), { recursive: true, force: true });
  }
  return entries;
}

/** The Source of an unpacked tree, unless something in it looks like a secret: the store is readable by all. */
export async function makeSource(
  request: ReceiveRequest,
  entries: readonly SourceEntry[],
  allowSecrets: readonly string[],
): Promise<Source> {
  const findings = await scanSource(entries, allowSecrets);
  if (findings.length > 0) throw sourceSecret({ findings });
  const { dir, revision, below } = request;
  return { dir, hash: await narHash(dir), revision, below };
}

async function layOut(request: ReceiveRequest): Promise<void> {
  const { archive, contents, dir, limits } = request;
  const id = contents && (await readFile(uploadNameBeside(archive), "utf8").catch(() => ""));
  if (contents === undefined || !id) return await extractInto(request);
  await assemble(contents, id, { dir, limits });
}

async function extractInto({ archive, dir, limits }: ReceiveRequest): Promise<void> {
  const gate = makeGate(limits);
  // Synchronous: when a fault is seen, nothing is on its way to the disk any more.
  const unpacker = extract({
    cwd: dir,
    sync: true,
    strict: true,
    filter: (_path, entry) => gate.admits(entry as ReadEntry),
    preserveOwner: false,
    umask: 0o022,
  });
  unpacker.on("error", (error: Error) => gate.refuse(uploadBroken({ reason: error.message })));
  // Types that the parser does not know, such as sparse files: their absence would be found out by the app.
  unpacker.on("ignoredEntry", (entry: ReadEntry) => gate.refuse(ofOtherType(entry)));
  let isOver = false;
  unpacker.on("eof", () => {
    isOver = true;
  });
  await readUnzipped(archive, gate, (chunk) => {
    // The time that the parser takes for zeros behind the end grows with their square.
    if (!isOver) unpacker.write(chunk);
  });
  unpacker.end();
  gate.check();
}

/** Unzips here and not in the parser, which would do it at once and let nobody else have a turn. */
async function readUnzipped(
  archive: string,
  gate: Gate,
  use: (chunk: Buffer) => void,
): Promise<void> {
  try {
    await pipeline(createReadStream(archive), createGunzip(), async (chunks) => {
      for await (const chunk of chunks as AsyncIterable<Buffer>) {
        gate.countBytes(chunk.length);
        gate.check();
        use(chunk);
        gate.check();
      }
    });
  } catch (error) {
    if (error instanceof Hop3Error || !(error instanceof Error)) throw error;
    throw uploadBroken({ reason: error.message.slice(0, 500) });
  }
}

interface Gate {
  admits(entry: ReadEntry): boolean;
  /** Bytes of the archive itself, unzipped: what is in it, and what is not even that. */
  countBytes(count: number): void;
  refuse(problem: Hop3Error): void;
  /** Throws the first reason to stop. */
  check(): void;
}

/** Judges the entries of an archive; what it does not admit is skipped, and the caller stops at the next check. */
function makeGate(limits: ReceiveLimits): Gate {
  let bytes = 0;
  let files = 0;
  let archived = 0;
  // A header and a name of any length for each file.
  const mostArchived = limits.maxBytes + limits.maxFiles * 4096 + 1024 * 1024;
  let problem: Hop3Error | undefined;
  const judge = (entry: ReadEntry): Hop3Error | undefined => {
    files += 1;
    bytes += entry.size ?? 0;
    if (files > limits.maxFiles) return uploadTooLarge({ limit: limits.maxFiles, unit: "files" });
    if (bytes > limits.maxBytes) return uploadTooLarge({ limit: limits.maxBytes, unit: "bytes" });
    return judgeEntry(entry);
  };
  const refuse: Gate["refuse"] = (error) => {
    problem ??= error;
  };
  return {
    refuse,
    countBytes(count) {
      archived += count;
      if (archived > mostArchived)
        refuse(uploadTooLarge({ limit: limits.maxBytes, unit: "bytes" }));
    },
    admits(entry) {
      const found = judge(entry);
      if (found !== undefined) refuse(found);
      return problem === undefined;
    },
    check() {
      if (problem !== undefined) throw problem;
    },
  };
}

const admittedTypes: ReadonlySet<string> = new Set([
  "File",
  "OldFile",
  "ContiguousFile",
  "Directory",
  "SymbolicLink",
  "Link",
]);

/** Why an entry must not be unpacked: it would touch something outside the tree, or is nothing that a tree holds. */
function judgeEntry({ path, type, linkpath = "" }: ReadEntry): Hop3Error | undefined {
  if (!admittedTypes.has(type)) return ofOtherType({ path });
  if (path.includes("\uFFFD")) {
    return uploadBroken({ reason: `the name ${path} is not UTF-8` });
  }
  if (path.split("/").some((name) => Buffer.byteLength(name) > 255)) {
    return uploadBroken({ reason: `the name ${path.slice(0, 60)}… is longer than 255 bytes` });
  }
  if (!linkStaysInside("", path)) {
    return uploadBroken({ reason: `${path} leads out of the tree` });
  }
  // A hard link names its target from the top of the tree, a symbolic one from where it is.
  const from = type === "Link" ? "" : path.replace(/^(?:\.\/)+/, "");
  const isLink = type === "Link" || type === "SymbolicLink";
  if (!isLink || linkStaysInside(from, linkpath)) return undefined;
  return sourceLinkEscapes({ path: from === "" ? path : from, target: linkpath });
}

function ofOtherType({ path }: Pick<ReadEntry, "path">): Hop3Error {
  return uploadBroken({ reason: `${path} is neither a file nor a directory nor a link` });
}

/** Where the upload of a Deployment lies; `.part` until it has arrived whole. */
export function uploadPaths(
  uploads: string,
  deployment: number,
): { archive: string; tree: string; dir: string; below: string; name: string } {
  const dir = join(uploads, String(deployment));
  const archive = join(dir, "source.tar.gz");
  const name = uploadNameBeside(archive);
  return { dir, archive, name, tree: join(dir, "source"), below: join(dir, "below") };
}

/** Names the upload whose files the Deployment takes, where no archive was sent. */
function uploadNameBeside(archive: string): string {
  return join(dirname(archive), "upload");
}

/** Whether all of a Deployment's tree has arrived. */
export function hasUpload(uploads: string, deployment: number): boolean {
  const { archive, name } = uploadPaths(uploads, deployment);
  return existsSync(archive) || existsSync(name);
}

export function partOf(archive: string): string {
  return join(dirname(archive), "upload.part");
}
