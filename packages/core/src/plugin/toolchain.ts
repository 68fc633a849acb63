import type { Command, RuntimeConfig, WorkerSpec } from "../artifact/runtime-config.ts";
import type { LocalPlan } from "../plan/local-plan.ts";
import type { SourceTree } from "../source/tree.ts";
import type { ToolchainDetector } from "../toolchains/toolchain.ts";
import type { Argv } from "./run.ts";

export type ToolchainPlan = LocalPlan["toolchains"][number];

/** Where the programs of a build come from, all in one tree. */
export interface ToolSet {
  /** Has `bin`, and what else the packages bring (`lib`, `include`). */
  readonly dir: string;
  /** Directories of programs, the first wins. */
  readonly path: readonly string[];
}

/** Where and with which variables a step runs. */
export interface StepOptions {
  /** Relative to the app's tree, or absolute. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** What a LanguageToolchain may do while it builds. Programs run in a sandbox that shows the tools and its own directories. */
export interface ToolchainContext {
  readonly app: string;
  readonly plan: ToolchainPlan;
  /** The Source, as it was before anything was built. */
  readonly tree: SourceTree;
  /** A copy of the Source that stays: the Release runs in it. */
  readonly appDir: string;
  readonly tools: ToolSet;
  /** Downloads, kept between the builds of this App. */
  readonly cacheDir: string;
  /** Addresses of language registries, without credentials. */
  readonly registries: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /**
   * A directory for the dependencies that `key` names, made by `make` where there is none yet and never changed after:
   * builds with equal keys share it. `key` holds the text of every file that decides what is in it.
   */
  dependencies(key: readonly string[], make: (dir: string) => Promise<void>): Promise<string>;
  /** Runs a step of the build to its end; fails the build where it fails. */
  run(argv: Argv, options?: StepOptions): Promise<void>;
  /** The same for a step whose output is data. */
  capture(argv: Argv, options?: StepOptions): Promise<string>;
  note(level: "info" | "warning", text: string): void;
}

/** What a toolchain adds to the RuntimeConfig. Paths are absolute. */
export interface ToolchainResult {
  readonly env_vars?: Readonly<Record<string, string>>;
  readonly path_prepend?: readonly string[];
  readonly working_dir?: string;
  readonly workers?: Readonly<Record<string, WorkerSpec>>;
  readonly before_run?: readonly Command[];
  readonly static_paths?: RuntimeConfig["static_paths"];
}

/** The half of a LanguageToolchain that has effects. */
export interface ToolchainBuild {
  readonly name: string;
  /** Attributes of the package set that a build of this Source needs, such as `nodejs`. */
  tools(tree: SourceTree): Promise<readonly string[]>;
  build(context: ToolchainContext): Promise<ToolchainResult>;
}

/** Level 2: WHAT to build, for the local builder alone. `detect` is asked by the Plan and is pure. */
export interface LanguageToolchain extends ToolchainDetector, ToolchainBuild {}
