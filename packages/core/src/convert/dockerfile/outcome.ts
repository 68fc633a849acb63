import type { NixSection } from "../../config/nix-section.ts";

/** What a command of a RUN instruction means for an app that is built by Nix. */
export type Outcome =
  /** Only an image needs it. */
  | { readonly kind: "noise" }
  /** Packages of a distribution, by its names. */
  | { readonly kind: "packages"; readonly names: readonly string[]; readonly from: string }
  /** The template of this language does it. */
  | { readonly kind: "runtime"; readonly runtime: string; readonly inputs?: NixSection }
  /** A step of the build, of this language where that is known. */
  | { readonly kind: "build"; readonly runtime?: string }
  | { readonly kind: "refused"; readonly reason: string };

export interface Rule {
  readonly pattern: RegExp;
  outcome(words: readonly string[]): Outcome;
}
