import { insidePath } from "../shared/safe.ts";

/** One file of a Maven repository, pinned by its hash. */
export interface MavenFile {
  /** Where it lies in a directory of repositories: `maven/<path>`, or `<host>/<path>` of the one that has it. */
  readonly place: string;
  readonly from: { readonly registry: "maven"; readonly path: string } | { readonly url: string };
  /** SRI. */
  readonly hash: string;
}

/** Coordinates of a module. */
export interface MavenModule {
  readonly group: string;
  readonly name: string;
  readonly version: string;
}

/** Directory of the repository for what the configured registry serves. */
export const registryPlace = "maven";

/** `org/apache/commons/commons-lang3/3.12.0`; undefined where a part is no name. */
export function moduleDirectory({ group, name, version }: MavenModule): string | undefined {
  const path = `${group.replaceAll(".", "/")}/${name}/${version}`;
  return isMavenPath(path) ? path : undefined;
}

/** Names of directories and files that any repository could have, and nothing that leads out of it. */
export function isMavenPath(path: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._+~/-]*$/.test(path) && insidePath(path) === path;
}
