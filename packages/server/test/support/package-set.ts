import { lockTree } from "../../src/nix/locked-tree.ts";
import { findNixDir } from "../../src/nix/nix-dir.ts";
import { loadPackageSet } from "../../src/packages/package-set.ts";
import { run } from "../../src/proc/run.ts";

const entry = (text: string): string => `{ input }: let
    i = builtins.fromJSON input;
    nix = builtins.fetchTree { type = "path"; inherit (i.nix) path narHash; };
    pkgs = import (nix + "/packages") i.packages;
  in ${text}`;

const options = {
  "pure-eval": "true",
  "extra-experimental-features": "flakes nix-command fetch-tree",
  sandbox: "true",
  substitute: "false",
  "build-users-group": "",
} as const;

/** Store path of an attribute of the set that is locked in `home`: `jdk`, or `debianPackages` and a name. */
export function buildAttribute(home: string, ...attribute: string[]): Promise<string> {
  const path = attribute.map((name) => `.${JSON.stringify(name)}`).join("");
  return buildExpression(home, `pkgs${path}`);
}

/** Store path of an expression in which `pkgs` is the set that is locked in `home`. */
export async function buildExpression(home: string, text: string): Promise<string> {
  const set = await loadPackageSet(home, { set: "debian" });
  const input = JSON.stringify({
    nix: await lockTree(findNixDir()),
    packages: set.arguments,
  });
  const settings = Object.entries(options).flatMap(([name, value]) => ["--option", name, value]);
  const { exitCode, stdout, stderr } = await run({
    argv: [
      "nix-build",
      "--no-out-link",
      ...settings,
      "-E",
      entry(text),
      "--argstr",
      "input",
      input,
    ],
  });
  if (exitCode !== 0) throw new Error(`${text}: ${stderr}`);
  return stdout.trim();
}
