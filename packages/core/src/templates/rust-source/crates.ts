import { encodeShellWord } from "../../encode/shell.ts";
import {
  checkInStep,
  type LockedPackage,
  readLockfile,
  requireLockfile,
} from "../../lockfiles/index.ts";
import type { Binding, StringPart } from "../../nix/ast.ts";
import { type NixExpr, nix, runCommand } from "../expressions.ts";
import type { AppSpec } from "../template.ts";

/** Bindings of `crates`: one download for each crate, and the directory that cargo takes them from. */
export function crateBindings(
  spec: AppSpec,
  packages: readonly LockedPackage[],
): readonly Binding[] {
  const crates = runCommand({
    name: `${spec.app}-crates`,
    attrs: { lock: lockText(), config: nix.text(cargoConfig), passAsFile: passed },
    script: [unpackFunction, ...packages.flatMap(unpackLine)],
  });
  const crate = nix.bind("crate", crateFunction, {
    comment: "A crate of the registry, by the checksum of Cargo.lock.",
  });
  return [...(packages.length === 0 ? [] : [crate]), nix.bind("crates", crates)];
}

/** Crates of a registry, checked against Cargo.toml; packages of the app itself are none of them. */
export function lockedCrates(spec: AppSpec): readonly LockedPackage[] {
  const paths = spec.tree.paths().map(({ path }) => path);
  const file = requireLockfile(paths, { registry: "crates", manifest: "Cargo.toml" });
  const lockfile = { file, text: spec.files.get(file) ?? "" };
  const manifest = { file: "Cargo.toml", text: spec.files.get("Cargo.toml") ?? "" };
  checkInStep({ lockfile, manifest, digest: noDigest });
  return readLockfile(lockfile).packages;
}

/** Only Composer's lockfiles carry a digest of their manifest. */
function noDigest(): string {
  throw new Error("Cargo.lock holds no digest of Cargo.toml");
}

/** The text and not the file, so that no other change of the app unpacks the crates again. */
function lockText(): NixExpr {
  const file = nix.binary("+", nix.ref("src"), nix.string("/Cargo.lock"));
  return nix.call(nix.ref("builtins", "readFile"), file);
}

const passed = nix.list([nix.string("lock"), nix.string("config")]);

const cargoConfig = `[source.crates-io]
replace-with = "vendored-sources"
[source.vendored-sources]
directory = "@vendor@"
`;

const crateFunction = nix.lambda(
  "name",
  nix.lambda(
    "version",
    nix.lambda(
      "hash",
      nix.call(
        nix.ref("pkgs", "fetchurl"),
        nix.attrs([
          nix.bind("name", nix.string(nix.ref("name"), "-", nix.ref("version"), ".crate")),
          nix.bind(
            "url",
            nix.string(
              nix.ref("registries", "crates"),
              "/",
              nix.ref("name"),
              "/",
              nix.ref("version"),
              "/download",
            ),
          ),
          nix.inherit(["hash"]),
        ]),
      ),
    ),
  ),
);

const unpackFunction = `unpack() { # DIRECTORY CRATE
  local sum
  sum=$(sha256sum "$2")
  mkdir "$out/$1"
  tar -xzf "$2" -C "$out/$1" --strip-components=1 --no-same-owner
  printf '{"files":{},"package":"%s"}' "\${sum%% *}" > "$out/$1/.cargo-checksum.json"
}
mkdir -p $out/.cargo
cp $lockPath $out/Cargo.lock
cp $configPath $out/.cargo/config
`;

function unpackLine({ name, version, integrity }: LockedPackage): readonly StringPart[] {
  const words = [name, version, integrity].map((word) => nix.string(word));
  const fetched = nix.call(nix.ref("crate"), ...words);
  return [`unpack ${encodeShellWord(`${name}-${version}`)} `, fetched, "\n"];
}
