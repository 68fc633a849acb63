import { randomUUID } from "node:crypto";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Crate, cratesRegistry, debianCrate, relock } from "./registry/crates.ts";
import { startRegistry, type TestRegistry } from "./registry/registry.ts";
import { copyTree, makeTree } from "./support/apps.ts";
import { newDerivations } from "./support/derivations.ts";
import { checkExample, examplesDir } from "./support/examples.ts";
import { useTestServer } from "./support/use-test-server.ts";

let registry: TestRegistry;
let crates: readonly Crate[] = [];
/** The example, with the checksums of this test's registry. */
let example = "";

beforeAll(async () => {
  // Bytes of this run alone: what the store has already would not be fetched.
  const nonce = randomUUID();
  crates = [await debianCrate("fnv", nonce), await debianCrate("itoa", nonce)];
  registry = await startRegistry([cratesRegistry(crates)]);
  example = await copyTree(join(examplesDir, "rust-source"));
  await edit("Cargo.lock", (text) => relock(text, crates));
});

afterAll(() => registry.close());

const server = useTestServer("rust", {
  settings: () => `[registries]\ncrates = "${registry.url("crates")}"\n`,
});

async function edit(name: string, change: (text: string) => string): Promise<void> {
  const file = join(example, name);
  await writeFile(file, change(await readFile(file, "utf8")));
}

describe("rust-source", () => {
  it("fetches each crate by its checksum, builds and answers", async () => {
    await checkExample(server, "rust-source", example);
    expect([...registry.asked].sort()).toEqual(
      crates.map(({ name, version }) => `/crates/${name}/${version}/download`),
    );
  });

  it("has no other derivation of a dependency after a changed line", async () => {
    const asked = registry.asked.length;
    await edit("src/main.rs", (text) => `${text}// changed ${randomUUID()}\n`);
    const deployment = await server.deployed("rust-source", example);
    expect(deployment.state).toBe("succeeded");
    const fresh = await newDerivations(server, "rust-source", deployment.release);
    expect(fresh.filter((name) => !name.endsWith("-start.drv")).sort()).toEqual([
      "hop3-release-rust-source.drv",
      "rust-source-0.drv",
    ]);
    expect(registry.asked).toHaveLength(asked);
  });

  it("has rustPlatform for a hop3.nix of the project", async () => {
    const dir = await makeTree({
      "hop3.nix": `{ pkgs ? import <nixpkgs> { } }:
{
  package = pkgs.rustPlatform.buildRustPackage {
    pname = "greeter";
    version = "0.3.0";
    src = ./.;
    cargoLock.lockFile = ./Cargo.lock;
  };
  workers.web = "greeter";
}
`,
    });
    await cp(example, dir, { recursive: true });
    const deployment = await server.deployed("own-expression", dir);
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    expect((await server.get("own-expression", "/a")).text).toContain("greeter 0.3.0, answer");
  });

  it("refuses a crate that is not the one of Cargo.lock", async () => {
    const dir = await copyTree(example);
    const lock = await readFile(join(dir, "Cargo.lock"), "utf8");
    const other = crates.map((crate) => ({ ...crate, archive: Buffer.from(crate.name) }));
    await writeFile(join(dir, "Cargo.lock"), relock(lock, other));
    const { failure } = await server.deployed("forged", dir);
    expect(failure?.code).toBe("NIX_BUILD_FAILED");
    expect(failure?.detail).toContain("hash mismatch");
  });

  it("says which key of server.toml is missing", async () => {
    await server.restart({ settings: "" });
    const { failure } = await server.deployed("greeter", example);
    expect(failure).toMatchObject({ code: "REGISTRY_MISSING" });
    expect(failure?.hint).toContain("crates");
  });
});
