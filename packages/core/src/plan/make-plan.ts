import { z } from "zod";
import type { Tier } from "../artifact/build-artifact.ts";
import type { Command } from "../artifact/runtime-config.ts";
import { type LoadedConfig, noConfig } from "../config/load.ts";
import { configDefaults } from "../config/values.ts";
import { type Conversion, formatWarning } from "../convert/conversion.ts";
import { nearest } from "../nearest.ts";
import { emptyProcfile, type Procfile } from "../source/procfile.ts";
import type { SourceTree } from "../source/tree.ts";
import { type ChosenTemplate, templateAnswers } from "../templates/select-template.ts";
import type { ChosenToolchain } from "../toolchains/select-toolchains.ts";
import { builtInParts } from "./built-in.ts";
import { makeLocalPlan } from "./local-plan.ts";
import { type MergedConfig, mergeConfig, withoutGaps } from "./merge.ts";
import type { Acceptance, BuilderQuestion, PlanBuilder, PlanParts } from "./parts.ts";
import type { BuilderAnswer, Plan } from "./plan.ts";
import {
  builderUnavailable,
  nixFileAndTemplate,
  pinHalf,
  planNoBuilder,
  policyImpure,
} from "./plan-errors.ts";
import { planWarnings } from "./plan-warnings.ts";

/** The part of Policy that a Plan depends on. */
export interface PlanPolicy {
  readonly allowImpure: boolean;
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
  refuseFileAndTemplate(question);
  const answers = parts.builders.map((builder) => answerOf(builder, question));
  const shown = answers.map(({ builder, accepted, reason }) => ({ builder, accepted, reason }));
  const chosen = chooseBuilder(parts.builders, answers, loaded);
  const { template } = chosen;
  const nix = nixSettings(loaded, request.policy, template?.template.id);
  const merged = mergeConfig(loaded.config, procfile, request.appJson?.config);
  return {
    schema: 1,
    builder: chosen.builder,
    reason: chosen.reason,
    answers: shown,
    templates:
      template?.origin === "detected" ? [...templateAnswers(question, parts.templates)] : [],
    tier: chosen.builder === "nix" ? tierOf(nix.pure, template) : "unpinned",
    nix,
    ...(chosen.builder === "local"
      ? { local: makeLocalPlan(loaded, chosen.toolchains ?? []) }
      : {}),
    ...(request.packageSet === undefined ? {} : { packageSet: request.packageSet }),
    workers: shownWorkers(merged),
    settings: shownSettings(merged),
    warnings: [
      ...planWarnings(loaded, { builder: chosen.builder, isGenerated: template !== undefined }),
      ...(template?.warnings ?? []),
      ...frontEndWarnings(texts, template),
      ...procfileWarnings(procfile),
      ...appJsonWarnings(request.appJson, chosen.builder),
    ],
  };
}

type Answer = BuilderAnswer & Acceptance;

function answerOf(builder: PlanBuilder, question: BuilderQuestion): Answer {
  return { builder: builder.name, ...builder.accept(question) };
}

function refuseFileAndTemplate({ tree, loaded }: BuilderQuestion): void {
  const file = loaded.config.build?.nix?.file ?? configDefaults.nixFile;
  const template = loaded.config.nix?.template;
  if (template === undefined || !tree.has(file)) return;
  throw nixFileAndTemplate({ file, template, place: loaded.placeOf(["nix", "template"]) });
}

interface Choice {
  readonly builder: string;
  readonly reason: string;
  readonly template?: ChosenTemplate;
  readonly toolchains?: readonly ChosenToolchain[];
}

function chooseBuilder(
  builders: readonly PlanBuilder[],
  answers: readonly Answer[],
  loaded: LoadedConfig,
): Choice {
  const key = loaded.config.build?.method === undefined ? "builder" : "method";
  const wanted = loaded.config.build?.[key] ?? "auto";
  if (wanted === "auto") {
    const accepted = answers.find((answer) => answer.accepted);
    if (accepted === undefined) throw planNoBuilder({ answers, hint: hintFor(loaded) });
    return accepted;
  }
  const builder = builders.find(({ name }) => name === wanted);
  const place = loaded.placeOf(["build", key]);
  if (builder === undefined) {
    const known = builders.map(({ name }) => name);
    throw builderUnavailable({ builder: wanted, known, nearest: nearest(wanted, known), place });
  }
  const mine = answers.filter((answer) => answer.builder === wanted);
  const [answer] = mine;
  if (answer?.accepted !== true) throw planNoBuilder({ answers: mine, hint: hintFor(loaded) });
  return { ...answer, reason: `[build] ${key} = "${wanted}", and ${answer.reason}` };
}

function hintFor({ config }: LoadedConfig): string {
  const file = config.build?.nix?.file;
  if (file !== undefined)
    return `Correct [build.nix] file in hop3.toml, or add ${file}; .gitignore may hide it`;
  return "Add a hop3.nix that says what to build and what to run (docs/guides/first-app.md shows one of five lines), or set [nix] template; hop3 nix tiers lists the templates";
}

function nixSettings(
  loaded: LoadedConfig,
  policy: PlanPolicy | undefined,
  template: string | undefined,
): Plan["nix"] {
  const settings = loaded.config.build?.nix ?? {};
  const pure = settings.pure ?? configDefaults.pure;
  if (!pure && policy?.allowImpure === false) {
    throw policyImpure({ place: loaded.placeOf(["build", "nix", "pure"]) });
  }
  return {
    file: settings.file ?? configDefaults.nixFile,
    ...withoutGaps({ template, pin: pinOf(loaded) }),
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

/** An app's own hop3.nix is built here, from source, against the package set; a template says what it makes. */
function tierOf(isPure: boolean, chosen: ChosenTemplate | undefined): Tier {
  if (!isPure) return "unpinned";
  return chosen?.template.tier ?? "source";
}

function appJsonWarnings(appJson: Conversion | undefined, builder: string): readonly string[] {
  if (appJson === undefined) return [];
  const { config, warnings } = appJson;
  const asLoaded = { config, warnings: [], placeOf: () => ({ file: "app.json" }) };
  return [
    ...warnings.map(formatWarning),
    ...planWarnings(asLoaded, { builder, isGenerated: false }),
  ];
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
