import { readFile } from "node:fs/promises";
import { sourceUnreadable } from "../source/source-errors.ts";

/** The text of a file, or undefined where there is none; any other trouble names the file as `shown`. */
export async function readOptional(file: string, shown: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
    if (code === "ENOENT") return undefined;
    throw sourceUnreadable({ path: shown, reason: code }, { cause });
  }
}
