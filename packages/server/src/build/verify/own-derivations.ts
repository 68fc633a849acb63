import { type Derivation, type Derivations, isFixedOutput } from "../../nix/derivations.ts";

/** What a Release brought along, dependencies first: the package set's own packages are not among it. */
export interface OwnDerivation {
  readonly drvPath: string;
  readonly derivation: Derivation;
  readonly kind: "build" | "fetch";
}

/**
 * Chooses from all that a Release needs what was made for it. `isBuiltHere` is false for outputs that came from a binary
 * cache: somebody else has built those, and they are the package set's.
 */
export function ownDerivations(
  graph: Derivations,
  top: string,
  isBuiltHere: (outPath: string) => boolean,
): readonly OwnDerivation[] {
  const own = new Map<string, OwnDerivation>();
  const seen = new Set<string>();
  const visit = (drvPath: string): void => {
    const derivation = graph.get(drvPath);
    if (derivation === undefined || seen.has(drvPath)) return;
    seen.add(drvPath);
    const inputs = Object.keys(derivation.inputDrvs);
    for (const input of inputs) visit(input);
    if (isOfPackageSet(derivation) || !outputsOf(derivation).some(isBuiltHere)) return;
    // Whatever is fetched for the package set's own packages is not among these inputs.
    for (const fetch of fetchesAmong(graph, inputs)) own.set(fetch.drvPath, fetch);
    own.set(drvPath, { drvPath, derivation, kind: "build" });
  };
  visit(top);
  return [...own.values()];
}

function fetchesAmong(graph: Derivations, inputs: readonly string[]): readonly OwnDerivation[] {
  return inputs.flatMap((drvPath) => {
    const derivation = graph.get(drvPath);
    const isFetch = derivation !== undefined && isFixedOutput(derivation);
    return isFetch ? [{ drvPath, derivation, kind: "fetch" as const }] : [];
  });
}

/**
 * The `debian` set is built by a program that no derivation has made, its seed; whatever an app makes is built by a
 * program of the set.
 */
function isOfPackageSet(derivation: Derivation): boolean {
  const { builder, inputSrcs, inputDrvs } = derivation;
  if (isFixedOutput(derivation) || builder.startsWith("builtin:")) return true;
  const store = /^\/nix\/store\/[^/]+/.exec(builder)?.[0];
  return store !== undefined && inputSrcs.includes(store) && !Object.hasOwn(inputDrvs, store);
}

export function outputsOf({ outputs }: Derivation): readonly string[] {
  return Object.values(outputs).flatMap(({ path }) => (path === undefined ? [] : [path]));
}
