import { realpathSync } from "node:fs";
import { join } from "node:path";
import type { ToolSet } from "@hop3/core/plugin";
import { z } from "zod";
import type { NixClient, NixOptions } from "../../nix/client.ts";
import { evaluationProblem } from "../../nix/eval-problem.ts";
import type { LockedTree } from "../../nix/locked-tree.ts";
import type { PackageSet } from "../../packages/package-set.ts";
import { buildProblem } from "../nix-problem.ts";
import { toolsMissing } from "./local-errors.ts";
import type { Workspace } from "./workspace.ts";

/** Every build has these: a shell with its usual tools, certificates, and what the sandbox is made with. */
const always = ["busybox", "bash", "cacert", "bubblewrap"];

const Derivation = z.object({ drvPath: z.string(), out: z.string() });

/** Where tools come from. */
export interface ToolSource {
  readonly nix: NixClient;
  readonly tree: LockedTree;
  readonly packages: PackageSet;
  readonly sandbox: boolean;
  nearestAttributes(missing: string): Promise<readonly string[]>;
}

export interface ToolRequest extends ToolSource {
  readonly attributes: readonly string[];
  readonly workspace: Pick<Workspace, "shared">;
  readonly logFile: string;
  readonly signal: AbortSignal;
  readonly onLine: (text: string) => void;
  readonly timeoutSeconds: number;
  readonly maxSilentSeconds: number;
}

/** Programs of the package set as one tree, built once for equal attributes and kept while a build uses them. */
export async function provideTools(request: ToolRequest): Promise<ToolSet> {
  const { workspace, packages, tree } = request;
  const attributes = [...new Set([...always, ...request.attributes])].sort();
  const key = [packages.pin, tree.narHash, ...attributes];
  const make = (dir: string) => build({ ...request, attributes }, join(dir, "root"));
  const dir = await workspace.shared("tools", key, make);
  const out = realpathSync(join(dir, "root"));
  return { dir: out, path: [`${out}/bin`] };
}

async function build(request: ToolRequest, root: string): Promise<void> {
  const { nix, tree, packages, attributes, signal, logFile, onLine } = request;
  const options: NixOptions = {
    sandbox: request.sandbox,
    pure: true,
    substitute: packages.substitute,
  };
  const input = { packages: packages.arguments, attributes };
  const evaluated = await nix.evaluate({ tree, file: "tools.nix", input, options, signal });
  signal.throwIfAborted();
  if (evaluated.exitCode !== 0) throw await missingTool(request, evaluated.stderr);
  const { drvPath } = Derivation.parse(JSON.parse(evaluated.stdout));
  const { timeoutSeconds, maxSilentSeconds } = request;
  const result = await nix.build({
    drvPath,
    root,
    logFile,
    options,
    timeoutSeconds,
    maxSilentSeconds,
    signal,
    onLine,
  });
  signal.throwIfAborted();
  if (result.exitCode === 0) return;
  throw buildProblem({ stderr: result.stderr, logFile, file: "hop3.toml", positions: {} });
}

async function missingTool(
  { packages, nearestAttributes }: ToolRequest,
  stderr: string,
): Promise<Error> {
  const attribute =
    /hop3: no package '([^']+)'/.exec(stderr)?.[1] ??
    /attribute '([^']+)' missing/.exec(stderr)?.[1];
  if (attribute === undefined) {
    return evaluationProblem({ stderr, file: "hop3.toml", nearest: nearestAttributes });
  }
  const nearest = await nearestAttributes(attribute);
  return toolsMissing({ attribute, nearest, packageSet: packages.name });
}
