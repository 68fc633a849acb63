import { linkStaysInside, sourceLinkEscapes } from "@hop3/core";
import type { UploadEntry } from "@hop3/core/node";
import { uploadListWrong, uploadTooLarge } from "./errors.ts";

export interface UploadLimits {
  readonly maxBytes: number;
  readonly maxFiles: number;
}

/** Fails where a list of files is none of a tree: names that lead out of it, a file that is a directory too. */
export function checkEntries(entries: readonly UploadEntry[], limits: UploadLimits): void {
  const { maxFiles } = limits;
  if (entries.length > maxFiles) throw uploadTooLarge({ limit: maxFiles, unit: "files" });
  const files = new Set<string>();
  const directories = new Set<string>();
  for (const entry of entries) {
    const { path } = entry;
    checkPath(path);
    if ("link" in entry) checkLink(path, entry.link);
    if (files.has(path)) throw uploadListWrong({ reason: `${path} is in it twice` });
    files.add(path);
    addParents(directories, path);
  }
  for (const directory of directories) {
    if (!files.has(directory)) continue;
    throw uploadListWrong({ reason: `${directory} is a file and a directory` });
  }
  checkSizes(entries, limits);
}

function checkSizes(entries: readonly UploadEntry[], { maxBytes }: UploadLimits): void {
  const sizes = new Map<string, number>();
  let bytes = 0;
  for (const entry of entries) {
    if ("link" in entry) continue;
    const { hash, size, path } = entry;
    bytes += size;
    if (bytes > maxBytes) throw uploadTooLarge({ limit: maxBytes, unit: "bytes" });
    if ((sizes.get(hash) ?? size) !== size) {
      throw uploadListWrong({ reason: `${path} has a size that is not that of its hash` });
    }
    sizes.set(hash, size);
  }
}

function addParents(directories: Set<string>, path: string): void {
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
    const parent = path.slice(0, end);
    if (directories.has(parent)) return;
    directories.add(parent);
  }
}

function checkPath(path: string): void {
  const isText = path.isWellFormed() && !path.includes("\uFFFD") && !path.includes("\0");
  if (!isText) throw uploadListWrong({ reason: `the name ${JSON.stringify(path)} is not UTF-8` });
  for (const name of path.split("/")) {
    if (name === "" || name === "." || name === "..") {
      throw uploadListWrong({ reason: `${path} leads out of the tree, or is no plain path` });
    }
    if (Buffer.byteLength(name) > 255) {
      throw uploadListWrong({ reason: `the name ${path.slice(0, 60)}… is longer than 255 bytes` });
    }
  }
}

function checkLink(path: string, link: string): void {
  const isText = link.isWellFormed() && !link.includes("\0");
  if (!isText) throw uploadListWrong({ reason: `the target of the link ${path} is not UTF-8` });
  if (!linkStaysInside(path, link)) throw sourceLinkEscapes({ path, target: link });
}
