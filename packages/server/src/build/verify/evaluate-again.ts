import type { BuildArtifact } from "@hop3/core";
import { z } from "zod";
import { evaluationProblem } from "../../nix/eval-problem.ts";
import type { NixBuilderParts } from "../nix-builder-parts.ts";
import { addressesOf } from "../nix-inputs.ts";
import { inputOf, type RecordedEvaluation } from "../recorded-evaluation.ts";

const Evaluated = z.object({ drvPath: z.string() });

export interface RecordedRequest {
  readonly artifact: BuildArtifact;
  readonly recorded: RecordedEvaluation | undefined;
  readonly signal: AbortSignal;
  readonly onLine: (text: string) => void;
}

/** What evaluating the same Source with the same packages gives today. */
export type Again =
  | { readonly kind: "same"; readonly drvPath: string }
  | { readonly kind: "failed"; readonly reason: string }
  /** It cannot be repeated: what it was made from is not there any more. */
  | { readonly kind: "gone"; readonly because: string };

export async function evaluateAgain(
  parts: NixBuilderParts,
  { recorded, artifact, signal }: RecordedRequest,
): Promise<Again> {
  if (recorded === undefined) return { kind: "gone", because: "nothing was recorded" };
  const { nix, tree, nearestAttributes, policy } = parts;
  if (recorded.tree !== tree.narHash) {
    return { kind: "gone", because: "this program's own Nix code has changed since" };
  }
  const today = await parts.packages();
  const registries = await addressesOf(parts, today);
  const input = inputOf(recorded, { packages: today.arguments, registries });
  const options = {
    sandbox: policy.sandbox,
    pure: recorded.pure,
    substitute: today.substitute,
  };
  const result = await nix.evaluate({ tree, file: "release.nix", input, options, signal });
  signal.throwIfAborted();
  if (result.exitCode === 0) {
    const { drvPath } = Evaluated.parse(JSON.parse(result.stdout));
    return { kind: "same", drvPath };
  }
  // A tree that was collected is no fault of the expression.
  if (/does not exist|No such file or directory|is not valid/.test(result.stderr)) {
    return { kind: "gone", because: "its Source is not in the store any more" };
  }
  const { file } = recorded;
  const problem = await evaluationProblem({
    stderr: result.stderr,
    file,
    nearest: nearestAttributes,
  });
  return { kind: "failed", reason: `${artifact.app_name}: ${problem.message}` };
}
