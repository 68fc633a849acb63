import { join } from "node:path";
import { type LoadedConfig, loadConfig, noConfig } from "../config/load.ts";
import { readAppJson } from "../convert/app-json/read.ts";
import type { Conversion } from "../convert/conversion.ts";
import { makeSourceFilter } from "../source/filter.ts";
import { emptyProcfile, type Procfile, parseProcfile } from "../source/procfile.ts";
import { sourceSecret } from "../source/secret-scan.ts";
import { sourceEmpty } from "../source/source-errors.ts";
import type { SourceTree } from "../source/tree.ts";
import { makeDirectoryTree } from "./directory-tree.ts";
import { readOptional } from "./read-optional.ts";
import { scanSource } from "./scan-source.ts";
import { requireDirectory, type SourceEntry, walkSource } from "./walk-source.ts";

/** A directory as a deploy sees it: filtered, free of secrets, its configuration read. */
export interface OpenSource {
  readonly directory: string;
  readonly entries: readonly SourceEntry[];
  readonly tree: SourceTree;
  readonly loaded: LoadedConfig;
  readonly procfile: Procfile;
  readonly appJson: Conversion | undefined;
  /** What the filter left out, with the reason. */
  readonly dropped: readonly { readonly path: string; readonly reason: string }[];
  readonly warnings: readonly string[];
}

/** Opens a directory for a deploy or a plan; fails with what is wrong with it. */
export async function openSource(directory: string): Promise<OpenSource> {
  await requireDirectory(directory);
  const loaded = await readConfig(directory);
  const build = loaded.config.build ?? {};
  const dropped: { path: string; reason: string }[] = [];
  const warnings: string[] = [];
  const entries: SourceEntry[] = [];
  const filter = makeSourceFilter({ buildIgnore: build.ignore ?? [] });
  const walk = walkSource(directory, filter, {
    onDropped: (path, reason) => dropped.push({ path, reason }),
    onWarning: (message) => warnings.push(message),
  });
  for await (const entry of walk) entries.push(entry);
  if (entries.length === 0)
    throw sourceEmpty({ directory, dropped: dropped.map(({ path }) => path) });
  const findings = await scanSource(entries, build["allow-secrets"]);
  if (findings.length > 0) throw sourceSecret({ findings });
  const tree = makeDirectoryTree(entries);
  const procfile = tree.has("Procfile")
    ? parseProcfile(await tree.readText("Procfile"))
    : emptyProcfile;
  const appJson = await readAppJson(tree);
  return { directory, entries, tree, loaded, procfile, appJson, dropped, warnings };
}

async function readConfig(directory: string): Promise<LoadedConfig> {
  const text = await readOptional(join(directory, "hop3.toml"), "hop3.toml");
  return text === undefined ? noConfig() : loadConfig(text);
}
