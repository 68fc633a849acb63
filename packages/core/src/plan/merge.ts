import type { Command, WorkerKind, WorkerSpec } from "../artifact/runtime-config.ts";
import { type ConfigFile, emptyConfig } from "../config/schema.ts";
import type { WorkerTable } from "../config/sections.ts";
import { configDefaults } from "../config/values.ts";
import { defineError, ExitCode } from "../errors.ts";
import type { Procfile } from "../source/procfile.ts";

export type ConfigOrigin = "hop3.toml" | "Procfile" | "app.json" | "default";

/** A value and the file that it came from. */
export interface Sourced<Value> {
  readonly value: Value;
  readonly origin: ConfigOrigin;
}

/** What a file says of a worker; what it leaves out comes from the next file, at last from hop3.nix. */
export type WorkerOverride = { readonly [Key in keyof WorkerSpec]?: WorkerSpec[Key] };

/** hop3.toml over Procfile over app.json over defaults, key by key. */
export interface MergedConfig {
  readonly workers: Readonly<Record<string, Sourced<WorkerOverride>>>;
  /** Absent where only hop3.nix may say. */
  readonly beforeRun: Sourced<readonly Command[]> | undefined;
  readonly staticPaths: Readonly<Record<string, Sourced<string>>>;
  /** Every other setting, as `section.key`. */
  readonly settings: Readonly<Record<string, Sourced<unknown>>>;
}

export const workerWithoutCommand = defineError<{ worker: string; known: readonly string[] }>({
  code: "WORKER_WITHOUT_COMMAND",
  exitCode: ExitCode.usage,
  status: 422,
  message: ({ worker }) => `the worker ${worker} has no command in hop3.toml, Procfile or hop3.nix`,
  hint: ({ worker, known }) =>
    `Add command = "…" to [run.workers.${worker}]${known.length === 0 ? "" : `, or name one that exists: ${known.join(", ")}`}`,
  place: () => ({ file: "hop3.toml" }),
});

/** Merges what the files of an app say, with the origin of each value. */
export function mergeConfig(
  config: ConfigFile,
  procfile: Procfile,
  appJson: ConfigFile = emptyConfig,
): MergedConfig {
  return {
    workers: mergeFileWorkers(config, procfile, appJson),
    beforeRun: mergeBeforeRun(config, procfile, appJson),
    staticPaths: mergeStatic(config, procfile),
    settings: {
      ...defaultSettings(),
      ...fileSettings(appJson, "app.json"),
      ...fileSettings(config, "hop3.toml"),
    },
  };
}

/** The workers of a Release: what the files say over what the build says, key by key. What each does is settled. */
export function mergeWorkers(
  base: Readonly<Record<string, WorkerSpec>>,
  overrides: Readonly<Record<string, WorkerOverride>>,
): Record<string, WorkerSpec> {
  const merged: Record<string, WorkerSpec> = {};
  for (const worker of new Set([...Object.keys(base), ...Object.keys(overrides)])) {
    const spec = { ...base[worker], ...overrides[worker] };
    const { command } = spec;
    if (command === undefined) throw workerWithoutCommand({ worker, known: Object.keys(base) });
    merged[worker] = { ...spec, command, kind: spec.kind ?? usualKind(worker, spec) };
  }
  return merged;
}

function usualKind(worker: string, { schedule }: WorkerOverride): WorkerKind {
  if (schedule !== undefined) return "cron";
  return worker === "web" ? "web" : "background";
}

function mergeFileWorkers(
  config: ConfigFile,
  procfile: Procfile,
  appJson: ConfigFile,
): Record<string, Sourced<WorkerOverride>> {
  const merged: Record<string, Sourced<WorkerOverride>> = {};
  for (const [name, worker] of Object.entries(appJson.run?.workers ?? {})) {
    merged[name] = { value: toOverride(worker), origin: "app.json" };
  }
  for (const [name, { command, kind, schedule }] of Object.entries(procfile.workers)) {
    const value = { ...merged[name]?.value, ...withoutGaps({ command, kind, schedule }) };
    merged[name] = { value, origin: "Procfile" };
  }
  const { start, workers = {} } = config.run ?? {};
  const written = start === undefined ? workers : { ...workers, web: start };
  for (const [name, worker] of Object.entries(written)) {
    const below = merged[name];
    const override = toOverride(worker);
    // Where a worker is only refined, its command still comes from the file below.
    const isRefined = override.command === undefined && below?.value.command !== undefined;
    const origin = isRefined ? below.origin : "hop3.toml";
    merged[name] = { value: { ...below?.value, ...override }, origin };
  }
  return merged;
}

function toOverride(worker: Command | WorkerTable): WorkerOverride {
  if (typeof worker === "string" || Array.isArray(worker)) return { command: worker };
  const { command, kind, schedule, instances } = worker;
  const { "stop-signal": stop_signal, "stop-timeout": stop_timeout } = worker;
  return withoutGaps({ command, kind, schedule, instances, stop_signal, stop_timeout });
}

function mergeBeforeRun(
  config: ConfigFile,
  procfile: Procfile,
  appJson: ConfigFile,
): Sourced<readonly Command[]> | undefined {
  const written = config.run?.["before-run"];
  if (written !== undefined) return { value: toList(written), origin: "hop3.toml" };
  if (procfile.release.length > 0) return { value: procfile.release, origin: "Procfile" };
  const below = appJson.run?.["before-run"];
  return below === undefined ? undefined : { value: toList(below), origin: "app.json" };
}

function toList(commands: string | readonly Command[]): readonly Command[] {
  return typeof commands === "string" ? [commands] : commands;
}

function mergeStatic(config: ConfigFile, procfile: Procfile): Record<string, Sourced<string>> {
  const merged: Record<string, Sourced<string>> = {};
  if (procfile.static !== undefined) merged["/"] = { value: procfile.static, origin: "Procfile" };
  for (const [prefix, directory] of Object.entries(config.run?.static ?? {})) {
    merged[prefix] = { value: directory, origin: "hop3.toml" };
  }
  return merged;
}

function defaultSettings(): Record<string, Sourced<unknown>> {
  const values = {
    "build.nix.file": configDefaults.nixFile,
    "build.nix.pure": configDefaults.pure,
    "build.nix.timeout": configDefaults.buildTimeout,
    "build.nix.max-silent-time": configDefaults.maxSilentTime,
    "run.start-timeout": configDefaults.startTimeout,
    "deploy.strategy": configDefaults.strategy,
    "deploy.drain-timeout": configDefaults.drainTimeout,
    "deploy.keep": configDefaults.keep,
  };
  const entries = Object.entries(values);
  return Object.fromEntries(entries.map(([key, value]) => [key, { value, origin: "default" }]));
}

/** Keys of [run] that the Plan shows in a place of their own. */
const shownElsewhere: ReadonlySet<string> = new Set([
  "run.start",
  "run.workers",
  "run.before-run",
  "run.static",
]);

function fileSettings(config: ConfigFile, origin: ConfigOrigin): Record<string, Sourced<unknown>> {
  const { nix: nixBuild, ...build } = config.build ?? {};
  const sections = { ...config, build, "build.nix": nixBuild };
  const settings: Record<string, Sourced<unknown>> = {};
  for (const [section, content] of Object.entries(sections)) {
    for (const [key, value] of flattenSection(section, content)) {
      if (!shownElsewhere.has(key)) settings[key] = { value, origin };
    }
  }
  return settings;
}

/** A list, such as [[addons]], is one value; a table is one value for each of its keys. */
function flattenSection(section: string, content: unknown): readonly [string, unknown][] {
  if (content === undefined) return [];
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    return [[section, content]];
  }
  return Object.entries(content).map(([key, value]) => [`${section}.${key}`, value]);
}

/** The same object without the keys that hold nothing, so that a spread does not erase what lies below. */
export function withoutGaps<T extends object>(
  value: T,
): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  const kept = Object.entries(value).filter(([, part]) => part !== undefined);
  // Object.fromEntries forgets which key had which type.
  return Object.fromEntries(kept) as { [Key in keyof T]?: Exclude<T[Key], undefined> };
}
