import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startRegistry, type TestRegistry } from "./registry/registry.ts";
import {
  debianGems,
  gemfileLock,
  gemRegistry,
  type ServedGem,
  sourceGem,
} from "./registry/rubygems.ts";
import { copyTree, makeTree } from "./support/apps.ts";
import { hop3 } from "./support/cli.ts";
import { newDerivations } from "./support/derivations.ts";
import { checkExample, examplesDir } from "./support/examples.ts";
import { buildAttribute } from "./support/package-set.ts";
import { useTestServer } from "./support/use-test-server.ts";

let registry: TestRegistry;
let gems: readonly ServedGem[] = [];
/** The example, with a Gemfile.lock of the gems that this test's registry has. */
let example = "";

const direct = ["counted", "puma", "rack-test", "rake", "sinatra"];

afterAll(() => registry?.close());

const server = useTestServer("ruby", {
  async settings(home) {
    const bin = `${await buildAttribute(home, "ruby")}/bin`;
    const found = await debianGems(bin, [
      "puma",
      "rake",
      "ruby-mustermann",
      "ruby-nio4r",
      "ruby-rack",
      "ruby-rack-protection",
      "ruby-rack-test",
      "ruby-ruby2-keywords",
      "ruby-sinatra",
      "ruby-tilt",
    ]);
    gems = [...found, await sourceGem(bin)];
    registry = await startRegistry([gemRegistry(gems)]);
    return `[registries]\nrubygems = "${registry.url("rubygems")}"\n`;
  },
});

beforeAll(async () => {
  example = await copyExample(gemfileLock(gems, direct));
});

async function copyExample(lock: string): Promise<string> {
  const dir = await copyTree(join(examplesDir, "ruby-bundler"));
  await writeFile(join(dir, "Gemfile.lock"), lock);
  return dir;
}

function fileOf(name: string): string {
  return gems.find((gem) => gem.name === name)?.fileName ?? name;
}

describe("ruby-bundler", () => {
  it("builds gems by their checksums, C and all, and runs them", async () => {
    await checkExample(server, "ruby-bundler", example);
    expect(registry.asked).toContain(`/rubygems/gems/${fileOf("counted")}`);
    expect(registry.asked).not.toContain(`/rubygems/gems/${fileOf("rack-test")}`);
  });

  it("builds no gem again for a changed line", async () => {
    const dir = await copyTree(example);
    const file = join(dir, "config.ru");
    await writeFile(file, `${await readFile(file, "utf8")}# ${registry.url("rubygems")}\n`);
    const { release, failure } = await server.deployed("ruby-bundler", dir);
    expect(failure, JSON.stringify(failure)).toBeUndefined();
    const derivations = await newDerivations(server, "ruby-bundler", release);
    expect(derivations).toContain("ruby-bundler.drv");
    expect(derivations.join(" ")).not.toMatch(/ruby-(?:counted|sinatra)|gems/);
  });

  it("writes the same files each time", async () => {
    const result = await hop3(server, "nix", "verify", "ruby-bundler");
    expect(result.exitCode, result.stdout + result.stderr).toBe(0);
    expect(result.stdout).toContain("reproducible");
  });

  it("starts config.ru with the locked server where nothing says what to run", async () => {
    const dir = await copyTree(example);
    await rm(join(dir, "Procfile"));
    const deployment = await server.deployed("sums", dir);
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    expect((await server.get("sums")).text).toContain("55");
  });

  it("takes checksums from hop3.lock where Gemfile.lock has none", async () => {
    const dir = await copyExample(gemfileLock(gems, direct, false));
    const { failure } = await server.deployed("unlocked", dir);
    expect(failure).toMatchObject({
      code: "LOCKFILE_NO_HASH",
      message: expect.stringMatching(/Gemfile\.lock has no usable hash for counted@1\.2\.0/),
      hint: expect.stringContaining("hop3 nix lock"),
    });
    const locked = await hop3(server, "nix", "lock", dir);
    expect(locked.exitCode, locked.stderr).toBe(0);
    const deployment = await server.deployed("unlocked", dir);
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    expect((await server.get("unlocked")).text).toContain("55");
  });

  it("takes gemset.nix as bundix writes it", async () => {
    const entries = gems
      .filter(({ name }) => name !== "rack-test")
      .map(
        ({ name, version, platform, needs, sha256 }) => `  ${name} = {
    version = "${version}";
    platform = "${platform}";
    groups = [ "default" ];
    dependencies = [ ${Object.keys(needs)
      .map((need) => `"${need}"`)
      .join(" ")} ];
    source = { type = "gem"; remotes = [ "${registry.url("rubygems")}" ]; sha256 = "${sha256}"; };
  };
`,
      );
    const dir = await copyExample(gemfileLock(gems, direct, false));
    await writeFile(join(dir, "gemset.nix"), `{\n${entries.join("")}}\n`);
    const deployment = await server.deployed("gemset", dir);
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    expect((await server.get("gemset")).text).toContain("55");
  });

  it("says while building what Bundler misses", async () => {
    const dir = await copyTree(example);
    const file = join(dir, "Gemfile");
    await writeFile(file, `${await readFile(file, "utf8")}ruby "2.0.0"\n`);
    const { failure } = await server.deployed("old", dir);
    expect(failure?.code).toBe("NIX_BUILD_FAILED");
    expect(failure?.detail).toMatch(/Your Ruby version is .*, but your Gemfile specified 2\.0\.0/);
  });

  it("refuses bytes of another checksum", async () => {
    const lock = gemfileLock(gems, direct).replace(
      /(counted .* sha256=)\w+/,
      `$1${"0".repeat(64)}`,
    );
    const { failure } = await server.deployed("wrong", await copyExample(lock));
    expect(failure?.detail).toContain("hash mismatch");
  });

  it("prints C that does not compile", async () => {
    const dir = await makeTree({
      "hop3.nix": `{ pkgs, ... }: {
  package = pkgs.buildRubyGem {
    gemName = "broken";
    version = "1";
    inherit (pkgs) ruby;
    src = pkgs.runCommand "broken-1.gem" { nativeBuildInputs = [ pkgs.ruby ]; } ''
      mkdir ext
      echo 'require "mkmf"; abort "no library" unless have_library("missing"); create_makefile("broken")' > ext/extconf.rb
      echo 'Gem::Specification.new { |s| s.name = "broken"; s.version = "1"; s.summary = "x"; s.homepage = "https://example.org"; s.author = "x"; s.license = "MIT"; s.files = s.extensions = ["ext/extconf.rb"] }' > b.gemspec
      HOME=$TMPDIR gem build b.gemspec --output $out
    '';
  };
  workers.web = "true";
}
`,
    });
    const { failure } = await server.deployed("broken", dir);
    expect(failure?.detail).toMatch(/cannot find -lmissing/);
  });
});
