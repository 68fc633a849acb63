import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LockedPackage, Lockfile } from "./lockfile.ts";
import { checkInStep, readLockfile } from "./read-lockfile.ts";
import { downloadUrl } from "./registry-url.ts";

const manifest = {
  name: "lock-sample",
  version: "1.0.0",
  dependencies: { express: "^4.19.2", fastify: "^4.26.0", bcrypt: "^5.1.1" },
  devDependencies: { eslint: "^8.57.0", esbuild: "^0.21.0", webpack: "^5.90.0" },
  optionalDependencies: { fsevents: "^2.3.3" },
};

/** A derivation as the package set makes it: nothing but an address and a hash. */
const expression = `{ name, url, hash }: derivation {
  inherit name url;
  builder = "builtin:fetchurl";
  system = "builtin";
  urls = [ url ];
  unpack = false;
  executable = false;
  preferLocalBuild = true;
  outputHashMode = "flat";
  outputHash = hash;
}`;

describe("a lockfile that npm writes now", () => {
  const directory = mkdtempSync(join(tmpdir(), "hop3-lockfiles-"));
  const run = (program: string, ...args: readonly string[]) =>
    execFileSync(program, args, {
      cwd: directory,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  let lockfile: Lockfile;
  let text = "";

  beforeAll(() => {
    writeFileSync(join(directory, "package.json"), JSON.stringify(manifest));
    run("npm", "install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund");
    text = readFileSync(join(directory, "package-lock.json"), "utf8");
    lockfile = readLockfile({ file: "package-lock.json", text });
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it("pins over 300 packages by sha512 and has the native addon's script", () => {
    expect(lockfile.packages.length).toBeGreaterThan(300);
    for (const { integrity } of lockfile.packages)
      expect(integrity).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/);
    expect(lockfile.packages.find(({ name }) => name === "bcrypt")?.hasInstallScript).toBe(true);
    expect(lockfile.packages.some(({ name }) => name === "fsevents")).toBe(false);
  });

  it("is in step with the manifest that it was made from", () => {
    const digest = (algorithm: string, data: string) =>
      createHash(algorithm).update(data).digest("hex");
    const check = (value: object) =>
      checkInStep({
        lockfile: { file: "package-lock.json", text },
        manifest: { file: "package.json", text: JSON.stringify(value) },
        digest,
      });
    expect(() => check(manifest)).not.toThrow();
    expect(() => check({ ...manifest, dependencies: {} })).toThrow("no longer in package.json");
  });

  const build = (item: LockedPackage, hash: string) => {
    const npm = run("npm", "config", "get", "registry").trim();
    const url = downloadUrl(item, { npm, replaces: ["*"] }) ?? "";
    const fileName = item.source.kind === "registry" ? item.source.fileName : "";
    const values = { name: fileName, url, hash };
    const args = Object.entries(values).flatMap(([name, value]) => ["--argstr", name, value]);
    // A single user has no build users, and an unreachable cache costs seconds.
    const options = ["substituters", "build-users-group"].flatMap((name) => ["--option", name, ""]);
    return run("nix-build", "--no-out-link", ...options, "-E", expression, ...args).trim();
  };

  it.each(["ms", "@humanwhocodes/module-importer"])("is enough for Nix to fetch %s", (name) => {
    const item = lockfile.packages.find((one) => one.name === name);
    if (item === undefined) throw new Error(`${name} is not in the lockfile`);
    const path = build(item, item.integrity);
    const digest = createHash("sha512").update(readFileSync(path)).digest("base64");
    expect(`sha512-${digest}`).toBe(item.integrity);
  });

  it("does not let Nix take other bytes", () => {
    const [first, second] = lockfile.packages;
    if (first === undefined || second === undefined) throw new Error("no packages");
    expect(() => build(first, second.integrity)).toThrow(/hash mismatch/);
  });
});
