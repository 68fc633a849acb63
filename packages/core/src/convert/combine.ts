import type { Command } from "../artifact/runtime-config.ts";
import type { NixSection } from "../config/nix-section.ts";
import type { ConfigFile } from "../config/schema.ts";
import type { WorkerTable } from "../config/sections.ts";
import type { AddonEntry } from "../config/service-sections.ts";
import type { Conversion, ConversionWarning } from "./conversion.ts";

/** `over`, completed key by key with what only `under` says. */
export function overlayConfig(over: ConfigFile, under: ConfigFile): ConfigFile {
  const merged: ConfigFile = { ...under, ...over };
  for (const section of ["metadata", "build", "nix", "limits", "healthcheck", "deploy"] as const) {
    if (over[section] !== undefined && under[section] !== undefined)
      Object.assign(merged, { [section]: { ...under[section], ...over[section] } });
  }
  if (over.env !== undefined && under.env !== undefined)
    merged.env = { ...under.env, ...over.env } as ConfigFile["env"];
  if (over.run !== undefined && under.run !== undefined)
    merged.run = overlayRun(over.run, under.run);
  if (over.addons !== undefined && under.addons !== undefined) {
    const { addons } = over;
    merged.addons = [...addons, ...under.addons.filter((addon) => !hasAddon(addons, addon))];
  }
  return merged;
}

/** True where this addon is declared already, perhaps by one that leaves its name open. */
function hasAddon(addons: readonly AddonEntry[], { type, name }: AddonEntry): boolean {
  return addons.some(
    (addon) =>
      addon.type === type &&
      (addon.name === undefined || name === undefined || addon.name === name),
  );
}

type Run = NonNullable<ConfigFile["run"]>;

function overlayRun(over: Run, under: Run): Run {
  const { start, workers: overWorkers, ...rest } = over;
  const { start: underStart, workers: underWorkers, ...underRest } = under;
  const workers = { ...withStart(underWorkers, underStart) };
  for (const [name, worker] of Object.entries(withStart(overWorkers, start))) {
    const below = workers[name];
    workers[name] = below === undefined ? worker : overlayWorker(worker, below);
  }
  const files = { ...underRest.static, ...rest.static };
  return {
    ...underRest,
    ...rest,
    ...(Object.keys(files).length === 0 ? {} : { static: files }),
    ...(Object.keys(workers).length === 0 ? {} : { workers }),
  };
}

type Worker = Command | WorkerTable;

function withStart(
  workers: Run["workers"] = {},
  start: Command | undefined,
): Record<string, Worker> {
  return start === undefined ? workers : { ...workers, web: start };
}

function overlayWorker(over: Worker, under: Worker): Worker {
  if (isCommand(over)) return isCommand(under) ? over : { ...under, command: over };
  return { ...(isCommand(under) ? { command: under } : under), ...over };
}

function isCommand(worker: Worker): worker is Command {
  return typeof worker === "string" || Array.isArray(worker);
}

/** Several files as one; the first has the last word on each key. */
export function combineConversions(conversions: readonly Conversion[]): Conversion {
  let config: ConfigFile = {};
  let nix: NixSection | undefined;
  const overruled: ConversionWarning[] = [];
  for (const conversion of conversions) {
    overruled.push(...findOverruled(config, conversion));
    config = overlayConfig(config, conversion.config);
    nix = overlayTemplate(nix, conversion.hints.nix);
  }
  const first = <Key extends "toolchain" | "port">(key: Key) =>
    conversions.find(({ hints }) => hints[key] !== undefined)?.hints[key];
  return {
    file: conversions.map(({ file }) => file).join(", "),
    config,
    warnings: [...conversions.flatMap(({ warnings }) => warnings), ...overruled],
    facts: conversions.flatMap(({ facts }) => facts),
    hints: { toolchain: first("toolchain"), port: first("port"), nix },
  };
}

/** Commands and variables of a file on which one before it has the last word. */
function findOverruled(over: ConfigFile, { config, file }: Conversion): ConversionWarning[] {
  const lost = [
    ...differing(commandsOf(over), commandsOf(config)).map((name) => `the command of ${name}`),
    ...differing(over.env, config.env).map((name) => `the variable ${name}`),
  ];
  const hasBoth =
    over.run?.["before-run"] !== undefined && config.run?.["before-run"] !== undefined;
  if (hasBoth) lost.push("the command before a Release");
  const reason = "a file that goes before it says otherwise";
  return lost.map((what) => ({ message: `${what} is not carried over`, reason, place: { file } }));
}

function differing(over: object = {}, under: object = {}): string[] {
  const above = new Map<string, unknown>(Object.entries(over));
  const differs = ([name, value]: [string, unknown]) =>
    value !== undefined &&
    above.get(name) !== undefined &&
    JSON.stringify(above.get(name)) !== JSON.stringify(value);
  return Object.entries(under)
    .filter(differs)
    .map(([name]) => name);
}

function commandsOf({ run }: ConfigFile): Record<string, Command | undefined> {
  const workers = Object.entries(run?.workers ?? {});
  return Object.fromEntries(workers.map(([name, worker]) => [name, commandOf(worker)]));
}

function commandOf(worker: Worker): Command | undefined {
  return isCommand(worker) ? worker : worker.command;
}

function overlayTemplate(
  over: NixSection | undefined,
  under: NixSection | undefined,
): NixSection | undefined {
  if (over === undefined || over.template !== under?.template) return over ?? under;
  return { ...under, ...over };
}

/**
 * What `hop3 init` writes: the configuration with the hints as keys, and a lone web worker as `start`.
 * With a hop3.nix of its own an app needs no template, and may not have one.
 */
export function toConfigFile(
  { config, hints }: Pick<Conversion, "config" | "hints">,
  { hasNixFile }: { readonly hasNixFile: boolean },
): ConfigFile {
  const { toolchain, nix } = hints;
  const build = toolchain === undefined ? config.build : { toolchain, ...config.build };
  return {
    ...config,
    ...(build === undefined ? {} : { build }),
    ...(config.run === undefined ? {} : { run: shortRun(config.run) }),
    ...(nix === undefined || hasNixFile ? {} : { nix }),
  };
}

function shortRun(run: Run): Run {
  const { workers = {}, ...rest } = run;
  const { web, ...others } = workers;
  if (web === undefined || !isCommand(web) || rest.start !== undefined) return run;
  return {
    start: web,
    ...rest,
    ...(Object.keys(others).length === 0 ? {} : { workers: others }),
  };
}
