import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RegistryProtocol, startRegistry, type TestRegistry } from "./registry/registry.ts";
import { makeTree } from "./support/apps.ts";
import { cliFailure, hop3 } from "./support/cli.ts";
import { useTestServer } from "./support/use-test-server.ts";

const wheel = "tiny_lib-1.0-py3-none-any.whl";
const files: Readonly<Record<string, string>> = {
  "gems/rack-3.0.gem": "bytes of rack",
  "gems/puma-6.4.gem": "bytes of puma",
};

function sri(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

function serve(prefix: string, of: Readonly<Record<string, string>>): RegistryProtocol {
  return {
    prefix,
    answer: async (path) => (of[path] === undefined ? undefined : Buffer.from(of[path])),
  };
}

const digest = createHash("sha256").update("bytes of tiny").digest("hex");
const page = `<html><a href="../../files/${wheel}#sha256=${digest}">${wheel}</a>
<a href="../../files/tiny_lib-0.9-py3-none-any.whl#sha256=${"0".repeat(64)}">tiny_lib-0.9-py3-none-any.whl</a></html>`;
const gemfileLock = (version: string) => `GEM
  specs:
    puma (${version})
    rack (3.0)

PLATFORMS
  ruby

DEPENDENCIES
  puma
  rack

BUNDLED WITH
   2.4.0
`;

let registry: TestRegistry;
let dir = "";

const token = "s3cret-of-gems";

beforeAll(async () => {
  registry = await startRegistry([serve("pypi", { "tiny-lib/": page }), serve("rubygems", files)]);
  registry.requireToken("rubygems", `Bearer ${token}`);
  dir = await makeTree({
    "Gemfile.lock": gemfileLock("6.4"),
    "requirements.txt": "tiny-lib==1.0\n",
  });
});

afterAll(() => registry.close());

const server = useTestServer("lock", {
  settings: () =>
    `[registries]\npypi = "${registry.url("pypi")}"\n[registries.rubygems]\nurl = "${registry.url("rubygems")}"\ntoken = "${token}"\n`,
});

const lock = (...more: readonly string[]) => hop3(server, "nix", "lock", dir, ...more);
const readLock = async () => JSON.parse(await readFile(join(dir, "hop3.lock"), "utf8"));

describe("hop3 nix lock", () => {
  it("--check says what is missing and writes nothing", async () => {
    const failure = cliFailure(await lock("--check", "--json"));
    expect(failure).toMatchObject({ code: "LOCK_OUT_OF_DATE", exitCode: 1 });
    expect(failure.detail).toBe("+ pypi:tiny-lib@1.0\n+ rubygems:puma@6.4\n+ rubygems:rack@3.0");
    expect(existsSync(join(dir, "hop3.lock"))).toBe(false);
  });

  it("records the hashes that the registries' files have, with the server's token", async () => {
    const result = await lock();
    expect(result.exitCode, result.stderr).toBe(0);
    expect(result.stdout).toContain("+ rubygems:puma@6.4");
    expect(await readLock()).toEqual({
      version: 1,
      packages: {
        "pypi:tiny-lib@1.0": [{ file: wheel, hash: sri("bytes of tiny") }],
        "rubygems:puma@6.4": [
          { file: "puma-6.4.gem", hash: sri("bytes of puma"), path: "gems/puma-6.4.gem" },
        ],
        "rubygems:rack@3.0": [
          { file: "rack-3.0.gem", hash: sri("bytes of rack"), path: "gems/rack-3.0.gem" },
        ],
      },
    });
  });

  it("asks for nothing and changes nothing the second time", async () => {
    const before = await readFile(join(dir, "hop3.lock"), "utf8");
    const asked = registry.asked.length;
    expect((await lock()).stdout).toContain("up to date: 3 dependencies");
    expect((await lock("--check")).exitCode).toBe(0);
    expect(await readFile(join(dir, "hop3.lock"), "utf8")).toBe(before);
    expect(registry.asked.length).toBe(asked);
  });

  it("keeps what is right, drops what is stale, and says so", async () => {
    await rm(join(dir, "requirements.txt"));
    const asked = registry.asked.length;
    const result = await lock("--json");
    expect(JSON.parse(result.stdout)).toMatchObject({
      changed: true,
      added: [],
      dropped: ["pypi:tiny-lib@1.0"],
    });
    expect(Object.keys((await readLock()).packages)).toEqual([
      "rubygems:puma@6.4",
      "rubygems:rack@3.0",
    ]);
    expect(registry.asked.length).toBe(asked);
  });

  it("names the registry and the file that it does not have, and leaves hop3.lock alone", async () => {
    await writeFile(join(dir, "Gemfile.lock"), gemfileLock("9.9"));
    const before = await readFile(join(dir, "hop3.lock"), "utf8");
    const failure = cliFailure(await lock("--json"));
    expect(failure.code).toBe("REGISTRY_UNREACHABLE");
    expect(failure.message).toMatch(/'rubygems'.*gems\/puma-9\.9\.gem: HTTP status 404/);
    expect(await readFile(join(dir, "hop3.lock"), "utf8")).toBe(before);
  });

  it("removes a file that says nothing any more", async () => {
    await rm(join(dir, "Gemfile.lock"));
    await writeFile(join(dir, "Procfile"), "web: x\n");
    const result = await lock();
    expect(result.stdout).toContain("hop3.lock was removed");
    expect(existsSync(join(dir, "hop3.lock"))).toBe(false);
  });

  it("points to what is wrong in a hop3.lock", async () => {
    await writeFile(join(dir, "hop3.lock"), '{\n  "version": 1,\n  "packages": []\n}\n');
    const failure = cliFailure(await lock("--json"));
    expect(failure.code).toBe("LOCKFILE_SYNTAX");
    expect(failure.place).toBe("hop3.lock:3:4");
  });

  it("knows packages of Yarn 2 and later, whose checksums nobody else can use", async () => {
    await rm(join(dir, "hop3.lock"));
    await writeFile(
      join(dir, "yarn.lock"),
      `__metadata:\n  version: 8\n\n"left@npm:1.0.0":\n  version: 1.0.0\n  resolution: "left@npm:1.0.0"\n  languageName: node\n  linkType: hard\n`,
    );
    const { stdout } = await lock("--check", "--json");
    expect(stdout).toContain("npm:left@1.0.0");
  });
});
