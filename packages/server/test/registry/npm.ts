import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { create } from "tar";
import { makeTree } from "../support/apps.ts";
import type { RegistryProtocol } from "./registry.ts";

/** One version of a package. */
export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly archive: Buffer;
  readonly integrity: string;
}

export async function npmPackage(
  manifest: { readonly name: string; readonly version: string; readonly scripts?: object },
  files: Readonly<Record<string, string>>,
): Promise<NpmPackage> {
  const inside = Object.entries({ ...files, "package.json": JSON.stringify(manifest) });
  const dir = await makeTree(
    Object.fromEntries(inside.map(([file, text]) => [`package/${file}`, text])),
  );
  const file = `${dir}.tgz`;
  await create({ file, cwd: dir, gzip: true, portable: true }, ["package"]);
  const archive = await readFile(file);
  const integrity = `sha512-${createHash("sha512").update(archive).digest("base64")}`;
  return { ...manifest, manifest, archive, integrity };
}

/** A page for each package, and its archive below `-/`. */
export function npmRegistry(packages: readonly NpmPackage[], base: () => string): RegistryProtocol {
  const pathOf = ({ name, version }: NpmPackage) => `${name}/-/${name}-${version}.tgz`;
  const describe = (one: NpmPackage) => ({
    name: one.name,
    "dist-tags": { latest: one.version },
    versions: {
      [one.version]: {
        ...one.manifest,
        dist: { tarball: `${base()}/${pathOf(one)}`, integrity: one.integrity },
      },
    },
  });
  return {
    prefix: "npm",
    async answer(path) {
      const page = packages.find(({ name }) => name === path);
      if (page !== undefined) return Buffer.from(JSON.stringify(describe(page)));
      return packages.find((one) => pathOf(one) === path)?.archive;
    },
  };
}

/** package.json and package-lock.json of an app that needs these packages. */
export function npmApp(
  app: { readonly name: string; readonly scripts: Readonly<Record<string, string>> },
  packages: readonly NpmPackage[],
): Readonly<Record<string, string>> {
  const dependencies = Object.fromEntries(packages.map(({ name, version }) => [name, version]));
  const manifest = { ...app, version: "1.0.0", dependencies };
  const locked = packages.map(({ name, version, integrity, manifest: { scripts } }) => [
    `node_modules/${name}`,
    { version, integrity, ...(scripts === undefined ? {} : { hasInstallScript: true }) },
  ]);
  const lock = {
    name: app.name,
    version: "1.0.0",
    lockfileVersion: 3,
    packages: { "": manifest, ...Object.fromEntries(locked) },
  };
  return { "package.json": JSON.stringify(manifest), "package-lock.json": JSON.stringify(lock) };
}
