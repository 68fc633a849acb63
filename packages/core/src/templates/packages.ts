import type { NixExpr } from "../nix/ast.ts";
import { nix } from "../nix/build.ts";
import { isIdentifier } from "../nix/names.ts";
import type { AppSpec } from "./template.ts";
import { templateInput } from "./template-errors.ts";

interface Named {
  readonly template: string;
  /** The key that names the package. */
  readonly key: "nixpkgs-package" | "nixpkgs-packages" | "runtime-package" | "php-version";
}

/** `redis` or `python3Packages.flask` as `pkgs.…`; anything but names and dots is refused. */
export function packageRef(spec: AppSpec, name: string, { template, key }: Named): NixExpr {
  const path = attributePath(name.replace(/^pkgs\./, ""));
  if (path !== undefined) return nix.ref("pkgs", ...path);
  throw templateInput({
    template,
    reason: `[nix] ${key} '${name}' is not the name of a package`,
    hint: "Write the attribute of the package set, for example redis or python3Packages.flask",
    place: spec.scope(["nix", key]).place,
  });
}

/** `a.b` or `debianPackages."libglib2.0-0"`, as `hop3 packages search` writes it. */
function attributePath(name: string): readonly string[] | undefined {
  const parts = [...name.matchAll(/(?:^|\.)(?:"([^"\\$]+)"|([A-Za-z_][A-Za-z0-9_'-]*))/g)];
  const isWhole = parts.map(([all]) => all).join("") === name && !name.startsWith(".");
  return isWhole && parts.length > 0
    ? parts.map(([, quoted, plain]) => quoted ?? plain ?? "")
    : undefined;
}

/** Under which name texts may refer to a package, where it makes one. */
export function referenceName(name: string): string | undefined {
  const last = name.split(".").at(-1) ?? "";
  return isIdentifier(last) ? last : undefined;
}
