import { fromNix } from "../../launcher/text.ts";
import { inPackage, nix } from "../expressions.ts";
import { type AppSpec, defineTemplate, type Rendering } from "../template.ts";
import { archiveBindings, insidePath, sourceOf } from "../upstream.ts";

/** A Rust program; Cargo.lock pins its crates. */
export const rustSource = defineTemplate({
  id: "rust-source",
  title: "A Rust program",
  description:
    "Builds a Rust program from its sources; Cargo.lock beside hop3.toml pins the crates.",
  tier: "source",
  required: ["exec-target"],
  optional: ["url", "sha256", "archive"],
  render,
});

function render(spec: AppSpec): Rendering {
  const target = insidePath(spec, "exec-target", spec.section["exec-target"] ?? "");
  const lockFile = nix.binary("+", nix.ref("src"), nix.string("/Cargo.lock"));
  return {
    bindings: archiveBindings(spec),
    package: nix.call(
      nix.ref("pkgs", "rustPlatform", "buildRustPackage"),
      nix.attrs({
        pname: nix.string(spec.app),
        version: nix.string(spec.version ?? "0"),
        src: sourceOf(spec),
        cargoLock: nix.attrs({ lockFile }),
        doCheck: nix.literal(false),
      }),
    ),
    names: { APPDIR: inPackage("/bin") },
    command: spec.hasOwnWeb ? [] : [[fromNix(nix.ref("package")), `/bin/${target}`]],
  };
}
