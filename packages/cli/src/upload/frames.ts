import { createReadStream, readFileSync } from "node:fs";
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
const chunkBytes = 256 * 1024;

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
  let together: Buffer[] = [];
  let bytes = 0;
  for (const piece of batch) {
    const { file, offset, length } = piece;
    together.push(encodeUploadHeader({ hash: file.hash, offset, length }));
    for await (const chunk of readPiece(piece)) {
      together.push(chunk);
      bytes += chunk.length;
      // Each chunk costs its way through the streams, however small it is.
      if (bytes < chunkBytes) continue;
      events.onBytes(bytes);
      yield Buffer.concat(together);
      together = [];
      bytes = 0;
    }
    if (offset + length === file.size) events.onFile();
  }
  events.onBytes(bytes);
  yield Buffer.concat(together);
}

/** Exactly the bytes that the header announces. */
async function* readPiece(piece: Piece): AsyncGenerator<Buffer> {
  const { path } = piece.file;
  let length = 0;
  try {
    for await (const chunk of openPiece(piece)) {
      length += chunk.length;
      yield chunk;
    }
  } catch (cause) {
    throw sourceUnreadable({ path, reason: errorCode(cause) ?? String(cause) }, { cause });
  }
  if (length !== piece.length) throw sourceUnreadable({ path, reason: changing });
}

function openPiece({ file, offset, length }: Piece): Iterable<Buffer> | AsyncIterable<Buffer> {
  if (length === 0) return [];
  // A stream costs more than most files take to read.
  if (file.size <= uncutBytes) return [readFileSync(file.absolute)];
  const range = { start: offset, end: offset + length - 1, highWaterMark: chunkBytes };
  return createReadStream(file.absolute, range) as AsyncIterable<Buffer>;
}
