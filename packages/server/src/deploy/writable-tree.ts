import { createHash } from "node:crypto";
import { lstat, readdir, readFile, readlink, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import type { Release } from "../db/releases.ts";
import { writeAtomically } from "../write-atomically.ts";
import type { Attempt } from "./attempt.ts";
import { writableTreeMissing } from "./errors.ts";
import { type OwnedDirectory, openInside, placeInside, readInside } from "./owned-directory.ts";
import { appUser } from "./process-spec.ts";

/** Path below the data directory -> hash of what the platform last laid out there. */
const Manifest = z.record(z.string(), z.string());
type Manifest = z.infer<typeof Manifest>;

/**
 * Lays the parts of the package that must be writable out in the data directory. Files that the App has not changed
 * since are replaced by the new Release's; changed ones are kept and listed; nothing is ever deleted.
 */
export async function layOutWritableTree(attempt: Attempt, release: Release): Promise<void> {
  const runtime = release.artifact?.runtime;
  if (runtime === undefined || runtime.writable_tree.length === 0) return;
  const origin = join(release.artifact?.location ?? "", "package");
  const manifestFile = attempt.home.writableTree;
  const before = await readManifest(manifestFile);
  const after: Manifest = { ...before };
  const kept: string[] = [];
  const owner = appUser(attempt.platform, attempt.app);
  for (const path of await listFiles(origin, runtime.writable_tree)) {
    const from = join(origin, path);
    const directory = await openInside(attempt.home.data, partsOf(dirname(path)), owner);
    const wanted = hash(await readOrigin(from));
    const laidOut =
      directory !== undefined && (await layOut(directory, { from, wanted, last: before[path] }));
    await directory?.handle.close();
    if (laidOut) after[path] = wanted;
    else kept.push(path);
  }
  await writeAtomically(manifestFile, JSON.stringify(after));
  if (kept.length > 0) {
    const shown = kept.slice(0, 20).join(", ");
    attempt.note(
      "warning",
      `Kept ${kept.length} writable file(s) that the app has changed: ${shown}`,
    );
  }
}

async function readManifest(file: string): Promise<Manifest> {
  const text = await readFile(file, "utf8").catch(() => "{}");
  return Manifest.parse(JSON.parse(text));
}

async function listFiles(origin: string, trees: readonly string[]): Promise<readonly string[]> {
  const files = await Promise.all(trees.map((tree) => listTree(origin, tree)));
  return [...new Set(files.flat())].sort();
}

async function listTree(origin: string, tree: string): Promise<readonly string[]> {
  const path = tree.replace(/\/+$/, "");
  const isInside = path !== "" && !path.startsWith("/") && !path.split("/").includes("..");
  const stats = isInside ? await lstat(join(origin, path)).catch(() => undefined) : undefined;
  // A package may hold links to anywhere; only what is in the store was given to the App.
  const real = await realpath(dirname(join(origin, path))).catch(() => "");
  const isStored = real.startsWith("/nix/store/");
  if (stats === undefined || !isStored) throw writableTreeMissing({ path: tree });
  if (!stats.isDirectory()) return [path];
  const entries = await readdir(join(origin, path), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(origin.length + 1));
}

interface Wanted {
  readonly from: string;
  readonly wanted: string;
  /** Hash of what the platform put there the last time. */
  readonly last: string | undefined;
}

/** False where the App has changed what is there. */
async function layOut(directory: OwnedDirectory, { from, wanted, last }: Wanted): Promise<boolean> {
  const name = basename(from);
  const found = await readInside(directory, name);
  const present = found === undefined ? undefined : hash(found);
  if (present === wanted) return true;
  if (present !== undefined && present !== last) return false;
  await placeInside(directory, name, from);
  return true;
}

function partsOf(directory: string): readonly string[] {
  return directory === "." ? [] : directory.split("/");
}

async function readOrigin(path: string): Promise<Buffer | string> {
  return (await lstat(path)).isSymbolicLink() ? readlink(path) : readFile(path);
}

function hash(content: Buffer | string): string {
  return createHash("sha256").update(content).digest("hex");
}
