import { encodeShellWord } from "../../encode/shell.ts";
import {
  checkInStep,
  hop3LockFile,
  type LockedPackage,
  lockHashes,
  parseHop3Lock,
  readLockfile,
  registryUrl,
  requireLockfile,
} from "../../lockfiles/index.ts";
import { parseGoMod, replacementOf } from "../../lockfiles/shared/go-module.ts";
import type { Binding, StringPart } from "../../nix/ast.ts";
import { type NixExpr, nix, runCommand } from "../expressions.ts";
import { fetchExpr, registryBinding } from "../fetches.ts";
import type { AppSpec } from "../template.ts";
import { templateInput } from "../template-errors.ts";

/** How a build gets at its modules. */
export interface GoModules {
  readonly bindings: readonly Binding[];
  /** Arguments of buildGoModule. */
  readonly attrs: Readonly<Record<string, NixExpr | undefined>>;
  readonly usesRegistries: boolean;
}

const noModules: GoModules = {
  bindings: [],
  attrs: { vendorHash: nix.literal(null) },
  usesRegistries: false,
};

/** By one hash where the recipe has it, from the app itself, or one by one. */
export function goModules(spec: AppSpec): GoModules {
  const { section, tree } = spec;
  const vendorHash = section["go-vendor-hash"];
  if (vendorHash !== undefined) {
    const proxyVendor = section["go-proxy-vendor"] === true ? nix.literal(true) : undefined;
    const attrs = { vendorHash: nix.string(vendorHash), proxyVendor };
    return { bindings: [], attrs, usesRegistries: false };
  }
  if (section.url === undefined && tree.has("vendor/modules.txt")) return noModules;
  if (section.url !== undefined && !tree.has("go.sum")) throw noHash(spec);
  return lockedModules(spec);
}

function noHash(spec: AppSpec): Error {
  return templateInput({
    template: "go-source",
    reason: "[nix] go-vendor-hash is missing, and no go.sum beside hop3.toml names the modules",
    hint: "Add go-vendor-hash to [nix], or put the archive's go.mod and go.sum beside hop3.toml",
    place: spec.scope(["nix", "url"]).place,
  });
}

function lockedModules(spec: AppSpec): GoModules {
  const packages = readModules(spec);
  if (packages.length === 0) return noModules;
  const modules = runCommand({
    name: `${spec.app}-go-modules`,
    script: [addFunction, ...packages.flatMap(addLine)],
  });
  return {
    bindings: [
      registryBinding("go"),
      nix.bind("modules", modules, {
        comment: "What a module proxy would answer; go checks it against go.sum.",
      }),
    ],
    attrs: {
      vendorHash: nix.literal(null),
      postConfigure: nix.indented(
        "export GOPROXY=file://",
        nix.ref("modules"),
        ' GOFLAGS="-mod=readonly -trimpath"\n',
      ),
    },
    usesRegistries: true,
  };
}

/** The entries of go.sum, each with its hash of hop3.lock. */
function readModules(spec: AppSpec): readonly LockedPackage[] {
  const manifest = { file: "go.mod", text: spec.files.get("go.mod") ?? "" };
  const mod = parseGoMod(manifest.text);
  const remote = mod.requires.filter((one) => {
    const replaced = replacementOf(mod, one);
    return replaced === undefined || replaced.toVersion !== undefined;
  });
  if (remote.length === 0) return [];
  const paths = spec.tree.paths().map(({ path }) => path);
  const file = requireLockfile(paths, { registry: "go", manifest: manifest.file });
  const lockfile = { file, text: spec.files.get(file) ?? "" };
  checkInStep({ lockfile, manifest, digest: noDigest });
  const hashes = lockHashes(parseHop3Lock(spec.files.get(hop3LockFile)), "go");
  return readLockfile(lockfile, { manifest: manifest.text, hashes }).packages;
}

/** Only Composer's lockfiles carry a digest of their manifest. */
function noDigest(): string {
  throw new Error("go.sum holds no digest of go.mod");
}

const addFunction = `add() { # PATH FILE
  mkdir -p "$out/\${1%/*}"
  ln -s "$2" "$out/$1"
}
`;

function addLine(item: LockedPackage): readonly StringPart[] {
  const path = registryUrl(item, { go: "." })?.slice(2) ?? "";
  // Store paths have no exclamation mark, which stands before what was a capital.
  const own = path.replace(/^.*\//, "").replaceAll("!", "-");
  const name = path.endsWith(`/${own}`) ? {} : { name: own };
  const file = fetchExpr({ from: { registry: "go", path }, hash: item.integrity, ...name });
  return [`add ${encodeShellWord(path)} `, file, "\n"];
}
