import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type Command, mergeWorkers, RuntimeConfig, withoutGaps } from "@hop3/core";
import type { ToolchainResult, ToolSet } from "@hop3/core/plugin";
import type { LocalBuild } from "./local-build.ts";
import { localCommandNotFound, localNoWorkers } from "./local-errors.ts";

/** Later toolchains win: the last is the App's own. */
export function mergeResults(results: readonly ToolchainResult[]): ToolchainResult {
  let merged: ToolchainResult = {};
  for (const result of results) {
    merged = {
      ...merged,
      ...withoutGaps(result),
      env_vars: { ...merged.env_vars, ...result.env_vars },
      path_prepend: [...(result.path_prepend ?? []), ...(merged.path_prepend ?? [])],
      static_paths: { ...merged.static_paths, ...result.static_paths },
      before_run: [...(merged.before_run ?? []), ...(result.before_run ?? [])],
    };
  }
  return merged;
}

interface RuntimeParts {
  readonly made: ToolchainResult;
  readonly tools: ToolSet;
  readonly appDir: string;
}

/** Everything that the run phase needs, settled now. */
export function makeRuntime({ io, local }: LocalBuild, parts: RuntimeParts): RuntimeConfig {
  const { made, tools, appDir } = parts;
  const workers = mergeWorkers({ ...made.workers }, io.overrides.workers);
  if (Object.keys(workers).length === 0) {
    throw localNoWorkers({ toolchains: local.toolchains.map(({ name }) => name) });
  }
  return RuntimeConfig.parse({
    schema: 1,
    env_vars: { ...certificatesOf(tools), ...made.env_vars },
    path_prepend: [...new Set([...(made.path_prepend ?? []), ...tools.path])],
    working_dir: made.working_dir ?? appDir,
    shell: `${tools.dir}/bin/bash`,
    workers,
    before_run: io.overrides.beforeRun ?? made.before_run ?? [],
    static_paths: made.static_paths ?? {},
    healthcheck: {},
    writable_tree: [],
    limits: {},
  });
}

function certificatesOf({ dir }: ToolSet): Record<string, string> {
  const file = `${dir}/etc/ssl/certs/ca-bundle.crt`;
  return existsSync(file) ? { SSL_CERT_FILE: file } : {};
}

/** A command that cannot start fails here, with the programs that are there, and not when the Release starts. */
export async function requirePrograms({
  workers,
  path_prepend,
  working_dir,
}: RuntimeConfig): Promise<void> {
  for (const [worker, { command }] of Object.entries(workers)) {
    const word = firstWord(command);
    if (word === undefined) continue;
    const places = word.includes("/")
      ? [join(working_dir, word), word]
      : path_prepend.map((dir) => join(dir, word));
    if (places.some((place) => existsSync(place))) continue;
    const lists = await Promise.all(path_prepend.map((dir) => readdir(dir).catch(() => [])));
    const available = [...new Set(lists.flat())].sort();
    throw localCommandNotFound({ owner: `the worker ${worker}`, word, available });
  }
}

/** The program of a simple command; nothing where a shell has to read it first. */
function firstWord(command: Command): string | undefined {
  if (typeof command !== "string") return command[0];
  const [word = ""] = command.trim().split(/\s+/);
  return /^[\w./+-]+$/.test(word) && !shellWords.has(word) ? word : undefined;
}

const shellWords: ReadonlySet<string> = new Set(
  "cd exec export if for while case set test source . eval trap umask ulimit true false echo printf".split(
    " ",
  ),
);
