import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { encodeUploadHeader, sourceUnreadable } from "@hop3/core/source";
import { errorCode } from "../connection.ts";
import { changing } from "./hash-source.ts";

/** A file that the server lacks, or the rest of one. */
export interface WantedFile {
  readonly path: string;
  readonly absolute: string;
  readonly hash: string;
  readonly size: number;
  /** How much of it has arrived. */
  readonly arrived: number;
}

/** A piece of a file; more than one only where the file is large. */
export interface Piece {
  readonly file: WantedFile;
  readonly offset: number;
  readonly length: number;
}

/** One request: little enough that what a broken connection loses is soon sent again. */
const requestBytes = 16 * 1024 * 1024;
/** What is no larger is never cut, so that the server can check it as it comes. */
const uncutBytes = 1024 * 1024;
const requestPieces = 4_000;

/** Puts small files together and takes large ones apart: each batch becomes one request. */
export function* batchPieces(files: readonly WantedFile[]): Generator<readonly Piece[]> {
  let batch: Piece[] = [];
  let room = requestBytes;
  for (const file of files) {
    let offset = file.arrived;
    do {
      const rest = file.size - offset;
      const isFull = batch.length === requestPieces || room === 0;
      if (batch.length > 0 && (isFull || (file.size <= uncutBytes && rest > room))) {
        yield batch;
        batch = [];
        room = requestBytes;
      }
      const length = Math.min(rest, room);
      batch.push({ file, offset, length });
      offset += length;
      room -= length;
    } while (offset < file.size);
  }
  if (batch.length > 0) yield batch;
}

export interface FrameEvents {
  readonly onBytes: (count: number) => void;
  readonly onFile: () => void;
}

/** The batch as the server reads it. */
export function packPieces(batch: readonly Piece[], events: FrameEvents): Readable {
  return Readable.from(chunksOf(batch, events), { objectMode: false });
}

async function* chunksOf(batch: readonly Piece[], events: FrameEvents): AsyncGenerator<Buffer> {
  for (const { file, offset, length } of batch) {
    yield encodeUploadHeader({ hash: file.hash, offset, length });
    let sent = 0;
    for await (const chunk of readPiece({ file, offset, length })) {
      sent += chunk.length;
      events.onBytes(chunk.length);
      yield chunk;
    }
    if (sent !== length) throw sourceUnreadable({ path: file.path, reason: changing });
    if (offset + length === file.size) events.onFile();
  }
}

async function* readPiece({ file, offset, length }: Piece): AsyncGenerator<Buffer> {
  try {
    if (length === 0) return;
    // A stream costs more than most files take to read.
    if (file.size <= uncutBytes) return yield await readFile(file.absolute);
    const range = { start: offset, end: offset + length - 1, highWaterMark: 256 * 1024 };
    yield* createReadStream(file.absolute, range) as AsyncIterable<Buffer>;
  } catch (cause) {
    const { path } = file;
    throw sourceUnreadable({ path, reason: errorCode(cause) ?? String(cause) }, { cause });
  }
}
