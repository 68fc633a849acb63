import { createHash, randomUUID } from "node:crypto";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { mkdir, open, readdir, rename, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { silentMs } from "./streams.ts";

/** One content while it arrives in parts. */
export interface PartWriter {
  /** False where somebody else has gone on with it: then nothing was written. */
  write(chunk: Uint8Array): boolean;
  /** Lets go: what has arrived stays for whoever goes on. */
  pause(): void;
  /** Moves it to where it belongs; false where the bytes are not those of its hash, and then they are gone. */
  finish(): Promise<boolean>;
  /** Removes what has arrived. */
  discard(): void;
}

/** Somebody who writes to a part. */
interface Writer {
  writtenAt: number;
  pause(): void;
}

/** Parts that are being written to, by path: a second writer of the same content gets a file of its own. */
const writers = new Map<string, Writer>();

function isBusy(path: string): boolean {
  const writer = writers.get(path);
  return writer !== undefined && performance.now() - writer.writtenAt < silentMs;
}

/** `<hash>.<random>`: one name for each attempt to send the same content. */
async function idleParts(parts: string): Promise<readonly { path: string; hash: string }[]> {
  const names = await readdir(parts).catch(() => []);
  return names.flatMap((name) => {
    const hash = /^([0-9a-f]{64})\./.exec(name)?.[1];
    const path = join(parts, name);
    return hash === undefined || isBusy(path) ? [] : [{ path, hash }];
  });
}

/** Bytes of each content that has arrived in part and that nobody writes to now. */
export async function arrivedParts(parts: string): Promise<ReadonlyMap<string, number>> {
  const arrived = new Map<string, number>();
  for (const { path, hash } of await idleParts(parts)) {
    const size = await sizeOf(path);
    if (size > (arrived.get(hash) ?? 0)) arrived.set(hash, size);
  }
  return arrived;
}

export interface PartPlace {
  /** The directory of unfinished contents. */
  readonly parts: string;
  readonly hash: string;
  /** Where it goes when it is whole. */
  readonly target: string;
}

/** Goes on with a content at `offset`; undefined where that is not how much there is. */
export async function openPart(place: PartPlace, offset: number): Promise<PartWriter | undefined> {
  if (offset === 0) {
    await mkdir(place.parts, { recursive: true, mode: 0o700 });
    await dropShorter(place);
    const path = join(place.parts, `${place.hash}.${randomUUID()}`);
    return makePart(place, { path, descriptor: openSync(path, "wx", 0o400) });
  }
  for (const { path, hash } of await idleParts(place.parts)) {
    const isTheOne = hash === place.hash && (await sizeOf(path)) === offset;
    // Somebody else may have taken it while we looked.
    if (!isTheOne || isBusy(path)) continue;
    writers.get(path)?.pause();
    return makePart(place, { path, descriptor: openSync(path, "a") });
  }
  return undefined;
}

/** Of one content only the longest part is of use: whoever begins it again and again does not fill the disk. */
async function dropShorter({ parts, hash }: PartPlace): Promise<void> {
  const same = (await idleParts(parts)).filter((part) => part.hash === hash);
  const sized = await Promise.all(
    same.map(async ({ path }) => ({ path, size: await sizeOf(path) })),
  );
  for (const { path } of sized.sort((a, b) => b.size - a.size).slice(1)) {
    // Somebody may have gone on with it while we looked.
    if (isBusy(path)) continue;
    writers.get(path)?.pause();
    rmSync(path, { force: true });
  }
}

function makePart(
  { hash, target }: PartPlace,
  { path, descriptor }: { readonly path: string; readonly descriptor: number },
): PartWriter {
  const isMine = (): boolean => writers.get(path) === writer;
  const close = (): void => {
    if (!isMine()) return;
    writers.delete(path);
    closeSync(descriptor);
  };
  const writer: Writer = { writtenAt: performance.now(), pause: close };
  writers.set(path, writer);
  const discard = (): void => {
    if (isMine()) rmSync(path, { force: true });
    close();
  };
  return {
    write(chunk) {
      if (!isMine()) return false;
      for (let at = 0; at < chunk.length; ) at += writeSync(descriptor, chunk, at);
      writer.writtenAt = performance.now();
      return true;
    },
    pause: close,
    discard,
    async finish() {
      // From here on nobody else is let in, however long the hash takes.
      writer.writtenAt = Number.POSITIVE_INFINITY;
      try {
        if ((await hashFile(path)) !== hash) return false;
        await mkdir(dirname(target), { recursive: true, mode: 0o700 });
        await rename(path, target);
        return true;
      } finally {
        discard();
      }
    },
  };
}

export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  const file = await open(path, "r");
  try {
    for await (const chunk of file.createReadStream({ autoClose: false })) hash.update(chunk);
  } finally {
    await file.close();
  }
  return hash.digest("hex");
}

async function sizeOf(path: string): Promise<number> {
  return await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
