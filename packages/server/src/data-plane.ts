import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { defineError, ExitCode } from "@hop3/core";
import { z } from "zod";
import type { Home } from "./home.ts";
import type { NixClient, NixOptions } from "./nix/client.ts";
import type { LockedTree } from "./nix/locked-tree.ts";
import type { PackageSet } from "./packages/package-set.ts";
import { writeAtomically } from "./write-atomically.ts";

export const dataPlaneFailed = defineError<{ step: string; output: string }>({
  code: "DATA_PLANE_FAILED",
  exitCode: ExitCode.failure,
  status: 500,
  message: ({ step }) => `the programs of the data plane (haproxy, s6) could not be ${step}`,
  hint: () => "See whether the packages can be reached: hop3 packages update; then: hop3 doctor",
  detail: ({ output }) => output.trimEnd().split("\n").slice(-20).join("\n"),
});

export interface DataPlaneParts {
  readonly home: Home;
  readonly nix: NixClient;
  readonly tree: LockedTree;
  readonly packages: PackageSet;
  readonly sandbox: boolean;
  readonly onLine: (line: string) => void;
}

const Derivation = z.object({ drvPath: z.string(), out: z.string() });
const buildTimeoutSeconds = 1800;

/** Directory with haproxy, s6, execline and busybox, made of pinned store paths and rooted in the home like an app. */
export async function ensureDataPlane(parts: DataPlaneParts): Promise<string> {
  const { home, packages, tree } = parts;
  const root = join(home.dataPlane, "root");
  const inputsFile = join(home.dataPlane, "inputs");
  const inputs = `${packages.name} ${packages.pin} ${tree.narHash}\n`;
  const known = await readFile(inputsFile, "utf8").catch(() => "");
  // The link is followed: a collected closure counts as missing.
  if (known !== inputs || !existsSync(join(root, "bin/haproxy"))) {
    await mkdir(home.dataPlane, { recursive: true, mode: 0o711 });
    await build(parts, root);
    await writeAtomically(inputsFile, inputs);
  }
  return join(root, "bin");
}

async function build(parts: DataPlaneParts, root: string): Promise<void> {
  const { nix, packages, tree } = parts;
  const options: NixOptions = {
    sandbox: parts.sandbox,
    pure: true,
    substitute: packages.substitute,
  };
  const input = { packages: packages.arguments };
  const evaluated = await nix.evaluate({ tree, file: "platform.nix", input, options });
  if (evaluated.exitCode !== 0) {
    throw dataPlaneFailed({ step: "evaluated", output: evaluated.stderr });
  }
  const { drvPath } = Derivation.parse(JSON.parse(evaluated.stdout));
  const built = await nix.build({
    drvPath,
    root,
    logFile: join(parts.home.dataPlane, "build.log"),
    timeoutSeconds: buildTimeoutSeconds,
    maxSilentSeconds: buildTimeoutSeconds,
    options,
    signal: new AbortController().signal,
    onLine: parts.onLine,
  });
  if (built.exitCode !== 0) throw dataPlaneFailed({ step: "built", output: built.stderr });
}
