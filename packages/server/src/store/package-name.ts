/** What a store path is called, without its hash. */
interface PackageName {
  readonly name: string;
  readonly version?: string;
}

/**
 * Nix's own rule: the version begins at the first dash that no letter follows. `python3.11-numpy-1.24.2` is numpy for
 * Python 3.11 in version 1.24.2.
 */
export function parsePackageName(storePath: string): PackageName {
  const full = storePath.replace(/^.*\//, "").replace(/^[0-9a-z]{32}-/, "");
  const at = full.search(/-[^A-Za-z-]/);
  if (at <= 0) return { name: full };
  return { name: full.slice(0, at), version: full.slice(at + 1) };
}
