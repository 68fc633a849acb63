import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { makeZip } from "../support/registry.ts";
import { unpackDebian } from "./pypi.ts";
import type { RegistryProtocol } from "./registry.ts";

/** One package, its archive, and the composer.json that is in it. */
export interface PhpPackage {
  readonly name: string;
  readonly version: string;
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly content: Buffer;
  /** Commit that the archive is of: the registry makes its addresses with it. */
  readonly reference: string;
  /** Whether the registry tells the archive's hash: most of the world's do not. */
  readonly hasHash: boolean;
}

interface DebianSource {
  readonly debian: string;
  /** Below /usr/share/php. */
  readonly directory: string;
  readonly namespace: string;
  readonly version: string;
  readonly require?: Readonly<Record<string, string>>;
  readonly hasHash: boolean;
  /** Makes the bytes those of one run: what the store has already would not be fetched. */
  readonly nonce?: string;
}

/** A package of the distribution as the archive that its project would have published. */
export async function debianPhp(name: string, source: DebianSource): Promise<PhpPackage> {
  const root = join(await unpackDebian(source.debian), "usr/share/php", source.directory);
  const manifest = {
    name,
    require: { php: ">=7.2", ...source.require },
    autoload: { "psr-4": { [`${source.namespace}\\`]: "src/" } },
  };
  const top = `${name.replace("/", "-")}-0123456`;
  const files: Record<string, Buffer | string> = {
    [`${top}/composer.json`]: JSON.stringify(manifest),
    [`${top}/README`]: source.nonce ?? name,
  };
  for (const path of (await readdir(root, { recursive: true })).sort()) {
    if (path.endsWith(".php") && !path.endsWith("autoload.php")) {
      files[`${top}/src/${path}`] = await readFile(join(root, path));
    }
  }
  const reference = createHash("sha1").update(JSON.stringify(manifest)).digest("hex");
  const { version, hasHash } = source;
  return { name, version, manifest, content: makeZip(files), reference, hasHash };
}

function pathOf({ name, version, reference }: PhpPackage): string {
  return `dists/${name}/${version}/r${reference}.zip`;
}

/** Composer's own protocol: one packages.json, and archives below dists/. */
export function packagistRegistry(
  packages: readonly PhpPackage[],
  base: () => string,
): RegistryProtocol {
  const describe = (one: PhpPackage) => ({
    ...one.manifest,
    version: one.version,
    dist: {
      type: "zip",
      url: `${base()}/${pathOf(one)}`,
      reference: one.reference,
      shasum: one.hasHash ? createHash("sha1").update(one.content).digest("hex") : "",
    },
  });
  const index = () => ({
    packages: Object.fromEntries(
      packages.map((one) => [one.name, { [one.version]: describe(one) }]),
    ),
  });
  return {
    prefix: "packagist",
    async answer(path) {
      if (path === "packages.json") return Buffer.from(JSON.stringify(index()));
      return packages.find((one) => pathOf(one) === path)?.content;
    },
  };
}
