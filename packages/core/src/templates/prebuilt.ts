import type { StringPart } from "../nix/ast.ts";
import { type NixExpr, nix } from "./expressions.ts";
import { packageRef } from "./packages.ts";
import type { AppSpec } from "./template.ts";

interface Prebuilt {
  readonly template: string;
  /** Leaves everything in `$out`. */
  readonly script: readonly StringPart[];
  readonly inputs?: readonly NixExpr[];
  /** Of an app with modules for many platforms, most are never loaded. */
  readonly isForgiving?: boolean;
}

/** Loaded by most of what others build. */
const usualLibraries: readonly NixExpr[] = [
  nix.ref("pkgs", "stdenv", "cc", "cc", "lib"),
  nix.ref("pkgs", "zlib"),
  nix.ref("pkgs", "openssl"),
];

/**
 * What others built, as they built it but for this: programs and libraries find what they load in the
 * store, among the usual libraries and those of `[nix] nixpkgs-packages`.
 */
export function prebuiltPackage(spec: AppSpec, prebuilt: Prebuilt): NixExpr {
  const { template, script, inputs = [], isForgiving = false } = prebuilt;
  const yes = nix.literal(true);
  return nix.call(
    nix.ref("pkgs", "stdenv", "mkDerivation"),
    nix.attrs({
      name: nix.string(spec.app),
      nativeBuildInputs: nix.list([nix.ref("pkgs", "autoPatchelfHook"), ...inputs]),
      buildInputs: nix.list([...usualLibraries, ...morePackages(spec, template)]),
      dontUnpack: yes,
      dontBuild: yes,
      installPhase: nix.indented(...script),
      dontStrip: yes,
      dontPatchShebangs: isForgiving ? yes : undefined,
      autoPatchelfIgnoreMissingDeps: isForgiving ? nix.list([nix.string("*")]) : undefined,
    }),
  );
}

/** Packages beside the app: their programs are on PATH, their libraries may be loaded. */
export function morePackages(spec: AppSpec, template: string): readonly NixExpr[] {
  const names = spec.section["nixpkgs-packages"] ?? [];
  return names.map((name) => packageRef(spec, name, { template, key: "nixpkgs-packages" }));
}
