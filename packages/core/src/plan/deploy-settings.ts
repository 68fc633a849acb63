import type {
  AddonVariable,
  CanarySettings,
  DeclaredAddon,
  PreviewSettings,
  Strategy,
} from "../artifact/release-settings.ts";
import type { Command, Healthcheck, Limits } from "../artifact/runtime-config.ts";
import { type ConfigFile, emptyConfig } from "../config/schema.ts";
import type { EnvFact, EnvValue } from "../config/sections.ts";
import { addonNameOf } from "../config/service-sections.ts";
import { configDefaults, type Generated, type MergePolicy } from "../config/values.ts";
import { overlayConfig } from "../convert/combine.ts";
import { recipeSecrets } from "../launcher/assignments.ts";
import { emptyProcfile, type Procfile } from "../source/procfile.ts";
import { mergeConfig, type WorkerOverride, withoutGaps } from "./merge.ts";

/** `[env]`, sorted by what the server has to do for each variable. */
export interface EnvSettings {
  /** How these meet values set by `hop3 config set`. */
  readonly policy: MergePolicy;
  readonly plain: Readonly<Record<string, string>>;
  /** Made once by the server and kept. */
  readonly generated: Readonly<Record<string, Generated>>;
  /** Filled in with what the platform knows of the app. */
  readonly facts: Readonly<Record<string, EnvFact>>;
  readonly fromAddons: Readonly<Record<string, AddonVariable>>;
  /** Texts with `${NAME}`; see `expandComputed`. */
  readonly computed: Readonly<Record<string, string>>;
}

/** What the server takes from the files of an app at deploy time, complete with defaults. */
export interface DeploySettings {
  /** Only the keys that hop3.toml sets: they win over hop3.nix key by key. */
  readonly healthcheck: Healthcheck;
  readonly startTimeoutSeconds: number;
  /** Of one command of before-run; undefined where no file says. */
  readonly beforeRunTimeoutSeconds: number | undefined;
  readonly drainTimeoutSeconds: number;
  /** Releases that stay restorable. */
  readonly keep: number;
  readonly strategy: Strategy;
  /** Undefined where the strategy is another one. */
  readonly canary: CanarySettings | undefined;
  /** Whose commits are deployed; undefined where the file does not say. */
  readonly branch: string | undefined;
  /** Undefined where other branches are not deployed. */
  readonly previews: PreviewSettings | undefined;
  readonly domains: { readonly list: readonly string[]; readonly policy: MergePolicy };
  readonly env: EnvSettings;
  /** Undefined where hop3.nix alone may say. */
  readonly beforeRun: readonly Command[] | undefined;
  /** For `mergeWorkers(runtime.workers, …)`. */
  readonly workers: Readonly<Record<string, WorkerOverride>>;
  /** URL prefix to a directory, relative to the package. */
  readonly staticPaths: Readonly<Record<string, string>>;
  readonly limits: Limits;
  readonly addons: readonly DeclaredAddon[];
}

/** Takes from a configuration what the server needs to deploy. */
export function deploySettings(
  config: ConfigFile,
  procfile: Procfile = emptyProcfile,
  appJson: ConfigFile = emptyConfig,
): DeploySettings {
  const merged = mergeConfig(config, procfile, appJson);
  const { deploy = {}, domains = {}, run = {} } = config;
  return {
    healthcheck: healthcheckOf(config),
    beforeRunTimeoutSeconds: run["before-run-timeout"],
    startTimeoutSeconds: run["start-timeout"] ?? configDefaults.startTimeout,
    drainTimeoutSeconds: deploy["drain-timeout"] ?? configDefaults.drainTimeout,
    keep: deploy.keep ?? configDefaults.keep,
    strategy: deploy.strategy ?? configDefaults.strategy,
    canary: canaryOf(config),
    branch: deploy.branch,
    previews: previewsOf(config),
    domains: {
      list: [...new Set(domains.list ?? [])],
      policy: domains._policy ?? configDefaults.policy,
    },
    env: envOf(overlayConfig(config, appJson)),
    beforeRun: merged.beforeRun?.value,
    workers: mapValues(merged.workers, ({ value }) => value),
    staticPaths: mapValues(merged.staticPaths, ({ value }) => value),
    limits: limitsOf(config),
    addons: declaredAddons(overlayConfig(config, appJson)),
  };
}

/** The addons of a configuration, by the names they go by. */
export function declaredAddons({ addons = [] }: ConfigFile): readonly DeclaredAddon[] {
  return addons.map((addon) => ({
    type: addon.type,
    name: addonNameOf(addon),
    ...withoutGaps({ version: addon.version }),
  }));
}

function previewsOf({ deploy = {} }: ConfigFile): PreviewSettings | undefined {
  if (deploy.preview !== true) return undefined;
  const config = deploy["preview-config"] ?? [];
  return { config, ...withoutGaps({ addons: deploy["preview-addons"] }) };
}

function canaryOf({ deploy = {} }: ConfigFile): CanarySettings | undefined {
  if (deploy.strategy !== "canary") return undefined;
  return {
    share: deploy["canary-share"] ?? configDefaults.canaryShare,
    seconds: deploy["canary-time"] ?? configDefaults.canaryTime,
  };
}

function healthcheckOf({ healthcheck = {} }: ConfigFile): Healthcheck {
  const { protocol, port, path, status, contains, interval, timeout, retries } = healthcheck;
  const start_period = healthcheck["start-period"];
  const asked = { protocol, port, path, status, contains };
  return withoutGaps({ ...asked, interval, timeout, retries, start_period });
}

function limitsOf({ limits = {} }: ConfigFile): Limits {
  const { memory, cpu, processes } = limits;
  const text = memory === undefined ? undefined : String(memory);
  return withoutGaps({ memory: text, cpu, processes });
}

function envOf({ env = {}, nix = {} }: ConfigFile): EnvSettings {
  const { _policy, computed = {}, ...values } = env;
  const plain: Record<string, string> = {};
  const generated: Record<string, Generated> = {};
  const facts: Record<string, EnvFact> = {};
  const fromAddons: Record<string, AddonVariable> = {};
  // What is left beside the two keys above are the variables; a rest type keeps no index signature.
  for (const [name, value] of Object.entries<EnvValue>(values)) {
    if (typeof value !== "object") plain[name] = String(value);
    else if ("generate" in value) generated[name] = value;
    else if ("from" in value) fromAddons[name] = value;
    else facts[name] = value.key;
  }
  const policy = _policy ?? configDefaults.policy;
  // What [env] says of a variable goes before what a recipe makes up for it.
  const made = Object.entries(recipeSecrets(nix)).filter(
    ([name]) => !(name in values || name in computed),
  );
  Object.assign(generated, Object.fromEntries(made));
  return { policy, plain, generated, facts, fromAddons, computed };
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
