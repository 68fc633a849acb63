import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { Hop3Error } from "@hop3/core";
import { uploadBroken, uploadTooLarge } from "./errors.ts";

/** A request's body, unzipped where it says so, and never more of it than `limit`. */
export async function* decodeBody(
  body: ReadableStream | null,
  encoding: string | undefined,
  limit: number,
): AsyncGenerator<Buffer> {
  let count = 0;
  try {
    for await (const chunk of openBody(body, encoding)) {
      count += chunk.length;
      if (count > limit) throw uploadTooLarge({ limit, unit: "bytes in one request" });
      yield chunk;
    }
  } catch (error) {
    if (error instanceof Hop3Error) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw uploadBroken({ reason: reason.slice(0, 500) }, { cause: error });
  }
}

function openBody(
  body: ReadableStream | null,
  encoding: string | undefined,
): AsyncIterable<Buffer> {
  const raw = body === null ? Readable.from([]) : Readable.fromWeb(body as never);
  if (encoding === undefined || encoding === "identity") return raw;
  if (encoding !== "gzip") throw uploadBroken({ reason: `it is encoded as ${encoding}` });
  const unzipped = createGunzip();
  raw.once("error", (error) => unzipped.destroy(error));
  unzipped.once("close", () => raw.destroy());
  return raw.pipe(unzipped);
}

/** Lines of text, each without its end. */
export async function readLines(chunks: AsyncIterable<Buffer>): Promise<string[]> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  const text = Buffer.concat(all).toString("utf8");
  return text.split("\n").filter((line) => line !== "");
}
