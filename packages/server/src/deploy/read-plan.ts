import { rm } from "node:fs/promises";
import { join, posix } from "node:path";
import {
  checkLockfiles,
  type DeploySettings,
  deploySettings,
  generatePlanned,
  Hop3Error,
  isError,
  type LoadedConfig,
  loadConfig,
  makePlan,
  makeSourceFilter,
  noConfig,
  type Outside,
  type Plan,
  type PlanPolicy,
  readPlanFiles,
} from "@hop3/core";
import { digest, makeDirectoryTree, type SourceEntry, walkSource } from "@hop3/core/node";
import type { BuildOverrides, Source } from "@hop3/core/plugin";
import { archiveUnsafe } from "../nix/errors.ts";
import type { ServerSettings } from "../settings.ts";
import { appPathMissing } from "./errors.ts";
import { explainGenerated } from "./explain-generated.ts";
import type { Platform } from "./platform.ts";
import { makeSource, type ReceiveRequest } from "./receive.ts";

/** What a tree says of itself: nothing of it depends on the App that it becomes, but the name. */
export interface ReadPlan {
  readonly source: Source;
  readonly plan: Plan;
  readonly wanted: DeploySettings;
  readonly overrides: BuildOverrides;
  /** Writes the expression where the Plan names a template. */
  generate(outside: Outside): Promise<string>;
  /** Points a failure of the build to the line of hop3.toml that it comes from, where there is one. */
  explain(error: unknown): unknown;
}

/** Reads the app's own files, settles which of them are the Source, and makes the Plan. */
export async function readPlan(
  { settings, parts }: Platform,
  { app, receive }: { readonly app: string; readonly receive: ReceiveRequest },
  unpacked: readonly SourceEntry[],
): Promise<ReadPlan> {
  const { below } = receive;
  const own = below === undefined ? unpacked : entriesBelow(unpacked, below);
  const appDir = below === undefined ? receive.dir : join(receive.dir, below);
  const loaded = await readConfigFile(own);
  const { build } = loaded.config;
  const entries = await dropIgnored(appDir, build?.ignore ?? [], own);
  const allowed = (build?.["allow-secrets"] ?? []).map((path) => posix.join(below ?? "", path));
  const source = await makeSource(receive, without(unpacked, own, entries), allowed);
  const tree = makeDirectoryTree(entries);
  const files = await readPlanFiles(tree);
  const { procfile, appJson } = files;
  const policy = planPolicy(settings);
  const plan = makePlan({ tree, loaded, ...files, policy, parts });
  await checkLockfiles(plan, { tree, loaded, digest });
  const wanted = deploySettings(loaded.config, procfile, appJson?.config);
  let text: string | undefined;
  return {
    source,
    plan,
    wanted,
    overrides: { workers: wanted.workers, beforeRun: wanted.beforeRun },
    async generate(outside) {
      text = await generatePlanned(plan, {
        tree,
        loaded,
        procfile,
        app,
        outside,
        templates: parts.templates,
      });
      return text;
    },
    explain: (error) => explainGenerated({ plan, loaded, text }, explain(loaded, error)),
  };
}

function planPolicy({ policy }: ServerSettings): PlanPolicy {
  return {
    allowImpure: policy["allow-impure"],
    isSandboxed: policy.sandbox,
    requireTier: policy["require-tier"],
  };
}

/** The files of one directory of a repository, with paths from there. */
function entriesBelow(entries: readonly SourceEntry[], below: string): readonly SourceEntry[] {
  const prefix = `${below}/`;
  const found = entries
    .filter(({ path }) => path.startsWith(prefix))
    .map((entry) => ({ ...entry, path: entry.path.slice(prefix.length) }));
  if (found.length === 0) throw appPathMissing({ path: below });
  return found;
}

/** All of the repository but what the app's own hop3.toml leaves out of it. */
function without(
  all: readonly SourceEntry[],
  own: readonly SourceEntry[],
  kept: readonly SourceEntry[],
): readonly SourceEntry[] {
  const keptFiles = new Set(kept.map(({ absolute }) => absolute));
  const dropped = own.filter(({ absolute }) => !keptFiles.has(absolute));
  const droppedFiles = new Set(dropped.map(({ absolute }) => absolute));
  return all.filter(({ absolute }) => !droppedFiles.has(absolute));
}

function explain(loaded: LoadedConfig, error: unknown): unknown {
  const place = loaded.placeOf(["nix", "url"]);
  if (place === undefined || !isError(error, archiveUnsafe)) return error;
  return new Hop3Error({ ...error.failure, place }, { cause: error });
}

async function readConfigFile(entries: readonly SourceEntry[]): Promise<LoadedConfig> {
  const file = "hop3.toml";
  const tree = makeDirectoryTree(entries.filter(({ path }) => path === file));
  return tree.has(file) ? loadConfig(await tree.readText(file)) : noConfig();
}

/** `[build] ignore` is known only now that the file is there. */
async function dropIgnored(
  dir: string,
  globs: readonly string[],
  entries: readonly SourceEntry[],
): Promise<readonly SourceEntry[]> {
  if (globs.length === 0) return entries;
  const kept: SourceEntry[] = [];
  const dropped: string[] = [];
  const options = { onDropped: (path: string) => dropped.push(path) };
  const walk = walkSource(dir, makeSourceFilter({ buildIgnore: globs }), options);
  for await (const entry of walk) kept.push(entry);
  for (const path of dropped) await rm(join(dir, path), { recursive: true, force: true });
  return kept;
}
