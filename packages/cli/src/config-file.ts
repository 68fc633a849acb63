import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { LoadedConfig } from "@hop3/core";
import { errorCode } from "./connection.ts";
import type { Context } from "./context.ts";
import { fileUnreadable } from "./errors.ts";

/** A path of the command line, from where the user stands. */
export function resolveFrom(context: Pick<Context, "cwd">, path: string): string {
  return resolve(context.cwd, path);
}

/** The hop3.toml of a directory; undefined where there is none. */
export async function readConfigFile(directory: string): Promise<LoadedConfig | undefined> {
  const file = join(directory, "hop3.toml");
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    const code = errorCode(cause);
    // A directory that is not there is for whoever walks it to report.
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw fileUnreadable({ file, because: code ?? String(cause) }, { cause });
  }
  // The whole core takes longer to load than most commands take to run.
  const { loadConfig } = await import("@hop3/core/config");
  return loadConfig(text);
}
