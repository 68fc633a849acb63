import { z } from "zod";
import type { Command } from "../artifact/runtime-config.ts";
import { type LoadedConfig, noConfig } from "../config/load.ts";
import { emptyConfig } from "../config/schema.ts";
import { configDefaults } from "../config/values.ts";
import { overlayConfig } from "../convert/combine.ts";
import { type Conversion, formatWarning } from "../convert/conversion.ts";
import { emptyProcfile, type Procfile } from "../source/procfile.ts";
import type { SourceTree } from "../source/tree.ts";
import { type ChosenTemplate, templateAnswers } from "../templates/select-template.ts";
import { builtInParts } from "./built-in.ts";
import { type Answer, askBuilders, chooseBuilder } from "./choose-builder.ts";
import { declaredAddons } from "./deploy-settings.ts";
import { makeLocalPlan } from "./local-plan.ts";
import { type MergedConfig, mergeConfig, withoutGaps } from "./merge.ts";
import type { PlanParts } from "./parts.ts";
import type { BuilderAnswer, Plan } from "./plan.ts";
import { pinHalf, policyImpure } from "./plan-errors.ts";
import { planWarnings, type WarnedChoice } from "./plan-warnings.ts";
import { judgeTier, type RequiredTier, requireTier } from "./tier.ts";

/** The part of Policy that a Plan depends on. */
export interface PlanPolicy {
  readonly allowImpure: boolean;
  readonly isSandboxed: boolean;
  /** The least that a new Release may be. */
  readonly requireTier?: RequiredTier | undefined;
}

export interface PlanRequest {
  readonly tree: SourceTree;
  readonly loaded?: LoadedConfig;
  readonly procfile?: Procfile;
  /** What app.json says; see `readAppJson`. */
  readonly appJson?: Conversion | undefined;
  /** Manifests by path; see `readPlanFiles`. Without them a tree that fits several templates is left undecided. */
  readonly texts?: ReadonlyMap<string, string>;
  /** What to choose from; without it, what is built in. */
  readonly parts?: PlanParts | undefined;
  /** Without one (`hop3 plan` away from a server) nothing is refused by policy. */
  readonly policy?: PlanPolicy;
  readonly packageSet?: string | undefined;
}

/** Decides what will be done with a Source: pure, and the same on the server, in the CLI and in a browser. */
export function makePlan(request: PlanRequest): Plan {
  const { tree, loaded = noConfig(), procfile = emptyProcfile, texts } = request;
  const { parts = builtInParts } = request;
  const question = { tree, loaded, procfile, texts, parts };
  const answers = askBuilders(parts.builders, question);
  const { answer, decided, reason } = chooseBuilder(parts.builders, answers, loaded);
  const { builder, template, toolchains = [] } = answer;
  const nix = nixSettings(loaded, request.policy, answer);
  const local = builder === "local" ? makeLocalPlan(loaded, toolchains) : undefined;
  const isSandboxed = request.policy?.isSandboxed ?? true;
  const judged = judgeTier({ answer, nix, isSandboxed, isHost: local?.source === "host" });
  requireTier(judged, request.policy?.requireTier, loaded);
  const merged = mergeConfig(loaded.config, procfile, request.appJson?.config);
  const all = overlayConfig(loaded.config, request.appJson?.config ?? emptyConfig);
  const addons = { provided: parts.addons, declared: declaredAddons(all) };
  return {
    schema: 1,
    builder,
    reason,
    decided,
    answers: answers.map(shownAnswer),
    templates:
      template?.origin === "detected" ? [...templateAnswers(question, parts.templates)] : [],
    tier: judged.tier,
    nix,
    ...withoutGaps({ local, packageSet: request.packageSet }),
    workers: shownWorkers(merged),
    settings: shownSettings(merged),
    warnings: [
      ...planWarnings(loaded, { builder, isGenerated: template !== undefined, ...addons }),
      ...(template?.warnings ?? []),
      ...frontEndWarnings(texts, template),
      ...procfileWarnings(procfile),
      ...appJsonWarnings(request.appJson, { builder, isGenerated: false, ...addons }),
    ],
  };
}

function shownAnswer({ builder, accepted, reason, considered }: Answer): BuilderAnswer {
  return { builder, accepted, reason, considered };
}

function nixSettings(
  loaded: LoadedConfig,
  policy: PlanPolicy | undefined,
  { builder, template }: Answer,
): Plan["nix"] {
  const settings = loaded.config.build?.nix ?? {};
  const pure = settings.pure ?? configDefaults.pure;
  const isNix = builder === "nix";
  if (isNix && !pure && policy?.allowImpure === false) {
    throw policyImpure({ place: loaded.placeOf(["build", "nix", "pure"]) });
  }
  return {
    file: settings.file ?? configDefaults.nixFile,
    ...withoutGaps({ template: template?.template.id, pin: isNix ? pinOf(loaded) : undefined }),
    pure,
    timeoutSeconds: Math.ceil(settings.timeout ?? configDefaults.buildTimeout),
    maxSilentSeconds: Math.ceil(settings["max-silent-time"] ?? configDefaults.maxSilentTime),
  };
}

function pinOf({ config, placeOf }: LoadedConfig): Plan["nix"]["pin"] {
  const { "nixpkgs-rev": rev, "nixpkgs-sha256": sha256 } = config.nix ?? {};
  if (rev !== undefined && sha256 !== undefined) return { rev, sha256 };
  if (rev === sha256) return undefined;
  const [given, lacking] =
    rev === undefined
      ? (["nixpkgs-sha256", "nixpkgs-rev"] as const)
      : (["nixpkgs-rev", "nixpkgs-sha256"] as const);
  throw pinHalf({ given, lacking, place: placeOf(["nix", given]) });
}

function appJsonWarnings(appJson: Conversion | undefined, chosen: WarnedChoice): readonly string[] {
  if (appJson === undefined) return [];
  const { config, warnings } = appJson;
  const asLoaded = { config, warnings: [], placeOf: () => ({ file: "app.json" }) };
  return [...warnings.map(formatWarning), ...planWarnings(asLoaded, chosen)];
}

function shownWorkers(merged: MergedConfig): Plan["workers"] {
  const workers: Plan["workers"] = {};
  for (const [name, { value, origin }] of Object.entries(merged.workers)) {
    if (value.command !== undefined)
      workers[name] = { command: showCommand(value.command), origin };
  }
  return workers;
}

function showCommand(command: Command): string {
  if (typeof command === "string") return command;
  const isPlain = (word: string) => /^[\w@%+=:,./-]+$/.test(word);
  return command.map((word) => (isPlain(word) ? word : JSON.stringify(word))).join(" ");
}

function shownSettings(merged: MergedConfig): Plan["settings"] {
  const shown: Plan["settings"] = {};
  for (const [key, { value, origin }] of Object.entries(merged.settings)) {
    shown[key] = { value: toJson(value), origin };
  }
  if (merged.beforeRun !== undefined) {
    const { value, origin } = merged.beforeRun;
    shown["run.before-run"] = { value: value.map(showCommand), origin };
  }
  for (const [prefix, { value, origin }] of Object.entries(merged.staticPaths)) {
    shown[`run.static.${prefix}`] = { value, origin };
  }
  return shown;
}

type Json = Plan["settings"][string]["value"];

/** Checked settings hold nothing that JSON cannot. */
function toJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value ?? null)) as Json;
}

function procfileWarnings(procfile: Procfile): readonly string[] {
  if (procfile.static === undefined) return [];
  return ["Procfile static has no effect in this version: a web worker has to serve the files"];
}

const WithScripts = z.object({ scripts: z.object({ build: z.string() }) });

/** Another language's app with a package.json beside it: its pages are not built here. */
function frontEndWarnings(
  texts: ReadonlyMap<string, string> | undefined,
  chosen: ChosenTemplate | undefined,
): readonly string[] {
  const text = texts?.get("package.json");
  if (text === undefined || chosen?.origin !== "detected") return [];
  const id = chosen.template.id;
  if (id === "node-source" || id === "static-site") return [];
  const parsed = parseJson(text);
  if (!WithScripts.safeParse(parsed).success) return [];
  return [
    `package.json has a build script, which '${id}' does not run: add what it builds to the app's files`,
  ];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
