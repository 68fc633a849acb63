import { readFile, rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { errorCode } from "./connection.ts";
import type { Context } from "./context.ts";
import { fileUnreadable, fileUnwritable } from "./errors.ts";
import { readAll } from "./prompt.ts";

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  ENOTDIR: "part of its path is no directory",
  EISDIR: "it is a directory",
  EACCES: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EEXIST: "it is there already",
};

/** The text of a file that the command line names; `-` is standard input. */
export async function readText(context: Context, path: string): Promise<string> {
  if (path === "-") return await readAll(context);
  return (await readIfThere(resolve(context.cwd, path), [])) ?? "";
}

/** The text of a file; undefined where there is none, which some callers find out by further codes. */
export async function readIfThere(
  file: string,
  missing: readonly string[] = ["ENOENT"],
): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    if (missing.includes(errorCode(cause) ?? "")) return undefined;
    throw unreadable(file, cause);
  }
}

/** Makes or replaces a file; without text, removes it. */
export async function writeText(
  file: string,
  text: string | undefined,
  options: { readonly mode?: number; readonly flag?: "wx" } = {},
): Promise<void> {
  try {
    if (text === undefined) await rm(file);
    else await writeFile(file, text, options);
  } catch (cause) {
    throw fileUnwritable({ file, because: reasonOf(cause) }, { cause });
  }
}

/** The failure of a file or directory that could not be read. */
export function unreadable(file: string, cause: unknown): Error {
  return fileUnreadable({ file, because: reasonOf(cause) }, { cause });
}

function reasonOf(cause: unknown): string {
  const code = errorCode(cause);
  return code === undefined ? String(cause) : (reasons[code] ?? code);
}
