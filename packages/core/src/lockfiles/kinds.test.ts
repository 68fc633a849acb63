import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lockfileKinds } from "./kinds.ts";
import { findLockfiles, requireLockfile } from "./read-lockfile.ts";

describe("lockfileKinds", () => {
  it("lists every file of kinds/, under its name", () => {
    const files = readdirSync(join(import.meta.dirname, "kinds"))
      .filter((file) => !file.endsWith(".test.ts"))
      .map((file) => file.replace(/\.ts$/, ""));
    expect(lockfileKinds.map(({ name }) => name).sort()).toEqual(files.sort());
  });

  it("tells kinds that share a file name apart by the text", () => {
    const shared = lockfileKinds.filter(({ files }) => files.includes("yarn.lock"));
    for (const text of ["# yarn lockfile v1\n", "__metadata:\n  version: 8\n", ""]) {
      expect(shared.filter((kind) => kind.accepts?.(text) === true)).toHaveLength(1);
    }
  });
});

describe("findLockfiles", () => {
  it.each([
    [["package-lock.json", "src/yarn.lock"], "", ["package-lock.json"]],
    [["yarn.lock", "pnpm-lock.yaml"], "", ["pnpm-lock.yaml", "yarn.lock"]],
    [["api/uv.lock", "uv.lock"], "api", ["api/uv.lock"]],
    [["Gemfile.lock", "composer.lock"], "", ["composer.lock", "Gemfile.lock"]],
    [["README.md"], "", []],
  ])("%j in '%s' gives %j", (paths, directory, expected) => {
    expect(findLockfiles(paths, directory).map(({ file }) => file)).toEqual(expected);
  });
});

describe("requireLockfile", () => {
  it("gives the best one", () => {
    const want = { registry: "npm", manifest: "package.json" } as const;
    expect(requireLockfile(["yarn.lock", "package-lock.json"], want)).toBe("package-lock.json");
  });

  it.each([
    ["npm", "package.json", "npm install --package-lock-only"],
    ["pypi", "pyproject.toml", "uv lock"],
    ["pypi", "requirements.in", "pip-compile --generate-hashes"],
    ["packagist", "composer.json", "composer update --lock"],
    ["rubygems", "Gemfile", "bundle lock --add-checksums"],
    ["go", "go.mod", "go mod tidy"],
    ["crates", "Cargo.toml", "cargo generate-lockfile"],
  ] as const)("names the command that writes one for %s and %s", (registry, manifest, command) => {
    expect(() => requireLockfile([manifest], { registry, manifest })).toThrow(
      expect.objectContaining({
        failure: expect.objectContaining({
          code: "LOCKFILE_MISSING",
          hint: expect.stringContaining(command),
          place: { file: manifest },
        }),
      }),
    );
  });
});
