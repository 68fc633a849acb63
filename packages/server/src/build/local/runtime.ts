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

interface Programs extends Pick<RuntimeConfig, "path_prepend" | "working_dir"> {
  readonly workers: Readonly<Record<string, { readonly command: Command }>>;
}

/** A command that cannot start fails here, with the programs that are there, and not when the Release starts. */
export async function requirePrograms({
  workers,
  path_prepend,
  working_dir,
}: Programs): Promise<void> {
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

/** What bash itself knows as the first word of a command; whatever it has besides begins with another character. */
const shellWords: ReadonlySet<string> = new Set(
  [
    ". alias bg bind break builtin caller cd command compgen complete compopt continue declare dirs disown echo enable",
    "eval exec exit export false fc fg getopts hash help history jobs kill let local logout mapfile popd printf pushd",
    "pwd read readarray readonly return set shift shopt source suspend test times trap true type typeset ulimit umask",
    "unalias unset wait if for while until case select function time coproc",
  ].flatMap((line) => line.split(" ")),
);
