import { createHash } from "node:crypto";
import { constants } from "node:fs";
import {
  chmod,
  copyFile,
  lchown,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  symlink,
  unlink,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { Release } from "../db/releases.ts";
import type { Attempt } from "./attempt.ts";
import { writableTreeMissing } from "./errors.ts";
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
  for (const path of await listFiles(origin, runtime.writable_tree)) {
    const from = join(origin, path);
    const to = join(attempt.home.data, path);
    const wanted = await hashOf(from);
    const present = await hashOf(to);
    if (present !== undefined && present !== wanted && present !== before[path]) {
      kept.push(path);
      continue;
    }
    if (present !== wanted) await place(from, to);
    if (wanted !== undefined) after[path] = wanted;
    await giveAway(attempt, to);
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
  if (stats === undefined) throw writableTreeMissing({ path: tree });
  if (!stats.isDirectory()) return [path];
  const entries = await readdir(join(origin, path), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(origin.length + 1));
}

async function hashOf(path: string): Promise<string | undefined> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined) return undefined;
  const content = stats.isSymbolicLink() ? await readlink(path) : await readFile(path);
  return createHash("sha256").update(content).digest("hex");
}

async function place(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o755 });
  const aside = `${to}.hop3-new`;
  await unlink(aside).catch(() => {});
  const stats = await lstat(from);
  if (stats.isSymbolicLink()) {
    await symlink(await readlink(from), aside);
  } else {
    await copyFile(from, aside, constants.COPYFILE_FICLONE);
    // Store files are read-only; the owner of this copy may write it.
    await chmod(aside, (stats.mode & 0o111) === 0 ? 0o644 : 0o755);
  }
  await rename(aside, to);
}

async function giveAway(attempt: Attempt, path: string): Promise<void> {
  const user = appUser(attempt.platform, attempt.app);
  if (user === undefined) return;
  for (let at = path; at.length > attempt.home.data.length; at = dirname(at)) {
    await lchown(at, user.uid, user.gid);
  }
}

async function writeAtomically(file: string, text: string): Promise<void> {
  const aside = `${file}.new`;
  await writeFile(aside, text, { mode: 0o600 });
  await rename(aside, file);
}
