import { readFile } from "node:fs/promises";
import { errorCode } from "./connection.ts";
import { fileUnreadable } from "./errors.ts";

/** The text of a file; undefined where there is none, which some callers find out by further codes. */
export async function readIfThere(
  file: string,
  missing: readonly string[] = ["ENOENT"],
): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const code = errorCode(cause);
    if (code !== undefined && missing.includes(code)) return undefined;
    throw fileUnreadable({ file, because: code ?? String(cause) }, { cause });
  }
}
