import type { LockedPackage } from "./lockfile.ts";
import { escapeGoPath } from "./shared/go-module.ts";

/** Base addresses of the registries in use. They are configuration: this program knows none. */
export interface Registries {
  readonly npm?: string | undefined;
  /** npm scopes with a registry of their own: "@acme" to its base address. */
  readonly npmScopes?: Readonly<Record<string, string>> | undefined;
  /** Where files of Python packages lie: the directory that has `packages/` in it. */
  readonly pypi?: string | undefined;
  readonly rubygems?: string | undefined;
  /** An address with %package%, %version%, %reference% and %type% in it, or the base of one with dists/. */
  readonly packagist?: string | undefined;
  /** A module proxy. */
  readonly go?: string | undefined;
  /** A repository in Maven's layout: file names are paths below it. */
  readonly maven?: string | undefined;
  /** Where crates lie as <name>/<version>/download. */
  readonly crates?: string | undefined;
  /** Hosts in lockfiles that the addresses above stand in for; "*" for all. */
  readonly replaces?: readonly string[] | undefined;
}

type Addressed = Pick<LockedPackage, "name" | "version" | "source" | "url">;

/** The address of a registry's file, built from configuration; undefined where nothing is configured for it. */
export function registryUrl(item: Addressed, registries: Registries): string | undefined {
  const { source } = item;
  if (source.kind !== "registry") return undefined;
  switch (source.registry) {
    case "npm":
      return under(npmBase(item.name, registries), `${item.name}/-/${source.fileName}`);
    case "rubygems":
      return under(registries.rubygems, `gems/${source.fileName}`);
    case "pypi":
      return under(registries.pypi, pypiPath(item.name, source.fileName));
    case "packagist":
      return packagistUrl(item, source.reference, registries.packagist);
    case "go":
      return under(registries.go, `${escapeGoPath(item.name)}/@v/${source.fileName}`);
    case "maven":
      return under(registries.maven, source.fileName);
    case "crates":
      return under(registries.crates, `${item.name}/${item.version}/download`);
  }
}

/** Where to fetch from: the lockfile's address, unless its host is one that configuration replaces. */
export function downloadUrl(item: Addressed, registries: Registries): string | undefined {
  const { url } = item;
  if (url === undefined) return registryUrl(item, registries);
  if (!isReplaced(url, registries.replaces ?? [])) return url;
  return registryUrl(item, registries) ?? url;
}

function isReplaced(url: string, hosts: readonly string[]): boolean {
  if (hosts.includes("*")) return true;
  const host = /^https?:\/\/([^/]+)/.exec(url)?.[1];
  return host !== undefined && hosts.includes(host);
}

function npmBase(name: string, registries: Registries): string | undefined {
  const scope = name.startsWith("@") ? name.slice(0, name.indexOf("/")) : undefined;
  const own = scope === undefined ? undefined : registries.npmScopes?.[scope];
  return own ?? registries.npm;
}

function under(base: string | undefined, path: string): string | undefined {
  if (base === undefined) return undefined;
  return `${base.replace(/\/+$/, "")}/${path}`;
}

/** The index files wheels by their Python tag and everything else under `source`. */
function pypiPath(name: string, fileName: string): string {
  const tag = /-([^-]+)-[^-]+-[^-]+\.whl$/.exec(fileName)?.[1] ?? "source";
  return `packages/${tag}/${name.charAt(0)}/${name}/${fileName}`;
}

function packagistUrl(
  item: Addressed,
  reference: string | undefined,
  base: string | undefined,
): string | undefined {
  if (base === undefined || reference === undefined) return undefined;
  const template = base.includes("%package%")
    ? base
    : under(base, "dists/%package%/%version%/r%reference%.%type%");
  return template
    ?.replaceAll("%package%", item.name)
    .replaceAll("%version%", encodeURIComponent(item.version))
    .replaceAll("%reference%", reference)
    .replaceAll("%type%", "zip");
}
