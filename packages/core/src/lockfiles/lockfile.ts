import type { Place } from "../errors.ts";
import type { RegistryName } from "./registry-names.ts";
import type { Target } from "./target.ts";

/** Where the bytes of a dependency come from. */
export type LockedSource =
  | {
      readonly kind: "registry";
      readonly registry: RegistryName;
      readonly fileName: string;
      /** Commit of a packagist archive: part of its address. */
      readonly reference?: string | undefined;
    }
  | { readonly kind: "url"; readonly url: string; readonly fileName: string }
  | { readonly kind: "git"; readonly url: string; readonly revision: string };

/** One file to fetch, pinned by its hash. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** SRI, the strongest hash of the lockfile that Nix knows. */
  readonly integrity: string;
  /** Every hash of the lockfile that Nix knows, strongest first; more than one is rare. */
  readonly hashes: readonly string[];
  readonly source: LockedSource;
  /** The address in the lockfile; without one, ask registryUrl(). */
  readonly url?: string | undefined;
  /** Needed for development alone. */
  readonly dev: boolean;
  /** The app works without it. */
  readonly optional: boolean;
  /** npm: the lockfile says that the package runs scripts when installed; undefined where the file cannot tell. */
  readonly hasInstallScript?: boolean | undefined;
  /** npm: command to file. */
  readonly bin?: Readonly<Record<string, string>> | undefined;
  /** npm: where it goes, as in node_modules/a/node_modules/b; the first of `places`. */
  readonly path?: string | undefined;
  /** npm: every directory that it is unpacked to. */
  readonly places?: readonly LockedPlace[] | undefined;
  /** Python: what kind of file was chosen. */
  readonly format?: "wheel" | "sdist" | undefined;
  /** Extras of a Python package that the app asks for. */
  readonly extras?: readonly string[] | undefined;
  /** Ruby: gems of the same lockfile that it needs. */
  readonly needs?: readonly string[] | undefined;
  /** Ruby: the system that the chosen gem is compiled for; absent where it comes as source. */
  readonly platform?: string | undefined;
}

/** A directory of node_modules that a package goes to. */
export interface LockedPlace {
  readonly path: string;
  /** Needed for development alone. */
  readonly dev: boolean;
  readonly optional: boolean;
}

/** A link in node_modules, to another package of it or to a directory of the app. Both below the app. */
export interface LockedLink {
  readonly path: string;
  readonly to: string;
  readonly dev: boolean;
}

/** A dependency that is part of the app's own tree: a workspace, a directory, an archive beside it. */
export interface LocalPackage {
  readonly name: string;
  readonly version?: string | undefined;
  /** Relative to the lockfile's directory, never outside of it. */
  readonly path: string;
}

/** Pinned, but the file's name is not in the lockfile: pickFromIndex() finds it on the package's index page. */
export interface PendingPackage {
  readonly name: string;
  readonly version: string;
  readonly hashes: readonly string[];
  readonly extras: readonly string[];
}

/** Without a hash that Nix can use. `hop3 nix lock` finds one and stores it under `key`. */
export interface UnhashedPackage {
  readonly key: string;
  readonly reason: string;
  readonly package: Omit<LockedPackage, "integrity" | "hashes">;
}

/** What any lockfile says, in one form. Lists are sorted and do not depend on the order in the file. */
export interface Lockfile {
  /** Name of the kind: package-lock, pnpm-lock, … */
  readonly kind: string;
  readonly file: string;
  readonly version: string;
  readonly packages: readonly LockedPackage[];
  readonly local: readonly LocalPackage[];
  /** npm: what node_modules holds beside unpacked packages. */
  readonly links: readonly LockedLink[];
  readonly pending: readonly PendingPackage[];
  /** Empty unless the caller allowed it. */
  readonly unhashed: readonly UnhashedPackage[];
  /** What a reader should know: weak hashes, options that are ignored. */
  readonly notes: readonly string[];
}

/** What is known when a lockfile is read. */
export interface ReadOptions {
  readonly target?: Partial<Target> | undefined;
  /** The manifest's text: tells development from production where the lockfile does not. */
  readonly manifest?: string | undefined;
  /** Files that the lockfile may include (requirements.txt: -r, -c), by path. */
  readonly files?: Readonly<Record<string, string>> | undefined;
  /** npm: text of the package.json of each workspace, by its directory. */
  readonly members?: Readonly<Record<string, string>> | undefined;
  /** Extras of the app itself that are wanted. */
  readonly extras?: readonly string[] | undefined;
  /** SRI hashes from hop3.lock, by packageKey(). */
  readonly hashes?: Readonly<Record<string, string>> | undefined;
  /** What only development needs may lack a hash: it is not fetched. */
  readonly isProduction?: boolean | undefined;
  /** Return what has no hash instead of failing: for `hop3 nix lock`. */
  readonly allowUnhashed?: boolean | undefined;
}

/** What a kind gets to read. */
export interface ReadContext {
  readonly file: string;
  readonly text: string;
  readonly target: Target;
  readonly options: ReadOptions;
  readonly refresh: string;
  /** Where these words first stand in the text. */
  placeOf(needle: string): Place;
}

/** A dependency as a kind has read it: names, addresses and hashes are not yet checked. */
export interface RawPackage extends Omit<LockedPackage, "integrity" | "hashes"> {
  /** As they stand in the file. */
  readonly rawHashes: readonly string[];
  /** Words by which its entry is found in the text. */
  readonly needle: string;
  /** Why there is no hash, where there is a reason of its own. */
  readonly unhashedBecause?: string | undefined;
}

/** What a kind returns. */
export interface RawLockfile {
  readonly version: string;
  readonly packages: readonly RawPackage[];
  readonly local?: readonly LocalPackage[];
  readonly links?: readonly LockedLink[];
  readonly pending?: readonly (Omit<PendingPackage, "hashes"> & {
    readonly rawHashes: readonly string[];
    readonly needle: string;
  })[];
  readonly notes?: readonly string[];
}

/** Hex digest of a text; given by the caller because this package has no cryptography. */
export type Digest = (algorithm: "md5" | "sha256", text: string) => string;

/** What a kind gets to compare with its manifest. */
export interface CompareContext extends ReadContext {
  readonly manifest: { readonly file: string; readonly text: string };
  readonly digest: Digest;
}

/** One kind of lockfile. Each is a file of its own in kinds/, and an entry of lockfileKinds. */
export interface LockfileKind {
  readonly name: string;
  readonly registry: RegistryName;
  /** Names of such files, best first. */
  readonly files: readonly string[];
  /** Where two kinds share a name, the text decides. */
  accepts?(text: string): boolean;
  /** The files it is made from. */
  readonly manifests: readonly string[];
  /** The command that writes it again. */
  readonly refresh: string;
  /** True where no tool can write hashes into it that Nix knows. */
  readonly hasNoHashes?: boolean;
  read(context: ReadContext): RawLockfile;
  /** Says what differs from the manifest; nothing where they agree. */
  compare(context: CompareContext): readonly string[];
}

/** Identifies a dependency in hop3.lock. */
export function packageKey(item: { readonly name: string; readonly version: string }): string {
  return `${item.name}@${item.version}`;
}
