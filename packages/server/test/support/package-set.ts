import { lockTree } from "../../src/nix/locked-tree.ts";
import { findNixDir } from "../../src/nix/nix-dir.ts";
import { loadPackageSet } from "../../src/packages/package-set.ts";
import { run } from "../../src/proc/run.ts";

const entry = `{ input }: let
    i = builtins.fromJSON input;
    nix = builtins.fetchTree { type = "path"; inherit (i.nix) path narHash; };
    pkgs = import (nix + "/packages") i.packages;
  in builtins.foldl' (set: name: set.\${name}) pkgs i.attribute`;

const options = {
  "pure-eval": "true",
  "extra-experimental-features": "flakes nix-command fetch-tree",
  sandbox: "true",
  substitute: "false",
  "build-users-group": "",
} as const;

/** Store path of an attribute of the set that is locked in `home`: `jdk`, or `debianPackages` and a name. */
export async function buildAttribute(home: string, ...attribute: string[]): Promise<string> {
  const set = await loadPackageSet(home, { set: "debian" });
  const input = JSON.stringify({
    nix: await lockTree(findNixDir()),
    packages: set.arguments,
    attribute,
  });
  const settings = Object.entries(options).flatMap(([name, value]) => ["--option", name, value]);
  const { exitCode, stdout, stderr } = await run({
    argv: ["nix-build", "--no-out-link", ...settings, "-E", entry, "--argstr", "input", input],
  });
  if (exitCode !== 0) throw new Error(`${attribute.join(".")}: ${stderr}`);
  return stdout.trim();
}
