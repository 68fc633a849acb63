import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  type DeploySettings,
  deploySettings,
  expandComputed,
  generatePlanned,
  type LoadedConfig,
  loadConfig,
  makePlan,
  makeSourceFilter,
  noConfig,
  type Plan,
  type ReleaseSettings,
  readPlanFiles,
} from "@hop3/core";
import { makeDirectoryTree, type SourceEntry, walkSource } from "@hop3/core/node";
import type { BuildOverrides, Source } from "../build/builder.ts";
import type { Attempt } from "./attempt.ts";
import { requireFreeDomain } from "./domains.ts";
import { keepGenerated } from "./generated.ts";
import { makeSource, type ReceiveRequest } from "./receive.ts";
import { builtInDomain, publicUrl } from "./routes.ts";
import { readConfig } from "./stored-config.ts";

/** Everything that is decided before something is built. */
export interface Planned {
  readonly source: Source;
  readonly plan: Plan;
  readonly settings: ReleaseSettings;
  readonly overrides: BuildOverrides;
  /** Writes the expression where the Plan names a template. */
  generate(): Promise<string>;
}

/** Reads the app's own files, settles which of them are the Source, and makes the Plan. */
export async function planSource(
  attempt: Attempt,
  receive: ReceiveRequest,
  unpacked: readonly SourceEntry[],
): Promise<Planned> {
  const { platform } = attempt;
  const loaded = await readConfigFile(receive.dir);
  const { build } = loaded.config;
  const entries = await dropIgnored(receive.dir, build?.ignore ?? [], unpacked);
  const source = await makeSource(receive, entries, build?.["allow-secrets"] ?? []);
  const tree = makeDirectoryTree(entries);
  const files = await readPlanFiles(tree);
  const { procfile, appJson } = files;
  const plan = makePlan({
    tree,
    loaded,
    ...files,
    policy: { allowImpure: platform.settings.policy["allow-impure"] },
  });
  attempt.note("info", `Builder ${plan.builder}: ${plan.reason}`);
  for (const warning of plan.warnings) attempt.note("warning", warning);
  const wanted = deploySettings(loaded.config, procfile, appJson?.config);
  for (const domain of wanted.domains.list) requireFreeDomain(platform, attempt.app, domain);
  return {
    source,
    plan,
    settings: releaseSettings(attempt, wanted),
    overrides: { workers: wanted.workers, beforeRun: wanted.beforeRun },
    generate: () => generatePlanned(plan, { tree, loaded, procfile, app: attempt.app.name }),
  };
}

async function readText(file: string): Promise<string> {
  return readFile(file, "utf8").catch(() => "");
}

async function readConfigFile(dir: string): Promise<LoadedConfig> {
  const text = await readText(join(dir, "hop3.toml"));
  return text === "" ? noConfig() : loadConfig(text);
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

function releaseSettings(attempt: Attempt, wanted: DeploySettings): ReleaseSettings {
  return {
    env: plainVariables(attempt, wanted),
    envOverridesConfig: wanted.env.policy === "override",
    healthcheck: wanted.healthcheck,
    startTimeoutSeconds: wanted.startTimeoutSeconds,
    drainTimeoutSeconds: wanted.drainTimeoutSeconds,
    keep: wanted.keep,
    domains: [...wanted.domains.list],
  };
}

/** `[env]` with what the platform knows filled in; values made by the server are stored configuration instead. */
function plainVariables(attempt: Attempt, { env }: DeploySettings): Record<string, string> {
  const { platform } = attempt;
  keepGenerated(attempt, env.generated);
  const url = publicUrl(platform, attempt.app);
  const known: Readonly<Record<string, string>> = {
    name: attempt.app.name,
    domain: builtInDomain(platform, attempt.app.name),
    url,
  };
  const facts = Object.entries(env.facts).flatMap(([name, fact]) => {
    const value = known[fact];
    if (value === undefined) {
      attempt.note(
        "warning",
        `[env] ${name} asks for '${fact}', which this version does not know; it is not set`,
      );
    }
    return value === undefined ? [] : [[name, value] as const];
  });
  for (const name of Object.keys(env.fromAddons)) {
    attempt.note(
      "warning",
      `[env] ${name} comes from an addon, which this version does not have; it is not set`,
    );
  }
  const plain = { ...env.plain, ...Object.fromEntries(facts) };
  const values = { ...plain, ...readConfig(platform, attempt.app.id) };
  return { ...plain, ...expandComputed(env.computed, values) };
}
