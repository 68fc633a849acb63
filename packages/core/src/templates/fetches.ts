import type { RegistryName } from "../lockfiles/registry-names.ts";
import type { Binding, NixExpr } from "../nix/ast.ts";
import { nix } from "../nix/build.ts";

/** One file to download, pinned by its hash. */
export interface Fetch {
  /** Below a registry's address, or a whole address. */
  readonly from:
    | { readonly registry: RegistryName; readonly path: string }
    | { readonly url: string };
  /** SRI. */
  readonly hash: string;
  /** Where the file's name matters and is not the end of its address. */
  readonly name?: string;
}

/** `npm = path: hash: pkgs.fetchurl { … };` so that each file of a registry is one short line. */
export function registryBinding(registry: RegistryName): Binding {
  const url = nix.string(nix.ref("registries", registry), "/", nix.ref("path"));
  const body = nix.call(
    nix.ref("pkgs", "fetchurl"),
    nix.attrs([nix.bind("url", url), nix.inherit(["hash"])]),
  );
  return nix.bind(registry, nix.lambda("path", nix.lambda("hash", body)), {
    comment: `A file of the ${registry} registry, by its hash.`,
  });
}

/** The download of one file; a file of a registry takes the function of `registryBinding`. */
export function fetchExpr({ from, hash, name }: Fetch): NixExpr {
  if ("registry" in from && name === undefined) {
    return nix.call(nix.ref(from.registry), nix.string(from.path), nix.string(hash));
  }
  const url =
    "url" in from
      ? nix.string(from.url)
      : nix.string(nix.ref("registries", from.registry), `/${from.path}`);
  return nix.call(
    nix.ref("pkgs", "fetchurl"),
    nix.attrs({
      name: name === undefined ? undefined : nix.string(name),
      url,
      hash: nix.string(hash),
    }),
  );
}
