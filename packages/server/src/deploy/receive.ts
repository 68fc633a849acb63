import { createReadStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { Hop3Error, makeSourceFilter, sourceSecret } from "@hop3/core";
import { type SourceEntry, scanSource, walkSource } from "@hop3/core/node";
import { extract, type ReadEntry } from "tar";
import type { Source } from "../build/builder.ts";
import { narHash } from "../nix/nar-hash.ts";
import { uploadBroken, uploadTooLarge } from "./errors.ts";

export interface ReceiveLimits {
  readonly maxBytes: number;
  readonly maxFiles: number;
}

export interface ReceiveRequest {
  readonly archive: string;
  /** Where the tree is laid out; replaced if it exists. */
  readonly dir: string;
  readonly limits: ReceiveLimits;
  readonly revision?: string | undefined;
  readonly onWarning: (text: string) => void;
}

export interface Received {
  readonly source: Source;
  readonly entries: readonly SourceEntry[];
}

/** Unpacks an upload and applies the filter again: the sender is not trusted to have done it. */
export async function unpack(request: ReceiveRequest): Promise<readonly SourceEntry[]> {
  await rm(request.dir, { recursive: true, force: true });
  await mkdir(request.dir, { recursive: true, mode: 0o700 });
  await extractInto(request);
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
  return { dir: request.dir, hash: await narHash(request.dir), revision: request.revision };
}

async function extractInto({ archive, dir, limits }: ReceiveRequest): Promise<void> {
  let bytes = 0;
  let files = 0;
  const refuse = (error: Error): never => {
    throw error;
  };
  const count = (_path: string, entry: unknown): boolean => {
    files += 1;
    bytes += (entry as ReadEntry).size ?? 0;
    if (files > limits.maxFiles) refuse(uploadTooLarge({ limit: limits.maxFiles, unit: "files" }));
    if (bytes > limits.maxBytes) refuse(uploadTooLarge({ limit: limits.maxBytes, unit: "bytes" }));
    return true;
  };
  try {
    await pipeline(
      createReadStream(archive),
      extract({ cwd: dir, strict: true, filter: count, preserveOwner: false, umask: 0o022 }),
    );
  } catch (error) {
    if (error instanceof Hop3Error) throw error;
    throw uploadBroken({ reason: error instanceof Error ? error.message : String(error) });
  }
}

/** Where the upload of a Deployment lies; `.part` until it has arrived whole. */
export function uploadPaths(
  uploads: string,
  deployment: number,
): { archive: string; tree: string; dir: string } {
  const dir = join(uploads, String(deployment));
  return { dir, archive: join(dir, "source.tar.gz"), tree: join(dir, "source") };
}

export function partOf(archive: string): string {
  return join(dirname(archive), "upload.part");
}
