import { createHash } from "node:crypto";
import type { Plan } from "@hop3/core";
import type { NixClient, NixOptions } from "../nix/client.ts";
import type { LockedTree } from "../nix/locked-tree.ts";
import type { PackageSet } from "../packages/package-set.ts";
import type { BuildIo } from "./builder.ts";

export interface NixBuilderParts {
  readonly nix: NixClient;
  /** The Nix code of this program (nix/ in the repository). */
  readonly tree: LockedTree;
  packages(): Promise<PackageSet>;
  nearestAttributes(missing: string): Promise<readonly string[]>;
  readonly policy: { readonly sandbox: boolean; readonly allowImpure: boolean };
  now(): Date;
}

/** One build: what it is of, what it may use, and where it reports. */
export interface NixBuild {
  readonly parts: NixBuilderParts;
  readonly plan: Plan;
  readonly io: BuildIo;
  readonly packages: PackageSet;
  readonly options: NixOptions;
  readonly nixVersion: string;
  /** Argument of nix/release.nix. */
  readonly input: Readonly<Record<string, unknown>>;
  /** Equal for equal results. */
  readonly inputHash: string;
}

export async function prepareBuild(
  parts: NixBuilderParts,
  plan: Plan,
  io: BuildIo,
): Promise<NixBuild> {
  const [packages, nixVersion] = await Promise.all([parts.packages(), parts.nix.version()]);
  const input = {
    packages: packages.arguments,
    source: { path: io.source.dir, narHash: io.source.hash },
    file: plan.nix.file,
    app: io.app,
    overrides: { workers: io.overrides.workers, before_run: io.overrides.beforeRun },
  };
  // Where the Source lies and which mirror serves a package do not influence a store path; everything else does.
  const identity = [
    packages.pin,
    io.source.hash,
    input.file,
    input.app,
    input.overrides,
    parts.tree.narHash,
    nixVersion,
  ];
  return {
    parts,
    plan,
    io,
    packages,
    nixVersion,
    input,
    inputHash: createHash("sha256").update(JSON.stringify(identity)).digest("hex"),
    options: {
      sandbox: parts.policy.sandbox,
      pure: plan.nix.pure,
      substitute: packages.substitute,
    },
  };
}
