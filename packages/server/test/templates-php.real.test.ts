import { randomUUID } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../src/proc/run.ts";
import { debianPhp, type PhpPackage, packagistRegistry } from "./registry/packagist.ts";
import { startRegistry, type TestRegistry } from "./registry/registry.ts";
import { copyTree, makeTree } from "./support/apps.ts";
import { hop3 } from "./support/cli.ts";
import { newDerivations } from "./support/derivations.ts";
import { checkExample, examplesDir } from "./support/examples.ts";
import { buildAttribute } from "./support/package-set.ts";
import { useTestServer } from "./support/use-test-server.ts";

let registry: TestRegistry;
let composer = "";
/** The example, with the lockfile that Composer itself wrote for this test's registry. */
let example = "";

/** Lets the real Composer choose packages, as on a developer's machine. */
async function composerUpdate(dir: string, ...args: readonly string[]): Promise<void> {
  const settings = await makeTree({
    "config.json": JSON.stringify({
      repositories: [{ type: "composer", url: registry.url("packagist") }, { packagist: false }],
      config: { "secure-http": false },
    }),
  });
  const argv = [composer, "update", "--no-install", "--no-interaction", ...args] as const;
  const env = { HOME: settings, COMPOSER_HOME: settings, COMPOSER_ALLOW_SUPERUSER: "1" };
  const { exitCode, stderr } = await run({ argv: [...argv], cwd: dir, env });
  expect(exitCode, stderr).toBe(0);
}

beforeAll(async () => {
  const packages: readonly PhpPackage[] = [
    await debianPhp("psr/log", {
      debian: "php-psr-log",
      directory: "Psr/Log",
      namespace: "Psr\\Log",
      version: "1.1.4",
      hasHash: true,
    }),
    await debianPhp("monolog/monolog", {
      debian: "php-monolog",
      directory: "Monolog",
      namespace: "Monolog",
      version: "2.9.1",
      require: { "psr/log": "^1.0.1 || ^2 || ^3", "ext-mbstring": "*" },
      hasHash: false,
      nonce: randomUUID(),
    }),
    await debianPhp("twig/twig", {
      debian: "php-twig",
      directory: "Twig",
      namespace: "Twig",
      version: "3.5.1",
      hasHash: false,
    }),
  ];
  registry = await startRegistry([packagistRegistry(packages, () => registry.url("packagist"))]);
});

afterAll(() => registry.close());

const server = useTestServer("php", {
  settings: () => `[registries]\npackagist = "${registry.url("packagist")}"\n`,
});

beforeAll(async () => {
  composer = `${await buildAttribute(server.home, "phpPackages", "composer")}/bin/composer`;
  example = await copyTree(join(examplesDir, "php-app"));
  await Promise.all(["composer.lock", "hop3.lock"].map((file) => rm(join(example, file))));
  await composerUpdate(example, "--ignore-platform-reqs");
});

describe("php-app with Composer", () => {
  it("says which package has no hash, and builds once hop3.lock has it", async () => {
    const { failure } = await server.deployed("php-app", example);
    expect(failure).toMatchObject({
      code: "LOCKFILE_NO_HASH",
      message: expect.stringMatching(/composer\.lock has no usable hash for monolog\/monolog@2/),
      hint: expect.stringContaining("hop3 nix lock"),
    });
    const locked = await hop3(server, "nix", "lock", example);
    expect(locked.exitCode, locked.stderr).toBe(0);
    await checkExample(server, "php-app", example);
    const { text } = await server.get("php-app", "/packages");
    expect(text).toContain("example/greeting");
    expect(text).not.toContain("twig/twig");
    expect(registry.asked.filter((path) => path.includes("monolog"))).toHaveLength(2);
  });

  it("answers sixteen slow requests at a time, each in a process of its own", async () => {
    const start = performance.now();
    await server.get("php-app", "/slow");
    const alone = performance.now() - start;
    const answers = await Promise.all(
      Array.from({ length: 16 }, () => server.get("php-app", "/slow")),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map(({ text }) => text)).size).toBeGreaterThan(12);
    // One after the other they would take seventeen times as long as the first one alone.
    expect(performance.now() - start).toBeLessThan(9 * alone);
  });

  it("finishes what it has begun when a new Release takes over, and hides files with a dot", async () => {
    const dir = await copyTree(example);
    await writeFile(join(dir, "public/.secret"), "hidden");
    await writeFile(join(dir, "public/seen.txt"), "seen");
    const slow = server.get("php-app", "/slow");
    const { failure } = await server.deployed("php-app", dir);
    expect(failure, JSON.stringify(failure)).toBeUndefined();
    expect((await slow).status).toBe(200);
    expect((await server.get("php-app", "/.secret")).status).toBe(404);
    expect((await server.get("php-app", "/seen.txt")).text).toBe("seen");
  });

  it("installs no package again for a changed line", async () => {
    const dir = await copyTree(example);
    const file = join(dir, "public/index.php");
    await writeFile(file, `${await readFile(file, "utf8")}// ${randomUUID()}\n`);
    const { release, failure } = await server.deployed("php-app", dir);
    expect(failure, JSON.stringify(failure)).toBeUndefined();
    const derivations = await newDerivations(server, "php-app", release);
    expect(derivations).toContain("php-app.drv");
    expect(derivations.join(" ")).not.toMatch(/vendor|zip/);
  });

  it("writes the same files each time", async () => {
    const result = await hop3(server, "nix", "verify", "php-app");
    expect(result.exitCode, result.stdout + result.stderr).toBe(0);
    expect(result.stdout).toContain("reproducible");
  });

  it("runs without any package", async () => {
    const dir = await makeTree({
      "index.php": "<?php require 'vendor/autoload.php'; echo Own\\Thing::word();",
      "own/Thing.php":
        "<?php namespace Own; class Thing { static function word() { return 'own'; } }",
      "composer.json": JSON.stringify({ autoload: { "psr-4": { "Own\\": "own/" } } }),
    });
    await composerUpdate(dir);
    const deployment = await server.deployed("own", dir);
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    expect((await server.get("own")).text).toBe("own");
  });

  it("names an extension that the set lacks", async () => {
    const dir = await makeTree({
      "index.php": "<?php",
      "composer.json": '{ "require": { "ext-oci8": "*" } }',
    });
    await composerUpdate(dir, "--ignore-platform-reqs");
    const { failure } = await server.deployed("oracle", dir);
    expect(JSON.stringify(failure)).toContain("the PHP extension ext-oci8");
  });

  it("stops at a version of PHP that the app does not run on", async () => {
    const dir = await makeTree({
      "index.php": "<?php",
      "composer.json": '{ "require": { "php": "^7.4" } }',
    });
    await composerUpdate(dir, "--ignore-platform-reqs");
    const { failure } = await server.deployed("old", dir);
    expect(failure?.code).toBe("NIX_BUILD_FAILED");
    expect(failure?.detail).toMatch(/requires php \^7\.4 but your php version/);
  });

  it("stops at a lockfile of another composer.json", async () => {
    const dir = await copyTree(example);
    const file = join(dir, "composer.json");
    await writeFile(file, (await readFile(file, "utf8")).replace("^2.9", "^2.8"));
    const { failure } = await server.deployed("changed", dir);
    expect(failure?.code).toBe("LOCKFILE_OUT_OF_STEP");
  });
});

describe("php-app without Composer", () => {
  it("runs the files as they are, with the extensions named", async () => {
    const dir = await makeTree({
      "index.php": "<?php echo bcpow('2', '70'), extension_loaded('gd') ? ' gd' : '';",
      "hop3.toml": '[nix]\ntemplate = "php-app"\nphp-extensions = ["bcmath", "gd"]\n',
    });
    const deployment = await server.deployed("plain", dir);
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    expect((await server.get("plain")).text).toBe("1180591620717411303424 gd");
  });
});
