import { fromNix } from "../../launcher/text.ts";
import { inPackage, nix } from "../expressions.ts";
import { type AppSpec, defineTemplate, type Rendering } from "../template.ts";
import { archiveBindings, sourceOf } from "../upstream.ts";
import { crateBindings, lockedCrates } from "./crates.ts";
import { detectRustSource } from "./detect.ts";
import { rustTarget } from "./programs.ts";

/** A Rust program; Cargo.lock pins its crates. */
export const rustSource = defineTemplate({
  id: "rust-source",
  title: "A Rust program",
  description:
    "Builds a Rust program from its sources, offline, with crates that come one by one by the checksums of the Cargo.lock beside hop3.toml.",
  tier: "source",
  optional: ["url", "sha256", "archive"],
  detect: detectRustSource,
  reads: () => ["Cargo.toml", "Cargo.lock"],
  render,
});

function render(spec: AppSpec): Rendering {
  const target = rustTarget(spec);
  const packages = lockedCrates(spec);
  return {
    bindings: [...archiveBindings(spec), ...crateBindings(spec, packages)],
    package: nix.call(
      nix.ref("pkgs", "rustPlatform", "buildRustPackage"),
      nix.attrs({
        pname: nix.string(spec.app),
        version: nix.string(spec.version ?? "0"),
        src: sourceOf(spec),
        cargoDeps: nix.ref("crates"),
        doCheck: nix.literal(false),
      }),
    ),
    names: { APPDIR: inPackage("/bin") },
    command: spec.hasOwnWeb ? [] : [[fromNix(nix.ref("package")), `/bin/${target}`]],
    usesRegistries: packages.length > 0,
  };
}
