import type { Binding, NixExpr, StringPart } from "../nix/ast.ts";
import { nix } from "../nix/build.ts";

export { type Binding, type NixExpr, nix };

interface Command {
  readonly name: string;
  readonly inputs?: readonly NixExpr[];
  readonly attrs?: Readonly<Record<string, NixExpr>>;
  readonly script: readonly StringPart[];
}

/** `pkgs.runCommand name { … } ''…''` */
export function runCommand({ name, inputs = [], attrs = {}, script }: Command): NixExpr {
  const native = inputs.length === 0 ? undefined : nix.list(inputs);
  return nix.call(
    nix.ref("pkgs", "runCommand"),
    nix.string(name),
    nix.attrs({ nativeBuildInputs: native, ...attrs }),
    nix.indented(...script),
  );
}

/** `"${package}/path"` */
export function inPackage(path: string): NixExpr {
  return nix.string(nix.ref("package"), path);
}

/** `"${expr}/bin"` */
export function binOf(expr: NixExpr): NixExpr {
  return nix.string(expr, "/bin");
}
