import { open } from "node:fs/promises";
import { type SecretFinding, scanText, secretScanLimit } from "../source/secret-scan.ts";
import type { SourceEntry } from "./walk-source.ts";

/** Files open at one time. */
const width = 32;

/** Looks for secrets in every file that is not allowed to hold one, in the order of the entries. */
export async function scanSource(
  entries: readonly SourceEntry[],
  allowed: readonly string[] = [],
): Promise<SecretFinding[]> {
  const files = entries.filter(
    (entry) => entry.link === undefined && !allowed.includes(entry.path),
  );
  const found: SecretFinding[][] = [];
  let next = 0;
  const scanNext = async (buffer: Buffer): Promise<void> => {
    for (let at = next++; at < files.length; at = next++) {
      const file = files[at];
      if (file !== undefined) found[at] = scanText(file.path, await readHead(file, buffer));
    }
  };
  const workers = Array.from({ length: Math.min(width, files.length) }, () =>
    scanNext(Buffer.allocUnsafe(64 * 1024)),
  );
  await Promise.all(workers);
  return found.flat();
}

/** Latin-1, since every pattern is ASCII and decoding is the larger part of the cost. */
async function readHead(file: SourceEntry, shared: Buffer): Promise<string> {
  const length = Math.min(file.size, secretScanLimit);
  if (length === 0) return "";
  const buffer = length <= shared.length ? shared : Buffer.allocUnsafe(length);
  const handle = await open(file.absolute, "r");
  try {
    const { bytesRead } = await handle.read(buffer, 0, length, 0);
    return buffer.toString("latin1", 0, bytesRead);
  } finally {
    await handle.close();
  }
}
