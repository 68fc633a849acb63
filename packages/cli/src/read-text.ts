import { readFile } from "node:fs/promises";
import { resolveFrom } from "./config-file.ts";
import { errorCode } from "./connection.ts";
import type { Context } from "./context.ts";
import { fileUnreadable } from "./errors.ts";
import { readAll } from "./prompt.ts";

/** The text of a file that the command line names; `-` is standard input. */
export async function readText(context: Context, path: string): Promise<string> {
  if (path === "-") return await readAll(context);
  const file = resolveFrom(context, path);
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw fileUnreadable({ file, because: errorCode(cause) ?? String(cause) }, { cause });
  }
}
