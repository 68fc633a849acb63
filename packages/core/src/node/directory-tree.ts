import { readFile } from "node:fs/promises";
import { sourceFileTooLarge } from "../source/source-errors.ts";
import { byPath, type SourceTree } from "../source/tree.ts";
import type { SourceEntry } from "./walk-source.ts";

/** Twice the largest lockfile that is read: the text of a file of the app stands in the server's memory. */
const mostMebibytes = 128;

/** A SourceTree of what `walkSource` kept of a directory. */
export function makeDirectoryTree(entries: readonly SourceEntry[]): SourceTree {
  const byName = new Map(entries.map((entry) => [entry.path, entry]));
  const listed = entries
    .map(({ path, size, mode, link }) => ({ path, size, executable: (mode & 0o100) !== 0, link }))
    .sort(byPath);
  return {
    paths: () => listed,
    has: (path) => byName.has(path),
    readText: async (path) => {
      const entry = byName.get(path);
      if (entry === undefined) throw new Error(`no file ${path} in this tree`);
      const mebibytes = Math.ceil(entry.size / 1024 ** 2);
      if (mebibytes > mostMebibytes) {
        throw sourceFileTooLarge({ path, mebibytes, most: mostMebibytes });
      }
      return await readFile(entry.absolute, "utf8");
    },
  };
}
