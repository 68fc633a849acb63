import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { create } from "tar";
import { makeTree } from "../support/apps.ts";
import { unpackDebian } from "./pypi.ts";
import type { RegistryProtocol } from "./registry.ts";

/** One version of a crate, as the registry has it. */
export interface Crate {
  readonly name: string;
  readonly version: string;
  readonly archive: Buffer;
}

/** A crate whose sources a package of the distribution brings; `nonce` makes its archive another one. */
export async function debianCrate(name: string, nonce = ""): Promise<Crate> {
  const root = join(await unpackDebian(`librust-${name}-dev`), "usr/share/cargo/registry");
  const [directory = ""] = readdirSync(root);
  const dir = await makeTree({});
  // Cargo makes the checksums where it unpacks an archive.
  const filter = (path: string) => !path.endsWith("/.cargo-checksum.json");
  await cp(join(root, directory), join(dir, directory), { recursive: true, filter });
  await writeFile(join(dir, directory, "NONCE"), nonce);
  const file = `${dir}.crate`;
  await create({ file, cwd: dir, gzip: true, portable: true }, [directory]);
  return { name, version: directory.slice(name.length + 1), archive: readFileSync(file) };
}

/** The part of a registry that downloads ask: <name>/<version>/download. */
export function cratesRegistry(crates: readonly Crate[]): RegistryProtocol {
  const answers = new Map(
    crates.map(({ name, version, archive }) => [`${name}/${version}/download`, archive]),
  );
  return { prefix: "crates", answer: async (path) => answers.get(path) };
}

/** A Cargo.lock with versions and checksums of these crates, as `cargo update` would write them. */
export function relock(text: string, crates: readonly Crate[]): string {
  return crates.reduce((lock, { name, version, archive }) => {
    const checksum = createHash("sha256").update(archive).digest("hex");
    const entry = new RegExp(
      `(name = "${name}"\\nversion = )"[^"]*"(\\nsource = .*\\nchecksum = )"[^"]*"`,
    );
    return lock.replace(entry, `$1"${version}"$2"${checksum}"`);
  }, text);
}
