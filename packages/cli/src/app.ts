import { realpath } from "node:fs/promises";
import { basename } from "node:path";
import type { AppName } from "@hop3/core";
import { parseAppName, suggestAppName } from "@hop3/core/base";
import { readConfigFile } from "./config-file.ts";
import type { Context } from "./context.ts";
import type { Input } from "./input.ts";

/** The app a command is about: the one it names, else that of the directory the user stands in. */
export async function chooseApp(input: Input, context: Context): Promise<AppName> {
  return input.app() ?? (await appOfDirectory(context.cwd));
}

/** `[metadata] id` of the directory's hop3.toml, else what its own name makes. */
export async function appOfDirectory(directory: string): Promise<AppName> {
  const loaded = await readConfigFile(directory);
  const { id } = loaded?.config.metadata ?? {};
  if (id !== undefined) return parseAppName(id);
  return parseAppName(suggestAppName(basename(await realDirectory(directory))));
}

async function realDirectory(directory: string): Promise<string> {
  try {
    return await realpath(directory);
  } catch (cause) {
    const { sourceNotFound } = await import("@hop3/core/source");
    throw sourceNotFound({ directory }, { cause });
  }
}
