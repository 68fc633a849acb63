import { isError, type NixpkgsPin, type PackageFound, type PackageSetInfo } from "@hop3/core";
import type { Home } from "../home.ts";
import type { ServerSettings } from "../settings.ts";
import { updateApart } from "./debian/update-apart.ts";
import { describePackageSet } from "./describe.ts";
import { packagesNotLocked } from "./errors.ts";
import { loadPackageSet, loadPinned, type PackageSet, PackageSettings } from "./package-set.ts";
import { nearestAttributes, packagesOfLibrary, searchPackages } from "./search.ts";

/** The package set of one server: loaded once, replaced by an update. */
export interface Packages {
  current(): Promise<PackageSet>;
  /** That, or the revision of nixpkgs that an App asks for: this one or a failure, never another. */
  of(pin?: NixpkgsPin): Promise<PackageSet>;
  /** The same; makes the lock where there is none yet. */
  ensure(onLine: (text: string) => void): Promise<PackageSet>;
  update(onLine: (text: string) => void): Promise<PackageSetInfo>;
  describe(): Promise<PackageSetInfo>;
  search(text: string): Promise<readonly PackageFound[]>;
  nearestAttributes(missing: string): Promise<readonly string[]>;
  /** Attributes that hold a library, as far as their names tell. */
  packagesOfLibrary(library: string): Promise<readonly string[]>;
}

export function makePackages(home: Home, settings: ServerSettings): Packages {
  const wanted = toPackageSettings(settings);
  let loaded: Promise<PackageSet> | undefined;
  const current = (): Promise<PackageSet> => {
    loaded ??= loadPackageSet(home.dir, wanted).catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
  const describe = async (): Promise<PackageSetInfo> => {
    const found = await describePackageSet(home.dir, wanted);
    return { ...found, suites: [...found.suites] };
  };
  return {
    current,
    of: (pin) => (pin === undefined ? current() : loadPinned(pin, wanted)),
    describe,
    async ensure(onLine) {
      try {
        return await current();
      } catch (error) {
        if (!isError(error, packagesNotLocked)) throw error;
        await updateApart(home.dir, onLine);
        return current();
      }
    },
    async update(onLine) {
      if (wanted.set !== "nixpkgs") await updateApart(home.dir, onLine);
      loaded = undefined;
      return describe();
    },
    search: (text) => searchPackages(home.dir, text),
    nearestAttributes: (missing) => nearestAttributes(home.dir, missing).catch(() => []),
    packagesOfLibrary: (library) => packagesOfLibrary(home.dir, library).catch(() => []),
  };
}

function toPackageSettings({ packages }: ServerSettings): PackageSettings {
  const { set, "nixpkgs-rev": rev, "nixpkgs-sha256": sha256, "nixpkgs-path": path } = packages;
  const pinned = rev === undefined && sha256 === undefined ? undefined : { rev, sha256 };
  const nixpkgs = path === undefined ? pinned : { path };
  return PackageSettings.parse(nixpkgs === undefined ? { set } : { set, nixpkgs });
}
