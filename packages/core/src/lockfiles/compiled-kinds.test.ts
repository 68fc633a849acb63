import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeMemoryTree } from "../source/tree.ts";
import { missingHashes } from "./missing-hashes.ts";
import { checkInStep, readLockfile } from "./read-lockfile.ts";
import { registryUrl } from "./registry-url.ts";
import { escapeGoPath, parseGoMod, replacementOf } from "./shared/go-module.ts";
import { hexToBase64 } from "./shared/integrity.ts";

const hex = "0123456789abcdef".repeat(4);
const sri = `sha256-${hexToBase64(hex)}`;
const h1 = `h1:${"A".repeat(43)}=`;

function failure(code: string, more: Record<string, unknown> = {}) {
  return expect.objectContaining({ failure: expect.objectContaining({ code, ...more }) });
}

function noDigest(): string {
  throw new Error("these lockfiles hold no digest");
}

const goSum = `example.com/Big/Module v1.2.3 ${h1}
example.com/Big/Module v1.2.3/go.mod ${h1}
example.com/old v0.9.0/go.mod ${h1}
`;

describe("go-sum", () => {
  const read = (text: string, hashes?: Record<string, string>, manifest?: string) =>
    readLockfile({ file: "go.sum", text }, { hashes, manifest });

  it("has an entry for each archive and each go.mod, pinned by hop3.lock", () => {
    const hashes = {
      "example.com/Big/Module@v1.2.3": sri,
      "example.com/Big/Module@v1.2.3/go.mod": sri,
      "example.com/old@v0.9.0/go.mod": sri,
    };
    const { packages } = read(goSum, hashes);
    const urls = packages.map((item) => registryUrl(item, { go: "https://proxy.example/" }));
    expect(urls).toEqual([
      "https://proxy.example/example.com/!big/!module/@v/v1.2.3.zip",
      "https://proxy.example/example.com/!big/!module/@v/v1.2.3.mod",
      "https://proxy.example/example.com/old/@v/v0.9.0.mod",
    ]);
  });

  it("says what hop3.lock lacks, and does not send to go", () => {
    expect(() => read(goSum)).toThrow(
      failure("LOCKFILE_NO_HASH", {
        message: expect.stringContaining("example.com/Big/Module@v1.2.3,"),
        hint: "Run hop3 nix lock, which records the missing hashes in hop3.lock",
        place: { file: "go.sum", line: 1, column: 1 },
      }),
    );
  });

  it("is asked for by hop3 nix lock, unless the modules are in the app", async () => {
    const missing = await missingHashes(makeMemoryTree({ "go.sum": goSum, "go.mod": "" }));
    expect(missing.map(({ key, files }) => [key, files[0]?.path])).toEqual([
      ["go:example.com/Big/Module@v1.2.3", "example.com/!big/!module/@v/v1.2.3.zip"],
      ["go:example.com/Big/Module@v1.2.3/go.mod", "example.com/!big/!module/@v/v1.2.3.mod"],
      ["go:example.com/old@v0.9.0/go.mod", "example.com/old/@v/v0.9.0.mod"],
    ]);
    const vendored = makeMemoryTree({ "go.sum": goSum, "vendor/modules.txt": "" });
    expect(await missingHashes(vendored)).toEqual([]);
  });

  it.each([
    ["a v1", "LOCKFILE_SYNTAX"],
    [`a v1 h2:${"A".repeat(43)}=`, "LOCKFILE_SYNTAX"],
    [`a v1 ${h1} more`, "LOCKFILE_SYNTAX"],
    [`../a v1 ${h1}`, "LOCKFILE_ENTRY_INVALID"],
    [`a v1/../b ${h1}`, "LOCKFILE_ENTRY_INVALID"],
  ])("refuses %s", (line, code) => {
    const place = expect.objectContaining({ file: "go.sum", line: 2 });
    expect(() => read(`ok v1 ${h1}\n${line}\n`)).toThrow(failure(code, { place }));
  });

  it("refuses a directory outside of the app in a module's place", () => {
    expect(read("", {}, "replace a.example/b => ./lib\n").local).toEqual([
      { name: "a.example/b", path: "lib" },
    ]);
    expect(() => read("", {}, "replace a.example/b => ../lib\n")).toThrow(
      failure("LOCKFILE_UNSUPPORTED_SOURCE"),
    );
  });

  it.each([
    ["require example.com/old v0.9.0", undefined],
    ["require (\n\texample.com/Big/Module v1.2.3 // indirect\n)", undefined],
    ["require example.com/old v0.9.1", "example.com/old v0.9.1 is missing in go.sum"],
    ["require a.example/x v1.0.0\nreplace a.example/x => ./x", undefined],
    ["require a.example/x v1.0.0\nreplace a.example/x v1.0.0 => example.com/old v0.9.0", undefined],
    [
      "require a.example/x v1.0.0\nreplace a.example/x v1.1.0 => ./x",
      "a.example/x v1.0.0 is missing in go.sum",
    ],
  ])("with %j", (manifest, difference) => {
    const check = () =>
      checkInStep({
        lockfile: { file: "go.sum", text: goSum },
        manifest: { file: "go.mod", text: `module example.com/app\n\ngo 1.19\n\n${manifest}\n` },
        digest: noDigest,
      });
    if (difference === undefined) check();
    else {
      const message = expect.stringContaining(difference);
      expect(check).toThrow(failure("LOCKFILE_OUT_OF_STEP", { message }));
    }
  });
});

describe("go.mod", () => {
  it("is read whichever way its statements are written", () => {
    const mod = parseGoMod(`module "example.com/app" // the app
require one.example v1.0.0
require (
	two.example v2.0.0 // indirect
	// three.example v3.0.0
)
replace (
	one.example => \`./one\`
	two.example v2.0.0 => other.example v2.0.1
)
exclude one.example v0.9.0
`);
    expect(mod.module).toBe("example.com/app");
    expect(mod.requires).toEqual([
      { name: "one.example", version: "v1.0.0" },
      { name: "two.example", version: "v2.0.0" },
    ]);
    expect(mod.requires.map((one) => replacementOf(mod, one)?.to)).toEqual([
      "./one",
      "other.example",
    ]);
  });

  it("is never a reason to fail by itself", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => parseGoMod(text) !== undefined));
  });

  it("names modules so that no two share a file where capitals do not count", () => {
    const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9./-]{0,20}$/);
    fc.assert(
      fc.property(name, name, (a, b) => {
        const [first, second] = [escapeGoPath(a), escapeGoPath(b)];
        expect(first).toBe(first.toLowerCase());
        expect(first === second).toBe(a === b);
      }),
    );
  });
});

const index = "registry+https://index.example/crates";

function cargo(entry: string, head = "version = 3\n"): string {
  return `${head}
[[package]]
name = "app"
version = "0.1.0"
dependencies = ["itoa"]

[[package]]
name = "itoa"
version = "1.0.9"
${entry}
`;
}

describe("cargo-lock", () => {
  const read = (text: string) => readLockfile({ file: "Cargo.lock", text });
  const pinned = `source = "${index}"\nchecksum = "${hex}"`;

  it.each([
    [
      "1",
      cargo(`source = "${index}"`, `[metadata]\n"checksum itoa 1.0.9 (${index})" = "${hex}"\n`),
    ],
    ["2", cargo(pinned, "")],
    ["3", cargo(pinned)],
    ["4", cargo(pinned, "version = 4\n")],
  ])("version %s gives each crate its checksum", (_version, text) => {
    const { packages } = read(text);
    expect(packages.map(({ name, version, integrity }) => [name, version, integrity])).toEqual([
      ["itoa", "1.0.9", sri],
    ]);
    const [item] = packages;
    expect(item && registryUrl(item, { crates: "https://crates.example/" })).toBe(
      "https://crates.example/itoa/1.0.9/download",
    );
  });

  const other = `${pinned}\n[[package]]\nname = "b"\nversion = "1.0.0"\nsource = "sparse+https://other.example/"\nchecksum = "${hex}"`;

  it.each([
    ["a later version", cargo(pinned, "version = 5\n"), "LOCKFILE_VERSION"],
    ["git", cargo('source = "git+https://git.example/itoa#c0ffee"'), "LOCKFILE_UNSUPPORTED_SOURCE"],
    ["two registries", cargo(other), "LOCKFILE_UNSUPPORTED_SOURCE"],
    ["no checksum", cargo(`source = "${index}"`), "LOCKFILE_NO_HASH"],
    ["half a checksum", cargo(`source = "${index}"\nchecksum = "12"`), "LOCKFILE_HASH_INVALID"],
    ["no TOML", "[[package]\n", "LOCKFILE_SYNTAX"],
    [
      "a name that leaves",
      cargo(pinned).replace('"itoa"\nv', '"../a"\nv'),
      "LOCKFILE_ENTRY_INVALID",
    ],
  ])("refuses %s", (_what, text, code) => {
    const place = expect.objectContaining({ file: "Cargo.lock" });
    expect(() => read(text)).toThrow(failure(code, { place, hint: expect.stringMatching(/\w/) }));
  });

  it.each([
    ['itoa = "1"', undefined],
    ['text = { package = "itoa", version = "1" }', undefined],
    ['ryu = "1"', "ryu is missing in Cargo.lock"],
  ])("with the dependency %s", (line, difference) => {
    const check = () =>
      checkInStep({
        lockfile: { file: "Cargo.lock", text: cargo(pinned) },
        manifest: {
          file: "Cargo.toml",
          text: `[package]\nname = "app"\n[dependencies]\n${line}\n`,
        },
        digest: noDigest,
      });
    if (difference === undefined) check();
    else {
      const message = expect.stringContaining(difference);
      expect(check).toThrow(failure("LOCKFILE_OUT_OF_STEP", { message }));
    }
  });
});
