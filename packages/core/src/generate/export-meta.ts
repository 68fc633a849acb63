import type { NixExpr } from "../nix/ast.ts";
import { nix } from "../nix/build.ts";

/** The part of `[metadata]` that `meta` takes. */
export interface AppMeta {
  readonly description?: string | undefined;
  readonly homepage?: string | undefined;
  /** SPDX. */
  readonly license?: string | undefined;
}

/** nixpkgs' names of licences, by SPDX. */
const licenses: Readonly<Record<string, string>> = {
  "0BSD": "bsd0",
  "AGPL-3.0": "agpl3Only",
  "AGPL-3.0-only": "agpl3Only",
  "AGPL-3.0-or-later": "agpl3Plus",
  "Apache-2.0": "asl20",
  "Artistic-2.0": "artistic2",
  "BSD-2-Clause": "bsd2",
  "BSD-3-Clause": "bsd3",
  "BUSL-1.1": "bsl11",
  "CC0-1.0": "cc0",
  "CC-BY-4.0": "cc-by-40",
  "CC-BY-SA-4.0": "cc-by-sa-40",
  "EPL-2.0": "epl20",
  "GPL-2.0": "gpl2Only",
  "GPL-2.0-only": "gpl2Only",
  "GPL-2.0-or-later": "gpl2Plus",
  "GPL-3.0": "gpl3Only",
  "GPL-3.0-only": "gpl3Only",
  "GPL-3.0-or-later": "gpl3Plus",
  ISC: "isc",
  "LGPL-2.1-only": "lgpl21Only",
  "LGPL-2.1-or-later": "lgpl21Plus",
  "LGPL-3.0-only": "lgpl3Only",
  "LGPL-3.0-or-later": "lgpl3Plus",
  MIT: "mit",
  "MPL-2.0": "mpl20",
  "PHP-3.01": "php301",
  PostgreSQL: "postgresql",
  "Python-2.0": "psfl",
  Ruby: "ruby",
  "SSPL-1.0": "sspl",
  Unlicense: "unlicense",
  Zlib: "zlib",
};

/** What the upstream archive of a template holds; whatever is not named here is built from source. */
const sourceTypes: Readonly<Record<string, string>> = {
  "prebuilt-binary": "binaryNativeCode",
  "prebuilt-archive": "binaryNativeCode",
  "java-war": "binaryBytecode",
};

/** `meta` as nixpkgs has it; what is not known is left out. */
export function metaOf(
  { description, homepage, license }: AppMeta,
  {
    mainProgram,
    template,
  }: { readonly mainProgram: string | undefined; readonly template: string },
): NixExpr {
  const lib = (...path: readonly string[]) => nix.ref("pkgs", "lib", ...path);
  const bytes = Object.hasOwn(sourceTypes, template) ? sourceTypes[template] : undefined;
  return nix.attrs({
    description: description === undefined ? undefined : nix.string(oneLine(description)),
    homepage: homepage === undefined ? undefined : nix.string(homepage),
    license: license === undefined ? undefined : licenseExpr(license),
    sourceProvenance: bytes === undefined ? undefined : nix.list([lib("sourceTypes", bytes)]),
    mainProgram: mainProgram === undefined ? undefined : nix.string(mainProgram),
    platforms: lib("platforms", "linux"),
  });
}

/** One line without full stop, as nixpkgs asks. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim().replace(/\.$/, "");
}

/** A set where nixpkgs has no name for it. */
function licenseExpr(spdx: string): NixExpr {
  const known = Object.hasOwn(licenses, spdx) ? licenses[spdx] : undefined;
  if (known !== undefined) return nix.ref("pkgs", "lib", "licenses", known);
  return nix.attrs({ spdxId: nix.string(spdx), fullName: nix.string(spdx) });
}
