import { realpath } from "node:fs/promises";
import type { NixpkgsPin } from "@hop3/core";
import { z } from "zod";
import { LockedTree } from "../nix/locked-tree.ts";
import { readPlatform } from "./debian/apt.ts";
import { lockDirectory, readPin } from "./debian/lock.ts";
import { readSources } from "./debian/sources.ts";
import { nixpkgsPinRefused, nixpkgsPinUnavailable } from "./errors.ts";
import { findNixpkgs, NixpkgsSource, type NixpkgsTree } from "./nixpkgs.ts";

/** What nix/packages takes to make `pkgs`: plain data, every tree pinned by its hash. */
export const PackageArguments = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("debian"),
    system: z.string(),
    index: LockedTree,
    seed: LockedTree,
    /** Addresses of the archives, in the order the index refers to them. */
    mirrors: z.array(z.url()),
    npmRegistry: z.url(),
  }),
  z.strictObject({
    kind: z.literal("nixpkgs"),
    system: z.string(),
    tree: z.union([LockedTree, z.strictObject({ url: z.url(), narHash: z.string() })]),
  }),
]);
export type PackageArguments = z.infer<typeof PackageArguments>;

/** Where `pkgs` of an evaluation comes from. */
export interface PackageSet {
  readonly name: "debian" | "nixpkgs";
  /** Two sets of one pin give the same store paths, whichever mirror serves them. */
  readonly pin: string;
  readonly arguments: PackageArguments;
  /** True where a binary cache may hold what the set builds. */
  readonly substitute: boolean;
}

export const PackageSettings = z.strictObject({
  set: z.enum(["auto", "debian", "nixpkgs"]).default("auto"),
  nixpkgs: NixpkgsSource.optional(),
});
export type PackageSettings = z.infer<typeof PackageSettings>;

/** The package set that the settings choose; `auto` prefers nixpkgs where it is at hand. */
export async function loadPackageSet(
  homeDir: string,
  settings: PackageSettings,
): Promise<PackageSet> {
  const found =
    settings.set === "debian"
      ? undefined
      : await findNixpkgs(settings.nixpkgs, { required: settings.set === "nixpkgs" });
  return found === undefined ? loadDebian(homeDir) : fromNixpkgs(found);
}

/** The revision of nixpkgs that one App asks for, whatever the others use. */
export async function loadPinned(pin: NixpkgsPin, settings: PackageSettings): Promise<PackageSet> {
  if (settings.set === "debian") throw nixpkgsPinRefused({ rev: pin.rev });
  const found = await findNixpkgs(pin, { required: false });
  if (found === undefined) throw nixpkgsPinUnavailable({ rev: pin.rev });
  return fromNixpkgs(found);
}

function fromNixpkgs(tree: NixpkgsTree): PackageSet {
  const { system } = readPlatform();
  return {
    name: "nixpkgs",
    pin: tree.narHash,
    arguments: { kind: "nixpkgs", system, tree },
    substitute: true,
  };
}

async function loadDebian(homeDir: string): Promise<PackageSet> {
  const pin = await readPin(homeDir);
  const sources = await readSources(homeDir);
  // Later versions of Nix refuse a path that leads through a link, and an update may replace the link.
  const dir = await realpath(lockDirectory(homeDir));
  return {
    name: "debian",
    pin: pin.pin,
    arguments: {
      kind: "debian",
      system: pin.system,
      index: { path: `${dir}/index`, narHash: pin.pin },
      seed: { path: `${dir}/seed`, narHash: pin.seed },
      mirrors: sources.mirrors,
      npmRegistry: sources.npmRegistry,
    },
    substitute: false,
  };
}
