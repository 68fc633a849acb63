import type { CheckedDerivation, Verification } from "@hop3/core";
import type { Derivations } from "../../nix/derivations.ts";
import type { NixBuilderParts } from "../nix-builder-parts.ts";
import { type CheckIo, checkDerivation } from "./check-derivation.ts";
import { evaluateAgain, type RecordedRequest } from "./evaluate-again.ts";
import { type OwnDerivation, outputsOf, ownDerivations } from "./own-derivations.ts";

/**
 * Builds once more what was built for a Release, fetches once more what was fetched for it, and compares bit for bit.
 * What is in the store stays as it is, so whatever runs from it is not disturbed.
 */
export async function verify(
  parts: NixBuilderParts,
  request: RecordedRequest,
): Promise<Verification> {
  const began = performance.now();
  const finish = (found: Outcome): Verification => ({
    ...found,
    at: parts.now().toISOString(),
    ms: Math.round(performance.now() - began),
  });
  const found = await findDerivation(parts, request);
  if ("reason" in found) {
    return finish({ state: "eval-error", derivations: [], reason: found.reason });
  }
  const own = await chooseOwn(parts, found.graph, found.drvPath);
  const derivations: CheckedDerivation[] = [];
  const io = await checkIo(parts, request);
  for (const item of own) {
    request.signal.throwIfAborted();
    const checked = await checkDerivation(io, item);
    request.onLine(describe(checked));
    derivations.push(checked);
  }
  return finish({ ...judge(derivations), derivations });
}

type Outcome = Omit<Verification, "at" | "ms">;
type Found =
  | { readonly drvPath: string; readonly graph: Derivations }
  | { readonly reason: string };

/** What the evaluation gives today; where that cannot be repeated, the derivation that was built then. */
async function findDerivation(parts: NixBuilderParts, request: RecordedRequest): Promise<Found> {
  const { artifact } = request;
  const again = await evaluateAgain(parts, request);
  if (again.kind === "failed") return { reason: again.reason };
  const drvPath = again.kind === "same" ? again.drvPath : artifact.provenance.drv_path;
  const graph = drvPath === undefined ? undefined : await parts.nix.derivations(drvPath);
  if (drvPath !== undefined && graph !== undefined) return { drvPath, graph };
  const why = again.kind === "gone" ? again.because : "it cannot be read";
  return { reason: `its derivation is not in the store any more, and ${why}` };
}

async function chooseOwn(
  { nix }: NixBuilderParts,
  graph: Derivations,
  drvPath: string,
): Promise<readonly OwnDerivation[]> {
  const outputs = [...graph.values()].flatMap(outputsOf);
  const cached = await nix.fromCache(outputs);
  return ownDerivations(graph, drvPath, (path) => !cached.has(path));
}

async function checkIo(
  { nix, policy, packages }: NixBuilderParts,
  { artifact, signal }: RecordedRequest,
): Promise<CheckIo> {
  const sandbox = policy.sandbox && artifact.provenance.sandboxed;
  const { substitute } = await packages();
  return { nix, signal, substitute, sandbox };
}

function describe({ name, kind, state, ms }: CheckedDerivation): string {
  const did = kind === "build" ? "built again" : "fetched again";
  return `${name}: ${did}, ${state} (${(ms / 1000).toFixed(1)} s)`;
}

function judge(derivations: readonly CheckedDerivation[]): Omit<Outcome, "derivations"> {
  const of = (...states: readonly CheckedDerivation["state"][]) =>
    derivations.filter(({ state }) => states.includes(state)).map(({ name }) => name);
  const failed = of("failed");
  if (failed.length > 0) {
    return { state: "build-failed", reason: `${failed.join(", ")} cannot be built again` };
  }
  const stale = of("stale-hash");
  if (stale.length > 0) {
    const reason = `what is served for ${stale.join(", ")} has another hash than the one it is pinned by`;
    return { state: "stale-hash", reason };
  }
  const differs = of("differs");
  if (differs.length > 0) {
    const reason = `a second build of ${differs.join(", ")} gives other files`;
    return { state: "not-deterministic", reason };
  }
  return { state: "reproducible" };
}
