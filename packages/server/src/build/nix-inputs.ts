import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Plan, registryNames, withoutGaps } from "@hop3/core";
import type { BuildIo } from "@hop3/core/plugin";
import { z } from "zod";
import type { NixOptions } from "../nix/client.ts";
import { type LockedTree, lockTree } from "../nix/locked-tree.ts";
import type { PackageSet } from "../packages/package-set.ts";
import type { NixBuilderParts } from "./nix-builder-parts.ts";
import { makeOutside } from "./outside.ts";
import type { RecordedEvaluation } from "./recorded-evaluation.ts";

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
  /** The same without addresses, so that it can be evaluated again. */
  readonly recorded: RecordedEvaluation;
  /** Equal for equal results. */
  readonly inputHash: string;
}

export async function prepareBuild(
  parts: NixBuilderParts,
  plan: Plan,
  io: BuildIo,
): Promise<NixBuild> {
  const [packages, nixVersion, generated] = await Promise.all([
    parts.packages(plan.nix.pin),
    parts.nix.version(),
    io.phase("generate", () => writeExpression(parts, plan, io)),
  ]);
  const { below } = io.source;
  const input = {
    packages: packages.arguments,
    source: { path: io.source.dir, narHash: io.source.hash, ...withoutGaps({ below }) },
    registries: await addressesOf(parts, packages),
    generated: generated ?? null,
    file: plan.nix.file,
    app: io.app,
    overrides: { workers: io.overrides.workers, before_run: io.overrides.beforeRun },
  };
  // Where the Source lies and which mirror serves a package do not influence a store path; everything else does.
  const identity = [
    packages.pin,
    [io.source.hash, below],
    generated?.narHash,
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
    recorded: {
      schema: 1,
      tree: parts.tree.narHash,
      packages: packages.arguments,
      source: io.source.hash,
      ...withoutGaps({ below }),
      generated: generated?.narHash ?? null,
      file: input.file,
      app: input.app,
      overrides: z.json().parse(JSON.parse(JSON.stringify(input.overrides))),
      pure: plan.nix.pure,
    },
    inputHash: createHash("sha256").update(JSON.stringify(identity)).digest("hex"),
    options: {
      sandbox: parts.policy.sandbox,
      pure: plan.nix.pure,
      substitute: packages.substitute,
    },
  };
}

/** Into a tree of its own below the Release: the Source stays what the user sent. */
async function writeExpression(
  parts: NixBuilderParts,
  plan: Plan,
  io: BuildIo,
): Promise<LockedTree | undefined> {
  if (plan.nix.template === undefined) return undefined;
  const dir = join(io.releaseDir, "generated");
  const file = join(dir, plan.nix.file);
  await mkdir(dirname(file), { recursive: true });
  const text = await io.generate(makeOutside(parts, await parts.packages(plan.nix.pin)));
  await writeFile(file, text, { mode: 0o644 });
  return lockTree(dir);
}

/** Addresses that downloads are made from; what is downloaded is pinned by hash, so they are no part of the identity. */
export async function addressesOf(parts: NixBuilderParts, packages: PackageSet) {
  return { names: registryNames, configured: await configuredRegistries(parts, packages) };
}

/** Without credentials, and without a slash at the end; npm's is known to a package set that comes from there itself. */
export async function configuredRegistries(
  { registries }: Pick<NixBuilderParts, "registries">,
  { arguments: set }: PackageSet,
): Promise<Readonly<Record<string, string>>> {
  const known = set.kind === "debian" ? { npm: set.npmRegistry.replace(/\/+$/, "") } : {};
  return { ...known, ...(await registries.forBuilds()) };
}
