import { join } from "node:path";
import type { Outside, Target } from "@hop3/core";
import { z } from "zod";
import type { PackageSet } from "../packages/package-set.ts";
import { makePythonIndex } from "../registries/python-index.ts";
import type { NixBuilderParts } from "./nix-builder-parts.ts";

const Versions = z.object({ python: z.string(), libc: z.string() });

const processors: Readonly<Record<string, string>> = { x86_64: "x64", aarch64: "arm64" };

/** Whom templates may ask: the package set and the index, as this server has them. */
export function makeOutside(parts: NixBuilderParts, packages: PackageSet): Outside {
  return {
    target: (python) => readTarget(parts, packages, python),
    indexPage: makePythonIndex(parts.registries, join(parts.stateDir, "python-index")),
  };
}

/** An attribute that is no Python is left to the evaluation, which knows how to say so. */
async function readTarget(
  { nix, tree, policy }: NixBuilderParts,
  packages: PackageSet,
  python: string,
): Promise<Partial<Target>> {
  const result = await nix.evaluate({
    tree,
    file: "target.nix",
    input: { packages: packages.arguments, python },
    options: { sandbox: policy.sandbox, pure: true, substitute: packages.substitute },
  });
  if (result.exitCode !== 0) return {};
  const { python: version, libc } = Versions.parse(JSON.parse(result.stdout));
  const cpu = processors[packages.arguments.system.split("-")[0] ?? ""];
  const minor = /^2\.(\d+)/.exec(libc)?.[1];
  return {
    python: version,
    ...(cpu === undefined ? {} : { cpu }),
    ...(minor === undefined ? {} : { libcMinor: Number(minor) }),
  };
}
