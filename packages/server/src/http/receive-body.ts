import { createWriteStream } from "node:fs";
import { rename } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { partOf } from "../deploy/receive.ts";
import { uploadBroken, uploadTooLarge } from "../upload/errors.ts";

/** Writes the body aside and renames it when it is whole: a file of the final name is always complete. */
export async function receiveBody(
  body: ReadableStream | null,
  archive: string,
  limit: number,
): Promise<void> {
  let received = 0;
  async function* limited(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      received += chunk.length;
      if (received > limit) throw uploadTooLarge({ limit, unit: "bytes" });
      yield chunk;
    }
  }
  const part = partOf(archive);
  await pipeline(
    body === null ? Readable.from([]) : Readable.fromWeb(body as never),
    limited,
    createWriteStream(part, { mode: 0o600 }),
  );
  if (received === 0) throw uploadBroken({ reason: "it is empty" });
  await rename(part, archive);
}
