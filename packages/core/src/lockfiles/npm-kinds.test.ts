import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Digest, LockedPackage, Lockfile, ReadOptions } from "./lockfile.ts";
import { checkInStep, readLockfile } from "./read-lockfile.ts";
import { defaultTarget } from "./target.ts";

const sample = (name: string) => readFileSync(join(import.meta.dirname, "samples", name), "utf8");
const manifest = sample("package.json");
const digest: Digest = (algorithm, text) => createHash(algorithm).update(text).digest("hex");

/** One app, locked by the real tools. */
const kinds = [
  { file: "package-lock.json", text: sample("package-lock.json"), kind: "package-lock" },
  { file: "pnpm-lock.yaml", text: sample("pnpm-6.lock"), kind: "pnpm-lock" },
  { file: "pnpm-lock.yaml", text: sample("pnpm-9.lock"), kind: "pnpm-lock" },
  { file: "yarn.lock", text: sample("yarn-1.lock"), kind: "yarn-classic" },
  { file: "yarn.lock", text: sample("yarn-berry.lock"), kind: "yarn-berry" },
];

type Listed = Omit<LockedPackage, "integrity" | "hashes"> & { readonly integrity?: string };

function listAll(lockfile: Lockfile): readonly Listed[] {
  return [...lockfile.packages, ...lockfile.unhashed.map((item) => item.package)];
}

function read(input: { file: string; text: string }, options: ReadOptions = {}): Lockfile {
  return readLockfile(input, { manifest, allowUnhashed: true, ...options });
}

describe.each(kinds)("$kind, as its tool wrote it ($text.length characters)", (input) => {
  const lockfile = read(input);
  const all = listAll(lockfile);
  const find = (name: string) => all.filter((item) => item.name === name);

  it("is recognised and complete", () => {
    expect(lockfile.kind).toBe(input.kind);
    expect(all.length).toBeGreaterThan(50);
    for (const name of ["@fastify/accept-negotiator", "bcrypt", "ms", "node-addon-api"]) {
      expect(find(name), name).toHaveLength(1);
    }
  });

  it("pins each package by sha512, or says why it cannot", () => {
    for (const item of lockfile.packages) {
      expect(item.integrity).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/);
      expect(item.hashes[0]).toBe(item.integrity);
    }
    const isBerry = input.kind === "yarn-berry";
    expect(lockfile.unhashed.length > 0).toBe(isBerry);
    expect(lockfile.packages.length > 0).toBe(!isBerry);
  });

  it("knows a package by its real name, not by its alias", () => {
    expect(find("string-width-cjs")).toEqual([]);
    expect(find("string-width")[0]).toMatchObject({
      version: "4.2.3",
      source: { kind: "registry", registry: "npm", fileName: "string-width-4.2.3.tgz" },
    });
    const scoped = find("@fastify/accept-negotiator")[0];
    expect(scoped?.source).toMatchObject({ fileName: "accept-negotiator-1.1.0.tgz" });
  });

  it("tells development from production", () => {
    expect(find("esbuild")[0]).toMatchObject({ dev: true });
    expect(find("debug")[0]).toMatchObject({ dev: false, optional: false });
  });

  it("leaves out what another system needs", () => {
    const systems = (options: ReadOptions) =>
      listAll(read(input, options))
        .map(({ name }) => name)
        .filter((name) => name.startsWith("@esbuild/") || name === "fsevents");
    expect(systems({})).toEqual(["@esbuild/linux-x64"]);
    expect(systems({ target: { os: "darwin", cpu: "arm64" } }).sort()).toEqual([
      "@esbuild/darwin-arm64",
      "fsevents",
    ]);
  });

  it("reads hashes that hop3.lock has", () => {
    const { key } = lockfile.unhashed[0] ?? { key: "ms@2.1.3" };
    const recorded = `sha256-${"A".repeat(43)}=`;
    const again = read(input, { hashes: { [key]: recorded } });
    const item = again.packages.find(({ name, version }) => `${name}@${version}` === key);
    expect(item?.hashes).toContain(recorded);
  });

  it("is in step with its manifest", () => {
    expect(() => check(input, manifest)).not.toThrow();
  });

  it.each([
    ["a changed range", '"debug": "^4.3.4"', '"debug": "^4.0.0"', /debug/],
    [
      "a new dependency",
      '"bcrypt": "5.1.1",',
      '"bcrypt": "5.1.1", "left-pad": "^1.3.0",',
      /left-pad \^1\.3\.0 is missing/,
    ],
    [
      "a new development dependency",
      '"esbuild": "^0.21.0"',
      '"esbuild": "^0.21.0", "tap": "1"',
      /tap 1 is missing/,
    ],
  ])("is out of step after %s", (...[, before, after, message]) => {
    expect(manifest).toContain(before);
    expect(() => check(input, manifest.replace(before, after))).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(message),
        failure: expect.objectContaining({
          code: "LOCKFILE_OUT_OF_STEP",
          hint: expect.stringMatching(/npm install|pnpm install|yarn install/),
        }),
      }),
    );
  });

  it.runIf(input.kind !== "yarn-classic")("is out of step after a removal", () => {
    const edited = manifest.replace('    "debug": "^4.3.4",\n', "");
    expect(() => check(input, edited)).toThrow("debug is no longer in package.json");
  });

  it("does not depend on line ends", () => {
    const windows = { ...input, text: input.text.replaceAll("\n", "\r\n") };
    expect(read(windows)).toEqual(lockfile);
  });

  it("has nothing of the registry's host but addresses of the file", () => {
    for (const { url } of lockfile.packages) {
      if (url !== undefined) expect(url).toMatch(/^https:\/\/npm\.example\//);
    }
  });
});

function check(lockfile: { file: string; text: string }, text: string): void {
  checkInStep({ lockfile, manifest: { file: "package.json", text }, digest });
}

const sri = (character: string) => `sha512-${character.repeat(85)}A==`;

/** A package-lock.json with these entries. */
function npmLock(packages: Record<string, unknown>, lockfileVersion = 3) {
  const text = JSON.stringify({ lockfileVersion, packages: { "": {}, ...packages } }, null, 2);
  return { file: "package-lock.json", text };
}

describe("package-lock", () => {
  it("reads paths, scripts, commands and several hashes", () => {
    const { packages } = readLockfile(
      npmLock({
        "node_modules/a": {
          version: "1.0.0+build.5",
          integrity: `sha1-${"A".repeat(27)}= ${sri("B")}`,
          hasInstallScript: true,
          bin: "cli.js",
        },
        "node_modules/a/node_modules/@s/b": {
          version: "2.0.0",
          integrity: sri("C"),
          bin: { b: "bin/b.js" },
        },
      }),
    );
    expect(packages).toMatchObject([
      { name: "@s/b", path: "node_modules/a/node_modules/@s/b", bin: { b: "bin/b.js" } },
      {
        name: "a",
        integrity: sri("B"),
        hashes: [sri("B"), `sha1-${"A".repeat(27)}=`],
        hasInstallScript: true,
        bin: { a: "cli.js" },
        source: { fileName: "a-1.0.0.tgz" },
      },
    ]);
  });

  it("says that sha1 is weak, and does not take sha384 for a hash", () => {
    const weak = readLockfile(
      npmLock({ "node_modules/a": { version: "1.0.0", integrity: `sha1-${"A".repeat(27)}=` } }),
    );
    expect(weak.notes).toEqual([
      expect.stringContaining("sha1 alone, which an attacker can forge: a@1.0.0"),
    ]);
    const none = npmLock({
      "node_modules/a": { version: "1.0.0", integrity: `sha384-${"A".repeat(64)}` },
    });
    expect(() => readLockfile(none)).toThrow("none of sha512, sha256 and sha1");
  });

  it("keeps workspaces apart and leaves bundled packages to their parents", () => {
    const lockfile = readLockfile(
      npmLock({
        "packages/lib": { name: "@acme/lib", version: "0.1.0" },
        "node_modules/@acme/lib": { resolved: "packages/lib", link: true },
        "node_modules/a": { version: "1.0.0", integrity: sri("A") },
        "node_modules/a/node_modules/b": { version: "1.0.0", inBundle: true },
      }),
    );
    expect(lockfile.local).toEqual([{ name: "@acme/lib", version: "0.1.0", path: "packages/lib" }]);
    expect(lockfile.packages.map(({ name }) => name)).toEqual(["a"]);
  });

  it("keeps a required package of another system for npm to refuse", () => {
    const entry = { version: "1.0.0", integrity: sri("A"), os: ["win32"] };
    expect(readLockfile(npmLock({ "node_modules/a": entry })).packages).toHaveLength(1);
    const optional = npmLock({ "node_modules/a": { ...entry, optional: true } });
    expect(readLockfile(optional).packages).toEqual([]);
  });

  it.each([
    [{ os: ["!linux"] }, {}, false],
    [{ os: ["!win32"] }, {}, true],
    [{ libc: ["musl"] }, {}, false],
    [{ libc: "glibc" }, {}, true],
    [{ libc: ["musl"] }, { libc: "musl" as const }, true],
    [{ cpu: ["x64", "arm64"] }, { cpu: "arm64" }, true],
    [{ cpu: ["x64"] }, { cpu: "arm64" }, false],
  ])("honours %j on %j", (limits, target, isKept) => {
    const entry = { version: "1.0.0", integrity: sri("A"), optional: true, ...limits };
    const { packages } = readLockfile(npmLock({ "node_modules/a": entry }), {
      target: { ...defaultTarget, ...target },
    });
    expect(packages.length).toBe(isKept ? 1 : 0);
  });

  it("reads other addresses and git sources", () => {
    const commit = "0123456789abcdef0123456789abcdef01234567";
    const lock = npmLock({
      "node_modules/a": {
        version: "1.0.0",
        resolved: "https://cdn.example/x/a.tgz",
        integrity: sri("A"),
      },
      "node_modules/b": {
        version: "1.0.0",
        resolved: `git+ssh://git@git.example/u/b.git#${commit}`,
      },
    });
    expect(() => readLockfile(lock)).toThrow(
      expect.objectContaining({
        failure: expect.objectContaining({ code: "LOCKFILE_UNSUPPORTED_SOURCE" }),
      }),
    );
    const { packages } = readLockfile(lock, { hashes: { "b@1.0.0": `sha256-${"A".repeat(43)}=` } });
    expect(packages.map(({ source }) => source)).toEqual([
      { kind: "url", url: "https://cdn.example/x/a.tgz", fileName: "a.tgz" },
      { kind: "git", url: "ssh://git@git.example/u/b.git", revision: commit },
    ]);
  });

  it.each([1, 4])("refuses version %s and says what writes another", (version) => {
    const text = JSON.stringify({ lockfileVersion: version, dependencies: {} }, null, 2);
    expect(() => readLockfile({ file: "package-lock.json", text })).toThrow(
      expect.objectContaining({
        failure: expect.objectContaining({
          code: "LOCKFILE_VERSION",
          message: expect.stringContaining(`version ${version}`),
          hint: expect.stringContaining("--lockfile-version 3"),
          place: { file: "package-lock.json", line: 2, column: 3 },
        }),
      }),
    );
  });
});

describe("pnpm-lock", () => {
  const lock = (version: string, packages: string) => ({
    file: "pnpm-lock.yaml",
    text: `lockfileVersion: '${version}'\n\npackages:\n\n${packages}`,
  });

  it("takes variants with different peers as one file", () => {
    const entry = `    resolution: {integrity: ${sri("A")}}\n    dev: false\n`;
    const text = lock("6.0", `  /a@1.0.0(b@1.0.0):\n${entry}\n  /a@1.0.0(b@2.0.0):\n${entry}`);
    expect(readLockfile(text).packages).toMatchObject([{ name: "a", version: "1.0.0" }]);
  });

  it("reads archives, git and directories", () => {
    const commit = "0123456789abcdef0123456789abcdef01234567";
    const { packages, local } = readLockfile(
      lock(
        "9.0",
        `  a@https://cdn.example/a.tgz:
    resolution: {integrity: ${sri("A")}, tarball: https://cdn.example/a.tgz}
    version: 1.0.0
  b@git+https://git.example/u/b.git#${commit}:
    resolution: {commit: ${commit}, repo: https://git.example/u/b.git, type: git}
    version: 2.0.0
  lib@file:lib:
    resolution: {directory: lib, type: directory}
`,
      ),
      { hashes: { "b@2.0.0": `sha256-${"A".repeat(43)}=` } },
    );
    expect(packages).toMatchObject([
      { name: "a", version: "1.0.0", source: { kind: "url" } },
      { name: "b", source: { kind: "git", revision: commit } },
    ]);
    expect(local).toEqual([{ name: "lib", path: "lib" }]);
  });

  it("is in step where an override has replaced a range", () => {
    const text =
      "lockfileVersion: '9.0'\noverrides:\n  ms: 2.1.3\nimporters:\n  .:\n    dependencies:\n      ms:\n        specifier: 2.1.3\n        version: 2.1.3\n";
    const file = "pnpm-lock.yaml";
    const edited = JSON.stringify({ dependencies: { ms: "^2.0.0" } });
    expect(() => check({ file, text }, edited)).not.toThrow();
    const plain = text.replace("overrides:\n  ms: 2.1.3\n", "");
    expect(() => check({ file, text: plain }, edited)).toThrow("ms is ^2.0.0");
  });

  it("reads what a formatter made of it", () => {
    const { packages } = readLockfile(
      lock(
        "9.0",
        `  a@1.0.0:
    resolution:
      {
        integrity: ${sri("A")},
      }
    engines: { node: ">=12" }
    cpu:
      - x64
      - arm64
`,
      ),
    );
    expect(packages).toMatchObject([{ name: "a", integrity: sri("A") }]);
  });

  it.each(["5.4", "10.0", "x"])("refuses version %s", (version) => {
    expect(() => readLockfile(lock(version, "  {}\n"))).toThrow(
      expect.objectContaining({ failure: expect.objectContaining({ code: "LOCKFILE_VERSION" }) }),
    );
  });
});

describe("yarn-classic", () => {
  it("uses the sha1 of the address where there is no integrity", () => {
    const sha1 = "356a192b7913b04c54574d18c28d46e6395428ab";
    const text = `# yarn lockfile v1\n\na@^1.0.0, "a@~1.0.1":\n  version "1.0.2"\n  resolved "https://npm.example/a/-/a-1.0.2.tgz#${sha1}"\n`;
    const { packages, notes } = readLockfile({ file: "yarn.lock", text });
    expect(packages).toMatchObject([
      {
        name: "a",
        integrity: "sha1-NWoZK3kTsExUV00Ywo1G5jlUKKs=",
        url: "https://npm.example/a/-/a-1.0.2.tgz",
      },
    ]);
    expect(notes).toHaveLength(1);
  });
});
