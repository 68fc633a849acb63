import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { run } from "../../proc/run.ts";
import { packagesLockInvalid, packagesUnsupportedHost } from "../errors.ts";
import type { IndexTarget } from "./apt.ts";
import { lockDirectory } from "./lock.ts";

/** Where the locked bytes can be had. Read from the machine's own settings; no part of the pin. */
export const Sources = z.strictObject({ mirrors: z.array(z.url()), npmRegistry: z.url() });
export type Sources = z.infer<typeof Sources>;

const fileName = "sources.json";

/** Asks apt's targets and npm's settings for their addresses, in the order of `archives`. */
export async function findSources(
  targets: readonly IndexTarget[],
  archives: readonly string[],
): Promise<Sources> {
  const mirrors = archives.map((label) => {
    const address = targets.find((target) => target.label === label)?.repository ?? "";
    return address.endsWith("/") ? address : `${address}/`;
  });
  const npm = await run({ argv: ["npm", "config", "get", "registry"] });
  const npmRegistry = z.url().safeParse(npm.stdout.trim());
  if (!npmRegistry.success)
    throw packagesUnsupportedHost({ missing: "a working npm (npm config get registry)" });
  return { mirrors, npmRegistry: withoutUser(npmRegistry.data) };
}

/** A password in npm's own setting is for registries/, and stands in no file of ours. */
function withoutUser(address: string): string {
  const url = new URL(address);
  url.username = "";
  url.password = "";
  return url.href;
}

export async function writeSources(dir: string, sources: Sources): Promise<void> {
  await writeFile(join(dir, fileName), `${JSON.stringify(sources, null, 2)}\n`);
}

export async function readSources(homeDir: string): Promise<Sources> {
  const path = join(lockDirectory(homeDir), fileName);
  try {
    return Sources.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    throw packagesLockInvalid({ path, reason: "it names no mirrors" }, { cause: error });
  }
}
