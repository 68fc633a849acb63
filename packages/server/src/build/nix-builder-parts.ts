import type { NixpkgsPin } from "@hop3/core";
import type { NixClient } from "../nix/client.ts";
import type { LockedTree } from "../nix/locked-tree.ts";
import type { PackageSet } from "../packages/package-set.ts";
import type { Registries } from "../registries/registries.ts";

/** What the NixBuilder works with, whatever it builds. */
export interface NixBuilderParts {
  readonly nix: NixClient;
  /** The Nix code of this program (nix/ in the repository). */
  readonly tree: LockedTree;
  /** The server's package set, or the one that an App has pinned. */
  packages(pin?: NixpkgsPin): Promise<PackageSet>;
  nearestAttributes(missing: string): Promise<readonly string[]>;
  packagesOfLibrary(library: string): Promise<readonly string[]>;
  readonly registries: Registries;
  /** For what need not be asked for twice. */
  readonly stateDir: string;
  readonly policy: { readonly sandbox: boolean; readonly allowImpure: boolean };
  now(): Date;
}
