import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Digest, ReadOptions } from "./lockfile.ts";
import { checkInStep, readLockfile } from "./read-lockfile.ts";
import { composerContentHash } from "./shared/composer-hash.ts";
import { hexToBase64 } from "./shared/integrity.ts";

const digest: Digest = (algorithm, text) => createHash(algorithm).update(text).digest("hex");
const hex = (seed: string) => createHash("sha256").update(seed).digest("hex");
const sri = (seed: string) => `sha256-${hexToBase64(hex(seed))}`;

function failure(code: string, more: Record<string, unknown> = {}) {
  return expect.objectContaining({ failure: expect.objectContaining({ code, ...more }) });
}

const composerManifest = `{
    "name": "acme/shop",
    "description": "Ein Laden – nicht im Hash",
    "require": { "php": ">=8.1", "monolog/monolog": "^3.5", "acme/lib": "dev-main" },
    "require-dev": { "phpunit/phpunit": "^10.5" },
    "repositories": [ { "type": "path", "url": "packages/*" } ],
    "config": { "platform": { "php": "8.2.7" }, "sort-packages": true },
    "extra": { "label": "Müller & Söhne ☃", "empty": {}, "list": ["a", "b/c"] },
    "minimum-stability": "dev",
    "prefer-stable": true
}
`;

/** As Composer 2.5.5 computes it for the manifest above. */
const composerHash = "6b7ebc5d3e37c001f7ee335b4a23fbfb";
const reference = "a98bad4cbb8d9eee30ae4b8b4ed6f8b3b0b3d0c1";

const composerText = JSON.stringify(
  {
    _readme: ["This file locks the dependencies of your project to a known state"],
    "content-hash": composerHash,
    packages: [
      {
        name: "monolog/monolog",
        version: "3.7.0",
        source: { type: "git", url: "https://git.example/Seldaek/monolog.git", reference },
        dist: {
          type: "zip",
          url: `https://api.example/repos/Seldaek/monolog/zipball/${reference}`,
          reference,
          shasum: "",
        },
        type: "library",
      },
      {
        name: "acme/lib",
        version: "dev-main",
        dist: { type: "path", url: "packages/lib", reference: "abc" },
        type: "library",
      },
      { name: "acme/meta", version: "1.0.0", type: "metapackage" },
    ],
    "packages-dev": [
      {
        name: "phpunit/phpunit",
        version: "10.5.30",
        dist: {
          type: "zip",
          url: "https://packages.example/phpunit-10.5.30.zip",
          reference: "v1",
          shasum: "356a192b7913b04c54574d18c28d46e6395428ab",
        },
        type: "library",
      },
    ],
  },
  null,
  4,
);

describe("composer-lock", () => {
  const read = (text = composerText, options: ReadOptions = {}) =>
    readLockfile({ file: "composer.lock", text }, options);

  it("says that an archive has no hash, and takes one from hop3.lock", () => {
    expect(() => read()).toThrow(
      failure("LOCKFILE_NO_HASH", {
        message: expect.stringContaining("monolog/monolog@3.7.0: its archive is made on request"),
        hint: expect.stringContaining("hop3 nix lock"),
        place: expect.objectContaining({ line: expect.any(Number) }),
      }),
    );
    const lockfile = read(composerText, { hashes: { "monolog/monolog@3.7.0": sri("monolog") } });
    expect(lockfile.packages).toMatchObject([
      { name: "monolog/monolog", integrity: sri("monolog"), dev: false },
      { name: "phpunit/phpunit", integrity: "sha1-NWoZK3kTsExUV00Ywo1G5jlUKKs=", dev: true },
    ]);
    expect(lockfile.packages[0]?.source).toEqual({
      kind: "registry",
      registry: "packagist",
      fileName: `monolog-monolog-${reference}.zip`,
      reference,
    });
    expect(lockfile.local).toEqual([
      { name: "acme/lib", version: "dev-main", path: "packages/lib" },
    ]);
    expect(lockfile.notes).toEqual([expect.stringContaining("phpunit/phpunit@10.5.30")]);
  });

  it("computes the content-hash that Composer computes", () => {
    const manifest = { file: "composer.json", text: composerManifest };
    expect(composerContentHash(manifest, digest)).toBe(composerHash);
  });

  const check = (text: string) =>
    checkInStep({
      lockfile: { file: "composer.lock", text: composerText },
      manifest: { file: "composer.json", text },
      digest,
    });

  it.each([
    ["nothing", "", "", undefined],
    ["the description", "Ein Laden", "Shop", undefined],
    ["a range", "^3.5", "^3.6", "content-hash is 6b7ebc5d"],
    ["a new requirement", '"php"', '"slim/slim": "^4", "php"', "slim/slim ^4 is missing"],
  ])("after a change of %s", (...[, before, after, message]) => {
    const run = () => check(composerManifest.replace(before, after));
    if (message === undefined) expect(run).not.toThrow();
    else
      expect(run).toThrow(
        failure("LOCKFILE_OUT_OF_STEP", { message: expect.stringContaining(message) }),
      );
  });

  it.each([
    ["an old form", '{"hash": "x", "packages": []}', "LOCKFILE_VERSION"],
    [
      "a path outside",
      composerText.replace("packages/lib", "../lib"),
      "LOCKFILE_UNSUPPORTED_SOURCE",
    ],
    [
      "an archive of no kind",
      composerText.replaceAll('"zip"', '"rar"'),
      "LOCKFILE_UNSUPPORTED_SOURCE",
    ],
    [
      "a name with a way out",
      composerText.replace("phpunit/phpunit", "../phpunit"),
      "LOCKFILE_ENTRY_INVALID",
    ],
    [
      "a token in an address",
      composerText.replace("packages.example", "user:token@packages.example"),
      "LOCKFILE_ENTRY_INVALID",
    ],
  ])("refuses %s", (_what, text, code) => {
    expect(() => read(text, { allowUnhashed: true })).toThrow(failure(code));
  });
});

const gemText = `GIT
  remote: https://git.example/u/fork.git
  revision: 0123456789abcdef0123456789abcdef01234567
  branch: main
  specs:
    fork (0.3.0)
      rack (>= 2)

PATH
  remote: engines/shop
  specs:
    shop (0.1.0)

GEM
  remote: https://gems.example/
  specs:
    nokogiri (1.16.5)
      racc (~> 1.4)
    nokogiri (1.16.5-arm64-darwin)
      racc (~> 1.4)
    nokogiri (1.16.5-x86_64-linux)
      racc (~> 1.4)
    puma (6.4.2)
      nio4r (~> 2.0)
    racc (1.8.0)
    rack (3.0.11)

PLATFORMS
  arm64-darwin
  ruby
  x86_64-linux

DEPENDENCIES
  fork!
  nokogiri (~> 1.16)
  puma (>= 6.0, < 7)
  rack
  shop!

CHECKSUMS
  fork (0.3.0)
  nokogiri (1.16.5) sha256=${hex("nokogiri")}
  nokogiri (1.16.5-arm64-darwin) sha256=${hex("nokogiri-mac")}
  nokogiri (1.16.5-x86_64-linux) sha256=${hex("nokogiri-linux")}
  puma (6.4.2) sha256=${hex("puma")}
  racc (1.8.0) sha256=${hex("racc")}
  rack (3.0.11) sha256=${hex("rack")}
  shop (0.1.0)

RUBY VERSION
   ruby 3.1.2p20

BUNDLED WITH
   2.5.11
`;

const gemfile = `source "https://gems.example"

ruby "~> 3.1"
gem "nokogiri", "~> 1.16"
gem 'puma', '< 7', '>= 6.0'   # the server
gem "rack", require: false
# gem "commented"
gem "fork", git: "https://git.example/u/fork.git"
group :development do
  gem "shop", path: "engines/shop"
end
`;

describe("gemfile-lock", () => {
  const hashes = { "fork@0.3.0": sri("fork") };
  const read = (text = gemText, options: ReadOptions = { hashes }) =>
    readLockfile({ file: "Gemfile.lock", text }, options);

  it("chooses the gem for the target and pins it", () => {
    const { packages, local, version } = read();
    expect(version).toBe("2.5.11");
    expect(packages.map(({ name, integrity }) => [name, integrity])).toEqual([
      ["fork", sri("fork")],
      ["nokogiri", sri("nokogiri-linux")],
      ["puma", sri("puma")],
      ["racc", sri("racc")],
      ["rack", sri("rack")],
    ]);
    expect(packages[1]).toMatchObject({
      url: "https://gems.example/gems/nokogiri-1.16.5-x86_64-linux.gem",
      source: { fileName: "nokogiri-1.16.5-x86_64-linux.gem" },
    });
    expect(local).toEqual([{ name: "shop", version: "0.1.0", path: "engines/shop" }]);
  });

  it.each([
    [{ cpu: "arm64" }, "nokogiri"],
    [{ os: "darwin", cpu: "arm64" }, "nokogiri"],
    [{ libc: "musl" as const }, "nokogiri"],
  ])("on %j falls back to the source gem", (target, seed) => {
    const found = read(gemText, { hashes, target }).packages.find(
      ({ name }) => name === "nokogiri",
    );
    expect(found?.integrity).toBe(sri(seed));
  });

  it("names the command where there are no checksums", () => {
    const text = gemText.replace(/CHECKSUMS\n(?: {2}.*\n)*/, "");
    expect(() => read(text)).toThrow(
      failure("LOCKFILE_NO_HASH", {
        message: expect.stringMatching(
          /nokogiri@1\.16\.5, puma@6\.4\.2, racc@1\.8\.0 and 1 more: the file has no CHECKSUMS/,
        ),
        hint: expect.stringContaining("bundle lock --add-checksums"),
      }),
    );
  });

  it.each([
    ["a gem without git hash", gemText, {}, "LOCKFILE_UNSUPPORTED_SOURCE"],
    ["Bundler 1", gemText.replace("2.5.11", "1.17.3"), { hashes }, "LOCKFILE_VERSION"],
    ["an empty file", "", {}, "LOCKFILE_VERSION"],
    [
      "a broken spec",
      gemText.replace("puma (6.4.2)\n", "puma 6.4.2\n"),
      { hashes },
      "LOCKFILE_SYNTAX",
    ],
    ["text before sections", `what is this\n${gemText}`, { hashes }, "LOCKFILE_SYNTAX"],
    [
      "a path outside",
      gemText.replace("remote: engines/shop", "remote: ../shop"),
      { hashes },
      "LOCKFILE_UNSUPPORTED_SOURCE",
    ],
    [
      "gems for others alone",
      gemText.replace("    rack (3.0.11)\n\n", "    rack (3.0.11-java)\n\n"),
      { hashes },
      "LOCKFILE_UNSUPPORTED_SOURCE",
    ],
  ])("refuses %s", (...[, text, options, code]) => {
    expect(() => read(text, options)).toThrow(failure(code));
  });

  const check = (text: string) =>
    checkInStep({
      lockfile: { file: "Gemfile.lock", text: gemText },
      manifest: { file: "Gemfile", text },
      digest,
    });

  it.each([
    ["nothing", "", "", undefined],
    [
      "a requirement",
      "~> 1.16",
      "~> 1.17",
      "nokogiri is ~> 1.17 in Gemfile, ~> 1.16 in Gemfile.lock",
    ],
    ["a new gem", "# gem", "gem", "commented any version is missing"],
    ["a removed gem", 'gem "rack", require: false\n', "", "rack is no longer in Gemfile"],
    [
      "a removed gem of a Gemfile with conditions",
      'gem "rack", require: false\n',
      'gem "rack" if ENV["X"]\n',
      undefined,
    ],
    ["a computed gem", 'gem "rack", require: false\n', "gemspec\n", undefined],
  ])("after a change of %s", (...[, before, after, message]) => {
    const run = () => check(gemfile.replace(before, after));
    if (message === undefined) expect(run).not.toThrow();
    else
      expect(run).toThrow(
        failure("LOCKFILE_OUT_OF_STEP", { message: expect.stringContaining(message) }),
      );
  });
});
