import { join, resolve } from "node:path";
import type { LoadedConfig } from "@hop3/core";
import type { Context } from "./context.ts";
import { readIfThere } from "./files.ts";

/** A path of the command line, from where the user stands. */
export function resolveFrom(context: Pick<Context, "cwd">, path: string): string {
  return resolve(context.cwd, path);
}

/** The hop3.toml of a directory; undefined where there is none. */
export async function readConfigFile(directory: string): Promise<LoadedConfig | undefined> {
  // A directory that is not there is for whoever walks it to report.
  const text = await readIfThere(join(directory, "hop3.toml"), ["ENOENT", "ENOTDIR"]);
  if (text === undefined) return undefined;
  // The whole core takes longer to load than most commands take to run.
  const { loadConfig } = await import("@hop3/core/config");
  return loadConfig(text);
}
