import { lockDirectory, readPin } from "./debian/lock.ts";
import { loadPackageSet, type PackageSettings } from "./package-set.ts";

/** What `hop3 packages` shows. */
export interface PackageSetDescription {
  readonly name: string;
  readonly pin: string;
  readonly lockedAt?: string;
  readonly packages?: number;
  readonly suites: readonly string[];
  readonly lockFile?: string;
}

export async function describePackageSet(
  homeDir: string,
  settings: PackageSettings,
): Promise<PackageSetDescription> {
  const { name, pin } = await loadPackageSet(homeDir, settings);
  if (name === "nixpkgs") return { name, pin, suites: [] };
  const lock = await readPin(homeDir);
  return {
    name,
    pin,
    lockedAt: lock.date,
    packages: lock.packages,
    suites: lock.suites,
    lockFile: `${lockDirectory(homeDir)}/pin.json`,
  };
}
