import type { LoadedConfig } from "../config/load.ts";
import type { DetectQuestion } from "../templates/template.ts";
import type { ToolchainDetection, ToolchainDetector } from "./toolchain.ts";

/** A toolchain's answer to a tree, for `hop3 plan --why`. */
export interface ToolchainAnswer extends ToolchainDetection {
  readonly toolchain: string;
}

/** One part of a local build. */
export interface ChosenToolchain {
  readonly name: string;
  readonly role: "app" | "assets";
  readonly dir: string;
  readonly reason: string;
}

export interface ToolchainChoice {
  readonly answers: readonly ToolchainAnswer[];
  /** In the order in which they build: what makes assets comes before the app. Empty where nothing was chosen. */
  readonly chosen: readonly ChosenToolchain[];
  readonly reason: string;
}

/** `[build] toolchain`, or the languages whose files are there, where that leaves no doubt. */
export function selectToolchains(
  question: DetectQuestion,
  detectors: readonly ToolchainDetector[],
): ToolchainChoice {
  const answers = detectors.map((item) => ({ toolchain: item.name, ...item.detect(question) }));
  const wanted = namedToolchains(question.loaded);
  if (wanted.length > 0) return named(answers, wanted);
  const fitting = answers.filter(({ fits }) => fits);
  const apps = fitting.filter(({ isAssets }) => isAssets !== true);
  const [app, other] = apps;
  if (app !== undefined && other !== undefined) {
    const found = apps.map(({ toolchain, reason }) => `${reason} (${toolchain})`).join(" and ");
    const reason = `${found}: [build] toolchain in hop3.toml decides`;
    return { answers, chosen: [], reason };
  }
  const assets = fitting.filter(({ isAssets }) => isAssets === true);
  const own = app ?? assets[0];
  if (own === undefined) {
    return { answers, chosen: [], reason: "no toolchain knows the files of the directory" };
  }
  // Pages without a build are no work beside an app in a language.
  const before = assets.filter((item) => item !== own && item.toolchain !== "static");
  const chosen = [...before.map((item) => part(item, "assets")), part(own, "app")];
  return { answers, chosen, reason: describe(chosen) };
}

function part({ toolchain, reason }: ToolchainAnswer, role: "app" | "assets"): ChosenToolchain {
  return { name: toolchain, role, dir: ".", reason };
}

function describe(chosen: readonly ChosenToolchain[]): string {
  return chosen.map(({ name, reason }) => `${reason} (${name})`).join(" and ");
}

function named(answers: readonly ToolchainAnswer[], wanted: readonly string[]): ToolchainChoice {
  const chosen = wanted.map((name, index): ChosenToolchain => {
    const role = index === wanted.length - 1 ? "app" : "assets";
    return { name, role, dir: ".", reason: "[build] toolchain names it" };
  });
  return { answers, chosen, reason: `[build] toolchain = ${JSON.stringify(wanted)}` };
}

function namedToolchains({ config }: LoadedConfig): readonly string[] {
  const value = config.build?.toolchain;
  if (value === undefined) return [];
  return typeof value === "string" ? [value] : value;
}
