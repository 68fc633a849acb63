import {
  hop3LockFile,
  type LockedPackage,
  type Lockfile,
  lockfileUnsupportedSource,
  lockHashes,
  parseHop3Lock,
  readLockfile,
} from "../../lockfiles/index.ts";
import { type Binding, type NixExpr, nix } from "../expressions.ts";
import type { AppSpec } from "../template.ts";
import { templateInput } from "../template-errors.ts";
import { gemfiles } from "./detect.ts";

/** Where gems come from: each by its checksum, or all by what bundix has written. */
export interface Gems {
  readonly bindings: readonly Binding[];
  /** Absent where gemset.nix pins them: it is Nix, and is not read here. */
  readonly lockfile?: Lockfile;
}

export function readGems(spec: AppSpec): Gems {
  const pair = gemfiles.find(({ lockfile }) => spec.files.has(lockfile));
  if (pair === undefined || spec.tree.has("gemset.nix")) {
    const gems = environment(spec, { gemdir: nix.ref("src") });
    return { bindings: [nix.bind("gems", gems)] };
  }
  const { lockfile: file, manifest } = pair;
  const lockfile = readLockfile(
    { file, text: spec.files.get(file) ?? "" },
    {
      manifest: spec.files.get(manifest),
      target: spec.facts.target,
      hashes: lockHashes(parseHop3Lock(spec.files.get(hop3LockFile)), "rubygems"),
      isProduction: true,
    },
  );
  const wanted = lockfile.packages.filter(({ dev }) => !dev);
  const usual = usualRemote(wanted);
  const gemset = nix.attrs(
    wanted.map((gem) => nix.bind([gem.name], gemExpr(gem, { usual, wanted, lockfile }))),
  );
  const gems = environment(spec, {
    gemfile: fileOf(manifest, "Gemfile"),
    lockfile: fileOf(file, "Gemfile.lock"),
    gemset,
  });
  return {
    lockfile,
    bindings: [
      nix.bind("rubygems", registryExpr(usual), {
        comment: "Where gems come from; each is known by its checksum.",
      }),
      nix.bind("gems", gems),
    ],
  };
}

function environment(spec: AppSpec, more: Readonly<Record<string, NixExpr>>): NixExpr {
  return nix.call(
    nix.ref("pkgs", "bundlerEnv"),
    nix.attrs([
      nix.bind("name", nix.string(`${spec.app}-gems`)),
      nix.inherit(["ruby"]),
      ...Object.entries(more).map(([name, value]) => nix.bind(name, value)),
    ]),
  );
}

/** A file by its content alone: a change of another file leaves the gems as they are. */
function fileOf(path: string, name: string): NixExpr {
  const place = nix.binary("+", nix.ref("src"), nix.string(`/${path}`));
  const text = nix.call(nix.ref("builtins", "readFile"), place);
  return nix.call(nix.ref("pkgs", "writeText"), nix.string(name), text);
}

/** The address that most gems have in the lockfile; the server's own registry stands in for it. */
function usualRemote(gems: readonly LockedPackage[]): string | undefined {
  const counts = new Map<string, number>();
  for (const gem of gems) {
    const remote = remoteOf(gem);
    if (remote !== undefined) counts.set(remote, (counts.get(remote) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

function remoteOf({ url }: LockedPackage): string | undefined {
  return url?.replace(/\/gems\/[^/]*$/, "");
}

function registryExpr(usual: string | undefined): NixExpr {
  if (usual === undefined) return nix.ref("registries", "rubygems");
  return nix.select(nix.ref("registries"), ["configured", "rubygems"], nix.string(usual));
}

interface Among {
  readonly usual: string | undefined;
  readonly wanted: readonly LockedPackage[];
  readonly lockfile: Lockfile;
}

/** An entry of a gemset, as nixpkgs has them. */
function gemExpr(gem: LockedPackage, { usual, wanted, lockfile }: Among): NixExpr {
  const { name, source, platform } = gem;
  if (source.kind !== "registry") {
    throw lockfileUnsupportedSource({
      place: { file: lockfile.file },
      name,
      source: "git, which no registry serves",
      hint: `Depend on a released version of ${name}, or add its files to the app as a path`,
    });
  }
  const remote = remoteOf(gem);
  const names = new Set(wanted.map((one) => one.name));
  const needs = (gem.needs ?? []).filter((need) => names.has(need)).map((need) => nix.string(need));
  return nix.attrs({
    version: nix.string(gem.version),
    platform: platform === undefined ? undefined : nix.string(platform),
    dependencies: needs.length === 0 ? undefined : nix.list(needs),
    source: nix.attrs({
      type: nix.string("gem"),
      remotes: nix.list([
        remote === undefined || remote === usual ? nix.ref("rubygems") : nix.string(remote),
      ]),
      sha256: nix.string(sha256Of(gem, lockfile)),
    }),
  });
}

function sha256Of(gem: LockedPackage, { file }: Lockfile): string {
  const hash = gem.hashes.find((one) => one.startsWith("sha256-"));
  if (hash !== undefined) return hash;
  throw templateInput({
    template: "ruby-bundler",
    reason: `${file} has no sha256 of ${gem.name}`,
    hint: "Write its checksums again: bundle lock --add-checksums",
    place: { file },
  });
}
