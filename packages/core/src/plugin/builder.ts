import { join } from "node:path";
import type { NixCheck } from "../api/nix-contract.ts";
import type { BuildArtifact } from "../artifact/build-artifact.ts";
import type { Command } from "../artifact/runtime-config.ts";
import type { Verification } from "../artifact/verification.ts";
import type { Phase } from "../deploy/timeline.ts";
import type { WorkerOverride } from "../plan/merge.ts";
import type { Plan } from "../plan/plan.ts";
import type { Outside } from "../templates/template.ts";

/** One immutable snapshot of an app's files, filtered, unpacked where a build can read it. */
export interface Source {
  readonly dir: string;
  /** SRI sha256 of the NAR serialisation: the identity of the Source. */
  readonly hash: string;
  readonly revision?: string | undefined;
  /** The directory of it that is the app, where the rest is its repository. */
  readonly below?: string | undefined;
}

/** Where the app itself lies. */
export function appDirOf({ dir, below }: Source): string {
  return below === undefined ? dir : join(dir, below);
}

/** What hop3.toml and Procfile say over the project's own hop3.nix, key by key. */
export interface BuildOverrides {
  readonly workers: Readonly<Record<string, WorkerOverride>>;
  /** undefined: hop3.nix alone says. */
  readonly beforeRun: readonly Command[] | undefined;
}

/** The phases of a Deployment in which a Builder works. */
export type BuildPhase = Extract<Phase, "generate" | "evaluate" | "build" | "check">;

/** What a Builder may do to the world, and how it reports. */
export interface BuildIo {
  readonly app: string;
  readonly source: Source;
  readonly overrides: BuildOverrides;
  /** Text of the expression, where the Plan names a template that writes it. */
  generate(outside: Outside): Promise<string>;
  /** The Release's own directory: build.log, root, generated files. */
  readonly releaseDir: string;
  readonly signal: AbortSignal;
  phase<T>(name: BuildPhase, work: () => Promise<T>): Promise<T>;
  /** A line of build output. */
  log(text: string): void;
  note(level: "info" | "warning", text: string): void;
  /** The result of an earlier build of exactly these inputs whose closure is still rooted. */
  findResult(inputHash: string): Omit<BuildResult, "inputHash"> | undefined;
}

/** What a build has made. */
export interface BuildResult {
  readonly artifact: BuildArtifact;
  /** Of everything that the artifact depends on: equal inputs need no second build. */
  readonly inputHash: string;
  readonly closure: { readonly paths: number; readonly bytes: number };
}

/** A build to be done once more. */
export interface VerifyRequest {
  readonly artifact: BuildArtifact;
  /** Of every Release with this closure; one of them was built and knows how. */
  readonly releaseDirs: readonly string[];
  readonly signal: AbortSignal;
  readonly onLine: (text: string) => void;
}

/** Level 1: HOW to build. `accept` is pure and lives in the Plan (core/plan); this is the part with effects. */
export interface Builder {
  readonly name: string;
  build(plan: Plan, io: BuildIo): Promise<BuildResult>;
  /** Says what a build would do, as far as that is known without one. */
  check?(plan: Plan, io: BuildIo): Promise<Omit<NixCheck, "plan">>;
  /** Builds once more what it has built and compares; absent where nothing promises the same again. */
  verify?(request: VerifyRequest): Promise<Verification>;
  /** Removes what it keeps for an App and no Release of `kept` locations needs. */
  sweep?(app: string, kept: readonly string[]): Promise<void>;
}
