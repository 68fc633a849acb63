import { Hop3Error } from "@hop3/core";
import { catalogueInvalid, catalogueUnreachable } from "./catalogue-errors.ts";

const timeoutMs = 60_000;

/** What is at an address, and never more of it than `limit` bytes. */
export async function download(
  address: string,
  limit: number,
  signal: AbortSignal,
): Promise<Buffer> {
  try {
    const response = await fetch(address, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw catalogueUnreachable({ address, reason: `it answers ${response.status}` });
    }
    return await readLimited(address, response, limit);
  } catch (cause) {
    if (cause instanceof Hop3Error || !(cause instanceof Error)) throw cause;
    const inner = cause.cause instanceof Error ? cause.cause.message : cause.message;
    throw catalogueUnreachable({ address, reason: inner }, { cause });
  }
}

async function readLimited(address: string, response: Response, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > limit) {
      const reason = `is larger than the ${limit} bytes that it may have`;
      throw catalogueInvalid({ place: address, reason });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
