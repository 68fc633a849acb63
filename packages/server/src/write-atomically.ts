import { chmod, rename, writeFile } from "node:fs/promises";

/** Whole or not at all, readable by the owner alone: written aside, then renamed over what was there. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const aside = `${path}.new`;
  await writeFile(aside, text, { mode: 0o600 });
  // The mode above counts for a new file only; one may be left from a write that was cut off.
  await chmod(aside, 0o600);
  await rename(aside, path);
}
