import type { LocalPlan, Plan } from "@hop3/core";
import type { BuildIo, LanguageToolchain } from "@hop3/core/plugin";
import type { NixClient } from "../../nix/client.ts";
import type { LockedTree } from "../../nix/locked-tree.ts";
import type { PackageSet } from "../../packages/package-set.ts";
import type { Registries } from "../../registries/registries.ts";
import type { Weigh } from "./closure.ts";
import type { Workspace } from "./workspace.ts";

export interface LocalBuilderParts {
  readonly nix: NixClient;
  readonly tree: LockedTree;
  packages(): Promise<PackageSet>;
  nearestAttributes(missing: string): Promise<readonly string[]>;
  toolchains(): ReadonlyMap<string, LanguageToolchain>;
  readonly registries: Registries;
  readonly sandbox: boolean;
  /** Directory of an App's local builds. */
  workspaceDir(app: string): string;
  readonly isRoot: boolean;
  now(): Date;
}

/** One build, with everything it needs to know. */
export interface LocalBuild {
  readonly parts: LocalBuilderParts;
  readonly weigh: Weigh;
  readonly plan: Plan;
  readonly local: LocalPlan;
  readonly io: BuildIo;
  readonly packages: PackageSet;
  readonly nixVersion: string;
  readonly inputHash: string;
  readonly workspace: Workspace;
}
