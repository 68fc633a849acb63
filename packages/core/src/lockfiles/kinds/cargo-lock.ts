import { z } from "zod";
import type { CompareContext, LockfileKind, RawLockfile, ReadContext } from "../lockfile.ts";
import { lockfileUnsupportedSource, lockfileVersion } from "../lockfile-errors.ts";
import { parseToml } from "../shared/toml.ts";

const CargoPackage = z.object({
  name: z.string(),
  version: z.string(),
  /** `registry+address`, `sparse+address`, `git+address#commit`; none for a package of the app. */
  source: z.string().optional(),
  checksum: z.string().optional(),
});
type CargoPackage = z.infer<typeof CargoPackage>;

const CargoLock = z.object({
  version: z.number().optional(),
  package: z.array(CargoPackage).default([]),
  /** Where version 1 has the checksums. */
  metadata: z.record(z.string(), z.string()).default({}),
});

/** Cargo.lock of any version up to 4. */
export const cargoLock: LockfileKind = {
  name: "cargo-lock",
  registry: "crates",
  files: ["Cargo.lock"],
  manifests: ["Cargo.toml"],
  refresh: "cargo generate-lockfile",
  read,
  compare,
};

function read(context: ReadContext): RawLockfile {
  const lock = parseToml(context, CargoLock);
  const { version = 2 } = lock;
  if (version > 4) {
    const place = context.placeOf("version");
    const { refresh } = context;
    throw lockfileVersion({ place, found: String(version), known: "1 to 4", refresh });
  }
  const remote = lock.package.filter(({ source }) => source !== undefined);
  refuseForeign(context, remote);
  const packages = remote.map((item) => {
    const checksum =
      item.checksum ?? lock.metadata[`checksum ${item.name} ${item.version} (${item.source})`];
    const fileName = `${item.name}-${item.version}.crate`;
    return {
      name: item.name,
      version: item.version,
      source: { kind: "registry", registry: "crates", fileName } as const,
      rawHashes: checksum === undefined ? [] : [`sha256:${checksum}`],
      dev: false,
      optional: false,
      needle: `name = "${item.name}"`,
    };
  });
  return { version: String(version), packages };
}

/** One registry, whose address is configuration; commits of git have no hash here. */
function refuseForeign(context: ReadContext, remote: readonly CargoPackage[]): void {
  const first = remote.find(({ source }) => isRegistry(source))?.source;
  for (const { name, source = "" } of remote) {
    if (!isRegistry(source)) {
      throw lockfileUnsupportedSource({
        place: context.placeOf(source),
        name,
        source: source.startsWith("git+") ? "git, without a hash of its files" : "no registry",
        hint: `Depend on a released version of ${name}, or add its files to the app and depend on the path`,
      });
    }
    if (addressOf(source) === addressOf(first)) continue;
    throw lockfileUnsupportedSource({
      place: context.placeOf(source),
      name,
      source: "a second registry",
      hint: `Only one registry stands behind [registries] crates: take ${name} from it, or add its files to the app`,
    });
  }
}

function isRegistry(source: string | undefined): boolean {
  return /^(?:registry|sparse)\+/.test(source ?? "");
}

function addressOf(source: string | undefined): string {
  return (source ?? "").replace(/^(?:registry|sparse)\+/, "").replace(/\/+$/, "");
}

const Dependency = z.union([
  z.string(),
  z.looseObject({ package: z.string().optional(), path: z.string().optional() }),
]);
const Dependencies = z.record(z.string(), Dependency).default({});
const CargoManifest = z.object({
  dependencies: Dependencies,
  "dev-dependencies": Dependencies,
  "build-dependencies": Dependencies,
});

/** Every dependency by name; whether its version fits is what `cargo --frozen` says when it builds. */
function compare(context: CompareContext): readonly string[] {
  const manifest = parseToml(context.manifest, CargoManifest);
  const locked = new Set(parseToml(context, CargoLock).package.map(({ name }) => name));
  const wanted = [
    manifest.dependencies,
    manifest["dev-dependencies"],
    manifest["build-dependencies"],
  ].flatMap((table) => Object.entries(table).map(([name, one]) => realName(name, one)));
  return wanted
    .filter((name) => !locked.has(name))
    .map((name) => `${name} is missing in ${context.file}`);
}

function realName(name: string, dependency: z.infer<typeof Dependency>): string {
  return typeof dependency === "string" ? name : (dependency.package ?? name);
}
