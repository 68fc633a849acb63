import { z } from "zod";
import type { LockedSource } from "../lockfile.ts";
import type { Target } from "../target.ts";
import { parseJson } from "./json.ts";

const Versions = z.record(z.string(), z.string());

/** The parts of package.json that decide what is installed. */
export const PackageManifest = z.object({
  name: z.string().optional(),
  dependencies: Versions.optional(),
  devDependencies: Versions.optional(),
  optionalDependencies: Versions.optional(),
  peerDependencies: Versions.optional(),
});
export type PackageManifest = z.infer<typeof PackageManifest>;

export function parsePackageManifest(manifest: { file: string; text: string }): PackageManifest {
  return parseJson(manifest, PackageManifest);
}

/** npm and its kin let optionalDependencies override dependencies of the same name. */
export function productionDependencies(
  manifest: PackageManifest,
): Readonly<Record<string, string>> {
  const optional = manifest.optionalDependencies ?? {};
  const entries = Object.entries(manifest.dependencies ?? {});
  return Object.fromEntries(entries.filter(([name]) => !Object.hasOwn(optional, name)));
}

/** True where the lists of a package (`os`, `cpu`, `libc`) let this value through; `!x` excludes. */
export function allows(list: readonly string[] | undefined, value: string): boolean {
  if (list === undefined || list.length === 0 || list.includes("any")) return true;
  if (list.includes(`!${value}`)) return false;
  return list.includes(value) || list.every((item) => item.startsWith("!"));
}

export interface Constraints {
  readonly os?: readonly string[] | undefined;
  readonly cpu?: readonly string[] | undefined;
  readonly libc?: readonly string[] | undefined;
}

export function runsOn(constraints: Constraints, target: Target): boolean {
  return (
    allows(constraints.os, target.os) &&
    allows(constraints.cpu, target.cpu) &&
    allows(constraints.libc, target.libc)
  );
}

/** File of a package in an npm registry. */
export function npmFileName(name: string, version: string): string {
  const short = name.slice(name.indexOf("/") + 1);
  // A registry drops build metadata from what it stores.
  return `${short}-${version.replace(/\+.*$/, "")}.tgz`;
}

export function npmSource(name: string, version: string): LockedSource {
  return { kind: "registry", registry: "npm", fileName: npmFileName(name, version) };
}

/** An address that has the form of a registry's own is a registry's file, whatever the host. */
export function sourceOfUrl(name: string, url: string): LockedSource {
  const path = url.replace(/[?#].*$/, "");
  const fileName = decodePart(path.slice(path.lastIndexOf("/") + 1));
  const short = name.slice(name.indexOf("/") + 1);
  const isRegistry =
    decodePart(path).endsWith(`/${name}/-/${fileName}`) && fileName.startsWith(`${short}-`);
  return isRegistry
    ? { kind: "registry", registry: "npm", fileName }
    : { kind: "url", url, fileName: fileName === "" ? `${short}.tgz` : fileName };
}

function decodePart(text: string): string {
  return text.replaceAll(/%2f/gi, "/").replaceAll("%40", "@");
}

const gitForm =
  /^(?:git\+)?((?:ssh|https?|git|file):\/\/[^#]+|git@[^#]+)#(?:.*commit=)?([0-9a-f]{40})\b/;

/** A git source, from `git+ssh://git@host/user/repo.git#<commit>` and Yarn's `…#commit=<commit>`. */
export function gitSource(text: string): LockedSource | undefined {
  const [, url, revision] = gitForm.exec(text) ?? [];
  if (url === undefined || revision === undefined) return undefined;
  return { kind: "git", url, revision };
}

export function looksLikeGit(text: string): boolean {
  return /^git[+@:]|\.git(?:#|$)|^ssh:/.test(text);
}

/** Compares two maps of a manifest and of its lockfile, in sentences. */
export function compareMaps(
  wanted: Readonly<Record<string, string>>,
  locked: Readonly<Record<string, string>>,
  names: { readonly manifest: string; readonly lockfile: string },
): readonly string[] {
  const differences: string[] = [];
  for (const name of [...new Set([...Object.keys(wanted), ...Object.keys(locked)])].sort()) {
    const want = Object.hasOwn(wanted, name) ? wanted[name] : undefined;
    const have = Object.hasOwn(locked, name) ? locked[name] : undefined;
    if (want === have) continue;
    if (have === undefined) differences.push(`${name} ${want} is missing in ${names.lockfile}`);
    else if (want === undefined) differences.push(`${name} is no longer in ${names.manifest}`);
    else differences.push(`${name} is ${want} in ${names.manifest}, ${have} in ${names.lockfile}`);
  }
  return differences;
}
