import { dataDirectory, fromNix, type Text } from "../../launcher/text.ts";
import type { NixExpr } from "../../nix/ast.ts";
import { nix } from "../../nix/build.ts";
import { packageRef, referenceName } from "../packages.ts";
import { type AppSpec, defineTemplate, type Rendering } from "../template.ts";

const id = "nixpkgs-wrapper";

/** Runs what the package set already has. */
export const nixpkgsWrapper = defineTemplate({
  id,
  title: "A package of the set",
  description:
    "Runs a program that the package set has: a server, a database, several of them together.",
  tier: "nixpkgs",
  required: ["nixpkgs-package"],
  optional: ["nixpkgs-packages", "runtime-package"],
  render,
});

function render(spec: AppSpec): Rendering {
  const { section } = spec;
  const main = section["nixpkgs-package"] ?? "";
  const key = "nixpkgs-package";
  const own = packageRef(spec, main, { template: id, key });
  const more = (section["nixpkgs-packages"] ?? []).map((name) => ({
    name,
    expr: packageRef(spec, name, { template: id, key: "nixpkgs-packages" }),
  }));
  const runtime = section["runtime-package"];
  if (runtime !== undefined) {
    const expr = packageRef(spec, runtime, { template: id, key: "runtime-package" });
    more.push({ name: runtime, expr });
  }
  const names: Record<string, NixExpr> = { APPDIR: nix.ref("package") };
  for (const { name, expr } of more) {
    const known = referenceName(name);
    if (known !== undefined) names[known] = expr;
  }
  const known = referenceName(main);
  if (known !== undefined) names[known] = nix.ref("package");
  return {
    bindings: [],
    package: own,
    names,
    command: command(spec),
    path: more.map(({ expr }) => nix.string(expr, "/bin")),
    startIn: dataDirectory,
    ...(section["writable-home-at-runtime"] === true ? { writableTree: ["."] } : {}),
  };
}

function command(spec: AppSpec): readonly Text[] {
  const target = spec.section["exec-target"];
  if (target !== undefined) return [[fromNix(nix.ref("package")), `/bin/${target}`]];
  if (spec.hasOwnWeb) return [];
  return [[fromNix(nix.call(nix.ref("pkgs", "lib", "getExe"), nix.ref("package")))]];
}
