import { open } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import type { Piece } from "./frames.ts";

const sampleBytes = 64 * 1024;
const worthRatio = 0.9;

/** Pictures and archives do not get smaller, and zipping is slower than many lines: the largest file speaks for all. */
export async function isWorthZipping(batch: readonly Piece[]): Promise<boolean> {
  const [first, ...others] = batch;
  if (first === undefined) return false;
  const largest = others.reduce((most, each) => (each.length > most.length ? each : most), first);
  const sample = await readSample(largest).catch(() => Buffer.alloc(0));
  return sample.length > 0 && gzipSync(sample, { level: 1 }).length < sample.length * worthRatio;
}

async function readSample({ file, offset, length }: Piece): Promise<Buffer> {
  const handle = await open(file.absolute, "r");
  try {
    const size = Math.min(length, sampleBytes);
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(size), 0, size, offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
