import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import {
  chmod,
  lchown,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";

/** Says that a directory is whole. Without it, whatever made the directory was killed half-way. */
const marker = ".hop3-complete";
const Uses = z.array(z.string());

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * What local builds of one App leave on disk: `builds/<hash>` is what a Release runs, `deps/<hash>` what several builds
 * share, `tools/<hash>` roots of store paths, `cache/<toolchain>` downloads.
 */
export interface Workspace {
  readonly dir: string;
  readonly build: string;
  cache(toolchain: string): Promise<string>;
  /** A whole directory for `key`, made at its final place; what was left half-made is made again. */
  shared(
    kind: "deps" | "tools",
    key: readonly string[],
    make: (dir: string) => Promise<void>,
  ): Promise<string>;
  /** Takes over the Source and gives it to the user of the build. */
  open(sourceDir: string): Promise<string>;
  /** From now on nobody but the server may change it. */
  close(): Promise<void>;
  /** Removes a build that failed. */
  discard(): Promise<void>;
}

export function hashOf(key: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(key)).digest("hex").slice(0, 32);
}

export function openWorkspace(dir: string, buildId: string, owner: Owner | undefined): Workspace {
  const build = join(dir, "builds", buildId);
  const used = new Set<string>();
  return {
    dir,
    build,
    async cache(toolchain) {
      const cache = join(dir, "cache", toolchain);
      const isNew = (await mkdir(cache, { recursive: true, mode: 0o755 })) !== undefined;
      if (isNew && owner !== undefined) await lchown(cache, owner.uid, owner.gid);
      return cache;
    },
    async shared(kind, key, make) {
      const place = join(dir, kind, hashOf(key));
      used.add(`${kind}/${basename(place)}`);
      if (existsSync(join(place, marker))) return place;
      await rm(place, { recursive: true, force: true });
      await mkdir(place, { recursive: true, mode: 0o755 });
      if (owner !== undefined) await lchown(place, owner.uid, owner.gid);
      try {
        await make(place);
        await seal(place, owner);
      } catch (error) {
        await rm(place, { recursive: true, force: true });
        throw error;
      }
      return place;
    },
    async open(sourceDir) {
      const app = join(build, "app");
      await rm(build, { recursive: true, force: true });
      await mkdir(build, { recursive: true, mode: 0o755 });
      await rename(sourceDir, app);
      await settle(app, owner);
      return app;
    },
    async close() {
      await writeFile(join(build, "uses.json"), JSON.stringify([...used].sort()));
      await seal(build, owner);
    },
    discard: () => rm(build, { recursive: true, force: true }),
  };
}

/** Makes everything the server's own, readable by Apps and writable by none, and marks it as whole. */
async function seal(dir: string, owner: Owner | undefined): Promise<void> {
  await settle(dir, owner === undefined ? undefined : { uid: 0, gid: 0 });
  await writeFile(join(dir, marker), "");
}

/** Gives a tree to `owner`, and everybody the right to read it. */
async function settle(dir: string, owner: Owner | undefined): Promise<void> {
  await settleOne(dir, owner);
  const entries = await readdir(dir, { withFileTypes: true });
  const others = entries.filter((entry) => !entry.isDirectory());
  await Promise.all(others.map(({ name }) => settleOne(join(dir, name), owner)));
  const dirs = entries.filter((entry) => entry.isDirectory());
  for (const { name } of dirs) await settle(join(dir, name), owner);
}

/** Looking is cheaper than changing, and most need no change. */
async function settleOne(path: string, owner: Owner | undefined): Promise<void> {
  const status = await lstat(path);
  const isOwned = owner === undefined || (status.uid === owner.uid && status.gid === owner.gid);
  if (!isOwned) await lchown(path, owner.uid, owner.gid);
  if (!status.isFile() && !status.isDirectory()) return;
  const mode = status.isDirectory() || (status.mode & 0o100) !== 0 ? 0o755 : 0o644;
  if ((status.mode & 0o7777) !== mode) await chmod(path, mode);
}

/** True where the directory is there and was finished. */
export function isWhole(dir: string): boolean {
  return existsSync(join(dir, marker));
}

/** Removes what no kept build needs, half-made directories included. `kept` are directories of builds. */
export async function sweepWorkspace(dir: string, kept: readonly string[]): Promise<void> {
  const keptNames = new Set(kept.map((path) => `builds/${basename(path)}`));
  const needed = new Set(keptNames);
  for (const name of keptNames) {
    const text = await readFile(join(dir, name, "uses.json"), "utf8").catch(() => "[]");
    for (const use of Uses.parse(JSON.parse(text))) needed.add(use);
  }
  for (const kind of ["builds", "deps", "tools"]) {
    for (const entry of await readdir(join(dir, kind)).catch(() => [])) {
      if (needed.has(`${kind}/${entry}`)) continue;
      await rm(join(dir, kind, entry), { recursive: true, force: true });
    }
  }
}
