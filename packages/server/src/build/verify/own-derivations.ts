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
  const own: OwnDerivation[] = [];
  const seen = new Set<string>();
  const visit = (drvPath: string, isWantedByOwn: boolean): void => {
    const derivation = graph.get(drvPath);
    if (derivation === undefined) return;
    if (isFixedOutput(derivation)) {
      // Once as the input of something own is enough, whoever needed it before.
      if (!isWantedByOwn || seen.has(drvPath)) return;
      seen.add(drvPath);
      own.push({ drvPath, derivation, kind: "fetch" });
      return;
    }
    if (seen.has(drvPath)) return;
    seen.add(drvPath);
    const isOwn = !isOfPackageSet(derivation) && outputsOf(derivation).some(isBuiltHere);
    for (const input of Object.keys(derivation.inputDrvs)) visit(input, isOwn);
    if (isOwn) own.push({ drvPath, derivation, kind: "build" });
  };
  visit(top, true);
  return own;
}

/**
 * The `debian` set is built by a program that no derivation has made, its seed; whatever an app makes is built by a
 * program of the set.
 */
function isOfPackageSet({ builder, inputSrcs, inputDrvs }: Derivation): boolean {
  if (builder.startsWith("builtin:")) return true;
  const store = /^\/nix\/store\/[^/]+/.exec(builder)?.[0];
  return store !== undefined && inputSrcs.includes(store) && !Object.hasOwn(inputDrvs, store);
}

export function outputsOf({ outputs }: Derivation): readonly string[] {
  return Object.values(outputs).flatMap(({ path }) => (path === undefined ? [] : [path]));
}
