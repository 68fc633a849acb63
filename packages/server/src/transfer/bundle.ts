import { createReadStream } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { newerSchema, ReleaseSettings, releaseNewer, StoredArtifact } from "@hop3/core";
import { create, extract, type Pack } from "tar";
import { z } from "zod";
import { bundleInvalid, bundleNewer } from "./transfer-errors.ts";

/** What a bundle says of its Release; beside it lies a binary cache with its closure. */
export const BundledRelease = z.strictObject({
  schema: z.literal(1),
  app: z.string(),
  number: z.int(),
  /** What else it could be is run with the server's rights, or lies where only its own server put it. */
  artifact: StoredArtifact.refine(({ kind }) => kind === "nix", {
    error: "is not of the builder nix",
  }),
  settings: ReleaseSettings,
  /** Names of the stored configuration it ran with; the values stay where they are. */
  configKeys: z.array(z.string()),
});
export type BundledRelease = z.infer<typeof BundledRelease>;

const manifest = "release.json";
const cache = "cache";

export interface BundlePaths {
  readonly dir: string;
  readonly cache: string;
}

export function bundlePaths(dir: string): BundlePaths {
  return { dir, cache: join(dir, cache) };
}

/** One tar: the manifest first, so that whoever reads it knows what comes. */
export async function packBundle(
  { dir, cache: store }: BundlePaths,
  release: BundledRelease,
): Promise<Pack> {
  await writeFile(join(dir, manifest), `${JSON.stringify(release, null, 2)}\n`);
  await mkdir(store, { recursive: true });
  return create({ cwd: dir, portable: true }, [manifest, cache]);
}

/** Leaves out the archives of paths that the receiver has; what is known of them stays. */
export async function dropPresent(
  { cache: store }: BundlePaths,
  present: ReadonlySet<string>,
): Promise<number> {
  let dropped = 0;
  for (const file of await readdir(store)) {
    if (!file.endsWith(".narinfo") || !present.has(file.slice(0, -".narinfo".length))) continue;
    const text = await readFile(join(store, file), "utf8");
    const url = /^URL: (.+)$/m.exec(text)?.[1];
    if (url === undefined) continue;
    await rm(join(store, "nar", basename(url)), { force: true });
    dropped += 1;
  }
  return dropped;
}

/** Files of a binary cache and the manifest; links and everything else are refused. */
const allowed =
  /^(?:release\.json|cache\/?|cache\/nix-cache-info|cache\/[a-z0-9]{32}\.narinfo|cache\/nar\/?|cache\/nar\/[a-z0-9]+\.nar(?:\.(?:zst|xz))?|cache\/(?:log|realisations)\/?)$/;

/** `maxBytes` is what its files may have together, however small they were packed. */
export async function unpackBundle(
  archive: string,
  { dir, maxBytes }: { readonly dir: string; readonly maxBytes: number },
): Promise<BundledRelease> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const odd: string[] = [];
  let bytes = 0;
  const unpack = extract({
    cwd: dir,
    strict: true,
    filter: (path, entry) => {
      bytes += entry.size;
      if (bytes > maxBytes) unpack.abort(new Error(`its files have more than ${maxBytes} bytes`));
      const isPlain = "type" in entry && (entry.type === "File" || entry.type === "Directory");
      const isKnown = isPlain && allowed.test(path);
      if (!isKnown) odd.push(path);
      return isKnown;
    },
  });
  const source = createReadStream(archive);
  await new Promise<void>((resolve, reject) => {
    source.on("error", reject).pipe(unpack);
    unpack.on("finish", resolve).on("error", reject);
  }).catch((error: unknown) => {
    source.destroy();
    throw bundleInvalid({ reason: reasonOf(error) });
  });
  if (odd.length > 0) throw bundleInvalid({ reason: `it holds '${odd[0]}', which no bundle has` });
  return readManifest(await readFile(join(dir, manifest), "utf8").catch(() => ""));
}

/** The library's own words for what it cannot read are about blocks and checksums. */
function reasonOf(error: unknown): string {
  const { message, code = "" } = error as NodeJS.ErrnoException;
  return /^(?:TAR_(?:BAD|ENTRY)|Z_)/.test(code) ? "it is no tar, or a damaged one" : message;
}

const Artifact = z.object({ artifact: z.unknown() });
const Schema = z.object({ schema: z.int() });

function readManifest(text: string): BundledRelease {
  const value = parse(text);
  const version = Schema.safeParse(value).data?.schema;
  if (version !== undefined && version > 1) throw bundleNewer({ found: version, known: 1 });
  const newer = newerSchema(Artifact.safeParse(value).data?.artifact);
  if (newer !== undefined) throw releaseNewer({ what: "the release of the bundle", found: newer });
  const found = BundledRelease.safeParse(value);
  if (found.success) return found.data;
  const [issue] = found.error.issues;
  throw bundleInvalid({ reason: `release.json: ${issue?.path.join(".")}: ${issue?.message}` });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw bundleInvalid({ reason: "it has no release.json" });
  }
}
