import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { benchPackageLock, makePackageLock } from "./bench.ts";
import { lockfileKinds } from "./kinds.ts";
import { readLockfile } from "./read-lockfile.ts";
import { downloadUrl, registryUrl } from "./registry-url.ts";

const sri = `sha512-${"A".repeat(86)}==`;

function failure(code: string, more: Record<string, unknown> = {}) {
  return expect.objectContaining({ failure: expect.objectContaining({ code, ...more }) });
}

function npmLock(packages: Record<string, unknown>) {
  const text = JSON.stringify({ lockfileVersion: 3, packages: { "": {}, ...packages } }, null, 2);
  return { file: "package-lock.json", text };
}

const entry = { version: "1.0.0", integrity: sri };

describe("hostile lockfiles", () => {
  it.each([
    ["a way out in a path", { "node_modules/../../etc": entry }, "LOCKFILE_ENTRY_INVALID"],
    [
      "a way out in a name",
      { "node_modules/a": { ...entry, name: "../../etc" } },
      "LOCKFILE_ENTRY_INVALID",
    ],
    ["a control character", { "node_modules/a\u001b[2J": entry }, "LOCKFILE_ENTRY_INVALID"],
    [
      "a very long name",
      { [`node_modules/${"a".repeat(5_000)}`]: entry },
      "LOCKFILE_ENTRY_INVALID",
    ],
    [
      "a version with a quote",
      { "node_modules/a": { ...entry, version: '1"; rm' } },
      "LOCKFILE_ENTRY_INVALID",
    ],
    [
      "a version with a way out",
      { "node_modules/a": { ...entry, version: "1/../../x" } },
      "LOCKFILE_ENTRY_INVALID",
    ],
    ["no version", { "node_modules/a": { integrity: sri } }, "LOCKFILE_ENTRY_INVALID"],
    [
      "a file address",
      { "node_modules/a": { ...entry, resolved: "ftp://x.example/a.tgz" } },
      "LOCKFILE_ENTRY_INVALID",
    ],
    [
      "a token",
      { "node_modules/a": { ...entry, resolved: "https://u:t@x.example/a/-/a-1.0.0.tgz" } },
      "LOCKFILE_ENTRY_INVALID",
    ],
    [
      "a command outside",
      { "node_modules/a": { ...entry, bin: { a: "../../../bin/sh" } } },
      "LOCKFILE_ENTRY_INVALID",
    ],
    [
      "a command with a path",
      { "node_modules/a": { ...entry, bin: { "../a": "a.js" } } },
      "LOCKFILE_ENTRY_INVALID",
    ],
    [
      "a link outside",
      { "node_modules/a": { resolved: "../a", link: true } },
      "LOCKFILE_UNSUPPORTED_SOURCE",
    ],
    ["a workspace outside", { "../lib": { version: "1.0.0" } }, "LOCKFILE_UNSUPPORTED_SOURCE"],
    [
      "an archive outside",
      { "node_modules/a": { ...entry, resolved: "file:/tmp/a.tgz" } },
      "LOCKFILE_UNSUPPORTED_SOURCE",
    ],
    [
      "a branch",
      { "node_modules/a": { ...entry, resolved: "git+https://git.example/a.git#main" } },
      "LOCKFILE_UNSUPPORTED_SOURCE",
    ],
    [
      "a short hash",
      { "node_modules/a": { ...entry, integrity: "sha512-AAAA" } },
      "LOCKFILE_HASH_INVALID",
    ],
    ["no hash", { "node_modules/a": { version: "1.0.0" } }, "LOCKFILE_NO_HASH"],
    [
      "a hash that is a number",
      { "node_modules/a": { ...entry, integrity: 1 } },
      "LOCKFILE_SYNTAX",
    ],
  ])("with %s", (_what, packages, code) => {
    expect(() => readLockfile(npmLock(packages))).toThrow(
      failure(code, {
        hint: expect.stringMatching(/\w/),
        place: expect.objectContaining({ file: "package-lock.json" }),
      }),
    );
  });

  it("show where the entry stands, and no control character", () => {
    expect(() =>
      readLockfile(npmLock({ "node_modules/a": { ...entry, integrity: "sha512-x\u001b" } })),
    ).toThrow(
      failure("LOCKFILE_HASH_INVALID", {
        message: "package-lock.json gives a the hash 'sha512-x\\u001b', which is not one",
      }),
    );
    expect(() =>
      readLockfile(npmLock({ "node_modules/b": entry, "node_modules/-a b": entry })),
    ).toThrow(
      failure("LOCKFILE_ENTRY_INVALID", {
        place: { file: "package-lock.json", line: 9, column: 5 },
      }),
    );
  });

  it("name everything that has no hash", () => {
    const names = Array.from({ length: 5 }, (_, index) => [
      `node_modules/p${index}`,
      { version: "1.0.0" },
    ]);
    expect(() => readLockfile(npmLock(Object.fromEntries(names)))).toThrow(
      failure("LOCKFILE_NO_HASH", {
        message:
          "package-lock.json has no usable hash for p0@1.0.0, p1@1.0.0, p2@1.0.0 and 2 more: there is none in the lockfile",
        hint: expect.stringContaining("hop3 nix lock"),
        detail: "p0@1.0.0\np1@1.0.0\np2@1.0.0\np3@1.0.0\np4@1.0.0",
      }),
    );
  });

  it("of absurd size", () => {
    const many = Object.fromEntries(
      Array.from({ length: 50_001 }, (_, index) => [`node_modules/p${index}`, entry]),
    );
    expect(() => readLockfile(npmLock(many))).toThrow(failure("LOCKFILE_TOO_LARGE"));
    const text = " ".repeat(65 * 1024 * 1024);
    expect(() => readLockfile({ file: "package-lock.json", text })).toThrow(
      failure("LOCKFILE_TOO_LARGE", { message: "package-lock.json is 65 MiB large" }),
    );
  });

  it.each([
    ["pnpm-lock.yaml", `lockfileVersion: '9.0'\npackages:\n  a@1: {x: ${" ".repeat(200_000)}y}\n`],
    ["pnpm-lock.yaml", `a:${" ".repeat(200_000)}b${" ".repeat(200_000)}c\n`],
    ["yarn.lock", `"${"a".repeat(300_000)}\n`],
    ["yarn.lock", `${"a, ".repeat(100_000)}:\n`],
    ["requirements.txt", `a==1${" ".repeat(200_000)}x\n`],
    ["requirements.txt", `${"a[".repeat(100_000)}\n`],
    ["Gemfile.lock", `GEM\n  specs:\n    a (${"-".repeat(200_000)}\n`],
    ["package-lock.json", `${"[".repeat(200_000)}`],
    ["poetry.lock", `a = ${"[".repeat(50_000)}`],
  ])("that want %s to take for ever do not", (file, text) => {
    const start = performance.now();
    expect(() => readLockfile({ file, text })).toThrow(
      expect.objectContaining({ failure: expect.anything() }),
    );
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  const names = [...new Set(lockfileKinds.flatMap(({ files }) => files))];

  it.each(names)("fail as lockfiles do: %s", (file) => {
    const known = /^LOCKFILE_/;
    const texts = fc.oneof(
      fc.string({ unit: "binary", maxLength: 80 }),
      fc.json(),
      fc.constantFrom(
        "",
        "\0",
        "{}",
        "[]",
        "null",
        "1",
        "a: b",
        "[package]",
        "version = 1",
        "GEM\n",
        "__metadata:\n  version: 8\n",
        "\ufeff{}",
      ),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          readLockfile({ file, text });
        } catch (error) {
          expect((error as { code?: string }).code).toMatch(known);
          expect((error as Error).message).toContain(file);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each(names)("with the markers of a merge: %s", (file) => {
    const text = "a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> other\n";
    expect(() => readLockfile({ file, text })).toThrow(
      failure("LOCKFILE_SYNTAX", {
        message: expect.stringContaining("merge conflict"),
        place: { file, line: 2, column: 1 },
      }),
    );
  });

  it("with a comma too many: line and column", () => {
    const text = '{\n  "lockfileVersion": 3,\n  "packages": {\n    "": {},\n  }\n}\n';
    expect(() => readLockfile({ file: "package-lock.json", text })).toThrow(
      failure("LOCKFILE_SYNTAX", { place: { file: "package-lock.json", line: 5, column: 3 } }),
    );
  });
});

describe("readLockfile", () => {
  const segment = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/);
  const name = fc.oneof(
    segment,
    fc.tuple(segment, segment).map(([scope, own]) => `@${scope}/${own}`),
  );
  const version = fc.tuple(fc.nat(30), fc.nat(30), fc.nat(30)).map((parts) => parts.join("."));

  it("gives back every name, version and hash, whatever the order", () => {
    const item = fc.record({
      name,
      version,
      hash: fc.uint8Array({ minLength: 64, maxLength: 64 }),
    });
    const list = fc.uniqueArray(item, { selector: (one) => one.name, minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(list, fc.infiniteStream(fc.nat()), (items, keys) => {
        const entries = items.map((one) => {
          const integrity = `sha512-${Buffer.from(one.hash).toString("base64")}`;
          return [`node_modules/${one.name}`, { version: one.version, integrity }] as const;
        });
        const keyed = entries.map((one) => ({ one, key: keys.next().value ?? 0 }));
        const shuffled = keyed.sort((a, b) => a.key - b.key).map(({ one }) => one);
        const lockfile = readLockfile(npmLock(Object.fromEntries(entries)));
        expect(readLockfile(npmLock(Object.fromEntries(shuffled)))).toEqual(lockfile);
        const found = lockfile.packages.map((one) => [
          one.path,
          { version: one.version, integrity: one.integrity },
        ]);
        expect(Object.fromEntries(found)).toEqual(Object.fromEntries(entries));
        for (const one of lockfile.packages) {
          const url = registryUrl(one, { npm: "https://r.example/" }) ?? "";
          const again = readLockfile(
            npmLock({
              "node_modules/x": { ...entry, name: one.name, version: one.version, resolved: url },
            }),
          );
          expect(again.packages[0]?.source).toEqual(one.source);
        }
      }),
    );
  });

  it("needs at most 150 ms for 1,500 packages", () => {
    expect(
      readLockfile({ file: "package-lock.json", text: makePackageLock(1_500) }).packages,
    ).toHaveLength(1_500);
    const times = Array.from({ length: 5 }, () => benchPackageLock(() => performance.now()));
    expect(Math.min(...times)).toBeLessThan(150);
  });
});

describe("registryUrl", () => {
  const registries = {
    npm: "http://127.0.0.1:4873/npm/",
    npmScopes: { "@acme": "https://npm.acme.example" },
    pypi: "http://127.0.0.1:8080",
    rubygems: "http://127.0.0.1:9292",
    packagist: "http://127.0.0.1:7070",
  };
  const registry = (
    kind: "npm" | "pypi" | "rubygems" | "packagist",
    fileName: string,
    reference?: string,
  ) => ({ kind: "registry", registry: kind, fileName, reference }) as const;

  it.each([
    ["a", registry("npm", "a-1.tgz"), "http://127.0.0.1:4873/npm/a/-/a-1.tgz"],
    ["@x/a", registry("npm", "a-1.tgz"), "http://127.0.0.1:4873/npm/@x/a/-/a-1.tgz"],
    ["@acme/a", registry("npm", "a-1.tgz"), "https://npm.acme.example/@acme/a/-/a-1.tgz"],
    [
      "flask",
      registry("pypi", "flask-3-py3-none-any.whl"),
      "http://127.0.0.1:8080/packages/py3/f/flask/flask-3-py3-none-any.whl",
    ],
    [
      "flask",
      registry("pypi", "flask-3.tar.gz"),
      "http://127.0.0.1:8080/packages/source/f/flask/flask-3.tar.gz",
    ],
    ["puma", registry("rubygems", "puma-6.gem"), "http://127.0.0.1:9292/gems/puma-6.gem"],
    [
      "a/b",
      registry("packagist", "a-b-c.zip", "c0ffee"),
      "http://127.0.0.1:7070/dists/a/b/1/rc0ffee.zip",
    ],
  ])("of %s", (name, source, expected) => {
    expect(registryUrl({ name, version: "1", source }, registries)).toBe(expected);
    expect(registryUrl({ name, version: "1", source }, {})).toBeUndefined();
  });

  it("takes a template for packagist", () => {
    const source = registry("packagist", "a-b-c.zip", "c0ffee");
    const packagist = "https://m.example/%package%/%version%-%reference%.%type%";
    const url = registryUrl({ name: "a/b", version: "dev-x/y", source }, { packagist });
    expect(url).toBe("https://m.example/a/b/dev-x%2Fy-c0ffee.zip");
  });

  it.each([
    [undefined, undefined, "http://127.0.0.1:4873/npm/a/-/a-1.tgz"],
    ["https://r.example/a/-/a-1.tgz", undefined, "https://r.example/a/-/a-1.tgz"],
    ["https://r.example/a/-/a-1.tgz", ["r.example"], "http://127.0.0.1:4873/npm/a/-/a-1.tgz"],
    ["https://r.example/a/-/a-1.tgz", ["*"], "http://127.0.0.1:4873/npm/a/-/a-1.tgz"],
    ["https://r.example/a/-/a-1.tgz", ["other.example"], "https://r.example/a/-/a-1.tgz"],
  ])("downloadUrl of %s with replaced hosts %j", (url, replaces, expected) => {
    const source = registry("npm", "a-1.tgz");
    expect(downloadUrl({ name: "a", version: "1", source, url }, { ...registries, replaces })).toBe(
      expected,
    );
  });
});
