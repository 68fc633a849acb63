import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AppDetail, ReleaseDetail } from "@hop3/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeTree } from "./support/apps.ts";
import { hop3 } from "./support/cli.ts";
import { useTestServer } from "./support/use-test-server.ts";

const repository = {
  "README.md": "Two apps and what they share.\n",
  "shared/greeting.txt": "hello from both\n",
  "apps/site/index.html": "<p>the site</p>\n",
  "apps/site/drafts/later.html": "not yet\n",
  "apps/site/hop3.toml": '[metadata]\nid = "our-site"\n[build]\nignore = ["drafts"]\n',
  // Reads what lies beside its own directory: all of the repository is in the store.
  "apps/page/hop3.nix": `{ pkgs ? import <nixpkgs> { }, src ? ./. }:
{
  package = pkgs.runCommand "page" { } ''
    mkdir -p $out/www
    cat \${../../shared/greeting.txt} \${src}/name.txt >$out/www/index.html
  '';
  workers.web = "\${pkgs.busybox}/bin/busybox httpd -f -p $BIND_ADDRESS:$PORT -h www";
}
`,
  "apps/page/name.txt": "and the page\n",
};

let dir = "";

const server = useTestServer("monorepo");

beforeAll(async () => {
  dir = await makeTree(repository);
});

afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
});

const deploy = (...args: readonly string[]) => hop3(server, "deploy", dir, ...args);

describe("two apps of one repository", () => {
  it("are deployed by their paths, each with its own files and name", async () => {
    const site = await deploy("--path", "apps/site");
    expect(site.exitCode, site.stderr).toBe(0);
    expect((await server.get("our-site")).text).toBe("<p>the site</p>\n");
    expect((await server.get("our-site", "/drafts/later.html")).status).toBe(404);
    const page = await deploy("--path", "./apps/page/");
    expect(page.exitCode, page.stderr).toBe(0);
    expect((await server.get("page")).text).toBe("hello from both\nand the page\n");
    const { artifact } = await server.json<ReleaseDetail>("GET", "/apps/our-site/releases/1");
    expect(artifact?.provenance.template).toBe("static-site");
  });

  it("are told apart from the same app without a path", async () => {
    const own = await hop3(server, "deploy", join(dir, "apps/site"));
    expect(own.exitCode, own.stderr).toBe(0);
    expect(await server.json<AppDetail>("GET", "/apps/our-site")).toMatchObject({ release: 2 });
    expect((await server.get("our-site")).text).toBe("<p>the site</p>\n");
  });

  it("point to the file from the top of the repository", async () => {
    await writeFile(
      join(dir, "apps/page/hop3.nix"),
      "{ pkgs }:\n{ package = pkgs.nothing-like-it; }\n",
    );
    const page = await deploy("--path", "apps/page");
    expect(page.exitCode).toBe(8);
    expect(page.stderr + page.stdout).toContain("apps/page/hop3.nix:2");
    expect((await server.get("page")).text).toBe("hello from both\nand the page\n");
  });

  it.each([
    ["../elsewhere", "is not below"],
    ["apps/none", "there is no 'apps/none' among the files that were sent"],
  ])("refuse the path %s", async (path, message) => {
    const refused = await deploy("--path", path, "--app", "page");
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr + refused.stdout).toContain(message);
  });

  it("are stopped by a secret anywhere in what is sent", async () => {
    const token = ["gh", "p_", "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zC0fR2uI6"].join("");
    await writeFile(join(dir, "shared/settings.py"), `TOKEN = "${token}"\n`);
    const refused = await deploy("--path", "apps/site");
    expect(refused.stderr + refused.stdout).toContain("shared/settings.py:1");
  });
});

const member = (name: string, dependencies: object) =>
  JSON.stringify({ name, version: "1.0.0", dependencies });

const workspace = {
  "package.json": JSON.stringify({ name: "all", workspaces: ["packages/*"] }),
  "packages/greet/package.json": member("greet", {}),
  "packages/greet/index.js": "module.exports = () => 'hello from a workspace';\n",
  "packages/api/package.json": member("api", { greet: "1.0.0" }),
  "packages/api/server.js": `const { createServer } = require("node:http");
createServer((_, answer) => answer.end(require("greet")()))
  .listen(process.env.PORT, process.env.BIND_ADDRESS);
`,
  "package-lock.json": JSON.stringify({
    name: "all",
    lockfileVersion: 3,
    packages: {
      "": { name: "all", workspaces: ["packages/*"] },
      "node_modules/api": { resolved: "packages/api", link: true },
      "node_modules/greet": { resolved: "packages/greet", link: true },
      "packages/api": { version: "1.0.0", dependencies: { greet: "1.0.0" } },
      "packages/greet": { version: "1.0.0" },
    },
  }),
  "hop3.toml": '[nix]\ntemplate = "node-source"\n[run]\nstart = "node packages/api/server.js"\n',
};

describe("a workspace with one lockfile", () => {
  it("is deployed from its top, and says which package is started", async () => {
    const tree = await makeTree(workspace);
    const { failure } = await server.deployed("workspace", tree);
    expect(failure, JSON.stringify(failure)).toBeUndefined();
    expect((await server.get("workspace")).text).toBe("hello from a workspace");
  });
});
