import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeTree, pageApp } from "./support/apps.ts";
import { type ExpectedFailure, expectFailure } from "./support/expected-failure.ts";
import { type FileServer, startFileServer } from "./support/registry.ts";
import { useTestServer } from "./support/use-test-server.ts";
import { lookAt, type World } from "./support/world.ts";

type Files = Readonly<Record<string, string>>;

let archives: FileServer;
let before: World;
let goodTree: string;

const server = useTestServer("generator-failures");

beforeAll(async () => {
  archives = await startFileServer();
  goodTree = await pageApp("one");
  expect(await server.deployed("page", goodTree)).toMatchObject({ state: "succeeded" });
  before = await lookAt(server, "page");
});

afterAll(async () => {
  await archives?.close();
});

/** Release 1 serves, nothing is left over, and the next good deployment works. */
async function expectRefused(files: Files, expected: ExpectedFailure): Promise<void> {
  const deployment = await server.deployed("page", await makeTree(files));
  expectFailure(deployment.failure, expected);
  expect(deployment.state).toBe("failed");
  expect(await lookAt(server, "page")).toEqual(before);
  const again = await server.deployed("page", goodTree);
  expect(again).toMatchObject({ state: "succeeded", unchanged: true });
}

function nix(...lines: readonly string[]): string {
  return `[nix]\n${lines.join("\n")}\n`;
}

const hash = "0".repeat(64);
const url = 'url = "http://127.0.0.1:1/a.tar.gz"';
const integrity = `sha512-${"A".repeat(86)}==`;
const start = JSON.stringify({
  scripts: { start: "node a.js" },
  dependencies: { left: "^1.0.0" },
});

function packageLock(dependencies: object, entry: object = {}): string {
  const packages = { "": { dependencies }, "node_modules/left": { version: "1.0.0", ...entry } };
  return JSON.stringify({ lockfileVersion: 3, packages }, null, 2);
}

const refused: Readonly<Record<string, ExpectedFailure & { files: Files }>> = {
  "an unknown template": {
    files: { "hop3.toml": nix('template = "php-apps"') },
    code: "TEMPLATE_UNKNOWN",
    message: "there is no template 'php-apps'",
    hint: "Did you mean php-app",
    place: "hop3.toml:2:1",
  },
  "a template like nothing": {
    files: { "hop3.toml": nix('template = "cobol"') },
    code: "TEMPLATE_UNKNOWN",
    message: "'cobol'",
    hint: "Templates: nixpkgs-wrapper, prebuilt-binary",
    place: "hop3.toml:2:1",
  },
  "an unknown key": {
    files: { "hop3.toml": nix('template = "php-app"', 'php-extension = ["gd"]') },
    code: "CONFIG_INVALID",
    message: "hop3.toml:3:1: unknown key 'php-extension' in [nix]; did you mean 'php-extensions'?",
    hint: "docs/reference/hop3-toml.md",
    place: "hop3.toml:3:1",
  },
  "a key of another template": {
    files: { "hop3.toml": nix('template = "php-app"', 'war-file = "a.war"') },
    code: "TEMPLATE_KEY_FOREIGN",
    message: "[nix] war-file means nothing to the template 'php-app'; it belongs to java-war",
    hint: "Remove war-file",
    place: "hop3.toml:3:1",
  },
  "half a pin": {
    files: { "hop3.toml": nix('template = "static-site"', `nixpkgs-rev = "${"a".repeat(40)}"`) },
    code: "TEMPLATE_INPUT",
    message: "nixpkgs-rev without nixpkgs-sha256 is half a pin",
    hint: "Add nixpkgs-sha256",
    place: "hop3.toml:3:1",
  },
  "an address without a hash": {
    files: { "hop3.toml": nix('template = "prebuilt-binary"', url) },
    code: "TEMPLATE_INPUT",
    message: "sha256 is missing",
    hint: "Add sha256",
    place: "hop3.toml:2:1",
  },
  "a hash that is none": {
    files: { "hop3.toml": nix('template = "prebuilt-binary"', url, 'sha256 = "sha256-abc="') },
    code: "CONFIG_INVALID",
    message: "expected a hash: SRI (sha256-…), base64 (44 characters), nix32 (52) or hex (64)",
    hint: "Correct hop3.toml",
    place: "hop3.toml:4:1",
  },
  "an address that is none": {
    files: {
      "hop3.toml": nix('template = "prebuilt-binary"', 'url = "a.tar.gz"', `sha256 = "${hash}"`),
    },
    code: "TEMPLATE_INPUT",
    message: "'a.tar.gz' is not an address",
    hint: "Write the whole address",
    place: "hop3.toml:3:1",
  },
  "a version that nothing gives": {
    files: {
      "hop3.toml": nix(
        'template = "prebuilt-binary"',
        'url = "http://127.0.0.1:1/${version}"',
        `sha256 = "${hash}"`,
      ),
    },
    code: "RECIPE_TEXT_INVALID",
    message: "${version} is used, and there is no version",
    hint: "[metadata] version",
    place: "hop3.toml:3:1",
  },
  "a directory that leads out": {
    files: {
      "hop3.toml": nix(
        'template = "prebuilt-archive"',
        url,
        `sha256 = "${hash}"`,
        'exec-target = "../../bin/sh"',
      ),
    },
    code: "TEMPLATE_INPUT",
    message: "exec-target '../../bin/sh' leads out of the app",
    hint: "without ..",
    place: "hop3.toml:5:1",
  },
  "a reference to nothing": {
    files: {
      "hop3.toml": `[nix]\ntemplate = "nixpkgs-wrapper"\nnixpkgs-package = "caddy"\n[nix.env-exports]\nA = "\${jdk}/bin"\n`,
    },
    code: "RECIPE_REFERENCE_UNKNOWN",
    message: "[nix.env-exports] A refers to '${jdk}', which nothing defines",
    hint: "[nix.let-extra]",
    place: "hop3.toml:5:1",
  },
  "a package that is not there": {
    files: { "hop3.toml": nix('template = "nixpkgs-wrapper"', 'nixpkgs-package = "rediss"') },
    code: "NIX_EVAL_FAILED",
    message: "rediss",
    hint: /redis/,
    place: "hop3.toml:3",
  },
  "several templates": {
    files: {
      "package.json": start,
      "package-lock.json": packageLock({ left: "^1.0.0" }, { integrity: "x" }),
      "index.php": "<?php",
    },
    code: "DETECT_AMBIGUOUS",
    message: "fits several templates: php-app, node-source",
    hint: "[nix] template =",
    detail: /php-app +fits +found index\.php/,
  },
  "a missing lockfile": {
    files: { "hop3.toml": nix('template = "node-source"'), "package.json": start },
    code: "LOCKFILE_MISSING",
    message: "package.json needs a lockfile",
    hint: "npm install --package-lock-only",
    place: "package.json",
  },
  "a lockfile of another manifest": {
    files: {
      "package.json": start,
      "package-lock.json": packageLock({ left: "^2.0.0" }, { integrity }),
    },
    code: "LOCKFILE_OUT_OF_STEP",
    message: /package-lock.json does not belong to package.json: .*left/,
    hint: "npm install --package-lock-only",
    place: "package-lock.json",
  },
  "an old Gemfile.lock": {
    files: {
      "hop3.toml": nix('template = "ruby-bundler"', 'exec-target = "rackup"'),
      Gemfile: 'source "https://gems.test"\ngem "rack"\ngem "puma"\n',
      "Gemfile.lock":
        "GEM\n  remote: https://gems.test/\n  specs:\n    rack (3.0.0)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  rack\n",
    },
    code: "LOCKFILE_OUT_OF_STEP",
    message: "puma",
    hint: "bundle lock",
    place: "Gemfile.lock",
  },
  "a dependency without a hash": {
    files: { "package.json": start, "package-lock.json": packageLock({ left: "^1.0.0" }) },
    code: "LOCKFILE_NO_HASH",
    message: "no usable hash for left@1.0.0",
    hint: "hop3 nix lock",
    place: "package-lock.json:6",
  },
  "a lockfile that is no JSON": {
    files: { "package.json": start, "package-lock.json": '{\n  "lockfileVersion": 3,\n}' },
    code: "LOCKFILE_SYNTAX",
    message: "package-lock.json cannot be read",
    hint: "npm install --package-lock-only",
    place: "package-lock.json:3",
  },
  "a lockfile in the middle of a merge": {
    files: { "package.json": start, "package-lock.json": "<<<<<<< HEAD\n{}\n=======\n" },
    code: "LOCKFILE_SYNTAX",
    message: "merge conflict",
    hint: "npm install",
    place: "package-lock.json:1",
  },
};

describe("a recipe or a tree that must be refused", () => {
  it.each(Object.entries(refused))("%s", async (_name, { files, ...expected }) => {
    await expectRefused(files, expected);
  });
});

/** An archive of [name, type, target or text]; the type is tar's flag. */
async function archiveOf(entries: string): Promise<Buffer> {
  const dir = await makeTree({});
  const script = `import io, tarfile
with tarfile.open("a.tar.gz", "w:gz") as out:
    for name, kind, more in ${entries}:
        info = tarfile.TarInfo(name)
        info.type = kind.encode()
        info.mode = 0o755
        if kind in "12": info.linkname = more
        data = more.encode() if kind == "0" else b""
        info.size = len(data)
        out.addfile(info, io.BytesIO(data))
`;
  execFileSync("python3", ["-c", script], { cwd: dir });
  return readFileSync(join(dir, "a.tar.gz"));
}

describe("an archive that must be refused", () => {
  const program = '("app/run", "0", "#!/bin/sh")';
  it.each([
    ["a name that leads out", '("app/../../../tmp/x", "0", "x")', "it holds app/../../../tmp/x"],
    [
      "an absolute link",
      '("app/passwd", "2", "/etc/passwd")',
      "its link app/passwd leads to /etc/passwd",
    ],
    ["a link that leads out", '("app/up", "2", "../../..")', "its link app/up leads to ../../.."],
    ["a device", '("app/null", "3", "")', "it holds app/null, a device or pipe"],
  ])("%s", async (_name, entry, reason) => {
    const archive = await archiveOf(`[${program}, ${entry}]`);
    const { url: address, sha256 } = archives.serve(`/${randomUUID()}.tar.gz`, archive);
    const toml = nix(
      'template = "prebuilt-archive"',
      `sha256 = "${sha256}"`,
      `url = "${address}"`,
      'exec-target = "run"',
    );
    await expectRefused(
      { "hop3.toml": toml },
      {
        code: "ARCHIVE_UNSAFE",
        message: `the archive of [nix] url is not unpacked: ${reason}`,
        hint: "tar -tvf",
        place: "hop3.toml:4:1",
      },
    );
  });
});
