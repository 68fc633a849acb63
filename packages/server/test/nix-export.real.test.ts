import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type ReleaseDetail, templates } from "@hop3/core";
import { describe, expect, it } from "vitest";
import { makeNixClient } from "../src/nix/client.ts";
import { lockTree } from "../src/nix/locked-tree.ts";
import { findNixDir } from "../src/nix/nix-dir.ts";
import { loadPackageSet } from "../src/packages/package-set.ts";
import { run } from "../src/proc/run.ts";
import { makeTree } from "./support/apps.ts";
import { cliFailure, hop3 } from "./support/cli.ts";
import { useTestServer } from "./support/use-test-server.ts";

const root = join(import.meta.dirname, "../../..");
const examples = join(root, "examples/templates");
const recipes = join(root, "packages/core/src/templates");

const registries = ["npm", "pypi", "rubygems", "packagist", "go", "maven", "crates"];
const server = useTestServer("export", {
  settings: `[registries]\n${registries.map((name) => `${name} = "http://127.0.0.1:9/${name}"\n`).join("")}`,
});

/** Some examples are finished by their own test. */
function isComplete(example: string): boolean {
  const file = join(example, "expect.json");
  return existsSync(file) && !readFileSync(file, "utf8").includes("preparedBy");
}

/** What a recipe of a template without example reads. */
const files: Readonly<Record<string, string>> = {
  "gemset.nix": "{ }\n",
  "requirements.txt": `thing==1.0 --hash=sha256:${"0".repeat(64)}\n`,
  Gemfile: 'gem "rails"\n',
  "Gemfile.lock": `GEM
  remote: https://gems.example/
  specs:
    rails (7.1.3)

PLATFORMS
  ruby

DEPENDENCIES
  rails

CHECKSUMS
  rails (7.1.3) sha256=${"0".repeat(64)}

BUNDLED WITH
   2.6.0
`,
  "Cargo.toml": '[package]\nname = "thing"\n[dependencies]\nitoa = "1"\n',
  "Cargo.lock": `version = 3
[[package]]
name = "itoa"
version = "1.0.9"
source = "registry+https://index.example/"
checksum = "${"0".repeat(64)}"
`,
  "deps.json": JSON.stringify({ "!version": 1 }),
};

async function projectOf(template: string): Promise<string> {
  const dir = await makeTree({});
  const example = join(examples, template);
  if (isComplete(example)) {
    await cp(example, dir, { recursive: true });
  } else {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(dir, name)), { recursive: true });
      await writeFile(join(dir, name), text);
    }
    await cp(join(recipes, template, "recipe.toml"), join(dir, "hop3.toml"));
  }
  return dir;
}

const expression = `{ input }: let
    i = builtins.fromJSON input;
    enter = tree: builtins.fetchTree { type = "path"; inherit (tree) path narHash; };
    pkgs = import (enter i.nix + "/packages") (i.packages // { registries = { go = "http://127.0.0.1:9"; }; });
    package = pkgs.callPackage (enter i.project + "/package.nix") { };
  in { inherit (package) name drvPath; inherit (package) meta; }`;

/** What `callPackage` makes of an exported package with the Debian set, in pure evaluation. */
async function callPackage(dir: string) {
  const { arguments: packages } = await loadPackageSet(server.home, { set: "debian" });
  const nix = await lockTree(findNixDir());
  const input = JSON.stringify({ nix, packages, project: await lockTree(dir) });
  const flags = ["--eval", "--strict", "--json", "--read-write-mode"];
  const options = [
    ...["--option", "pure-eval", "true"],
    ...["--option", "substitute", "false"],
    ...["--option", "extra-experimental-features", "flakes fetch-tree"],
  ];
  const version = await makeNixClient().version();
  const result = await run({
    argv: ["nix-instantiate", ...flags, ...options, "-E", expression, "--argstr", "input", input],
  });
  expect(result.exitCode, `Nix ${version}: ${result.stderr}`).toBe(0);
  return JSON.parse(result.stdout) as { drvPath: string; meta: Record<string, unknown> };
}

describe("hop3 nix export", () => {
  it.each(templates.map(({ id }) => id))("callPackage takes what it writes of %s", async (id) => {
    const dir = await projectOf(id);
    const result = await hop3(server, "nix", "export", dir);
    expect(result.exitCode, result.stderr).toBe(0);
    expect(readdirSync(dir)).toEqual(expect.arrayContaining(["flake.nix", "package.nix"]));
    const { drvPath, meta } = await callPackage(dir);
    expect(drvPath).toMatch(/^\/nix\/store\/.*\.drv$/);
    expect(meta).toMatchObject({ platforms: expect.arrayContaining(["x86_64-linux"]) });
    await rm(dir, { recursive: true, force: true });
  });

  it("replaces nothing without --force", async () => {
    const dir = await projectOf("static-site");
    await writeFile(join(dir, "flake.nix"), "{ }\n");
    const failure = cliFailure(await hop3(server, "nix", "export", dir, "--json"));
    expect(failure).toMatchObject({ code: "NIX_EXPORT_EXISTS", exitCode: 6 });
    expect(existsSync(join(dir, "package.nix"))).toBe(false);
    const forced = await hop3(server, "nix", "export", dir, "--force");
    expect(forced.exitCode, forced.stderr).toBe(0);
    expect(await readFile(join(dir, "flake.nix"), "utf8")).toContain("callPackage ./package.nix");
  });

  it("refuses where the app has an expression of its own", async () => {
    const failure = cliFailure(
      await hop3(server, "nix", "export", join(root, "examples/static"), "--json"),
    );
    expect(failure.code).toBe("NIX_NOTHING_TO_WRITE");
  });

  it("writes a flake that Hop3 builds and runs as the app was", async () => {
    const page = `page ${randomUUID()}`;
    const dir = await makeTree({
      "index.html": page,
      "hop3.toml":
        '[metadata]\nid = "exported"\ndescription = "A page."\nlicense = "MIT"\n\n[nix]\ntemplate = "static-site"\n',
    });
    const exported = await hop3(server, "nix", "export", dir);
    expect(exported.exitCode, exported.stderr).toBe(0);
    await writeFile(
      join(dir, "hop3.toml"),
      '[metadata]\nid = "exported"\n\n[build.nix]\nfile = "flake.nix"\n',
    );
    const deployment = await server.deployed("exported", dir);
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    expect((await server.get("exported")).text).toBe(page);
    const { artifact } = await server.json<ReleaseDetail>("GET", "/apps/exported/releases/1");
    expect(artifact?.runtime.workers["web"]?.command).toContain("exported");
    expect(readFileSync(join(dir, "package.nix"), "utf8")).toContain("license = lib.licenses.mit;");
  });
});
