import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

const directory = process.env.HOP3_DATA_DIR ?? ".";

/** Reads a JSON file of the data directory, or gives `fallback` where there is none yet. */
export async function readData(name, fallback) {
  try {
    return JSON.parse(await readFile(join(directory, name), "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return fallback;
    throw error;
  }
}

/** Replaces a JSON file as a whole: two Releases may run at one time while traffic moves. */
export async function writeData(name, value) {
  const path = join(directory, name);
  const part = `${path}.${process.pid}`;
  await writeFile(part, JSON.stringify(value));
  await rename(part, path);
}
