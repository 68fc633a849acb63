import { createHash } from "node:crypto";
import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { narHash } from "../../nix/nar-hash.ts";
import { switchLink } from "../../switch-link.ts";
import { packagesLockInvalid, packagesNotLocked } from "../errors.ts";
import type { Platform } from "./apt.ts";
import { nodeReleases } from "./node-release.ts";
import { makePythonNames } from "./python-names.ts";
import type { ResolvedPackage } from "./resolve.ts";

/** What identifies a locked package set; the files beside it carry the rest. */
export const DebianPin = z.strictObject({
  set: z.literal("debian"),
  pin: z.string().startsWith("sha256-"),
  seed: z.string().startsWith("sha256-"),
  system: z.enum(["x86_64-linux", "aarch64-linux"]),
  /** Labels of the archives, in the order that the index refers to them. */
  archives: z.array(z.string().min(1)),
  suites: z.array(z.string().min(1)),
  date: z.iso.datetime(),
  packages: z.int().positive(),
  circles: z.int().nonnegative(),
});
export type DebianPin = z.infer<typeof DebianPin>;

export interface LockContents {
  readonly packages: ReadonlyMap<string, ResolvedPackage>;
  readonly platform: Platform;
  readonly archives: readonly string[];
  readonly suites: readonly string[];
  readonly date: Date;
  /** Writes into the lock's directory where the bytes can be had. */
  readonly placeSources: (dir: string) => Promise<void>;
  /** Puts the seed's busybox at this path. */
  readonly placeSeed: (path: string) => Promise<void>;
}

/** The directory that always holds the newest complete lock. */
export function lockDirectory(homeDir: string): string {
  return join(homeDir, "packages", "debian");
}

/** Writes a lock beside the present one and puts it in its place in one step. */
export async function writeLock(homeDir: string, contents: LockContents): Promise<DebianPin> {
  const parent = join(homeDir, "packages");
  const fresh = join(parent, `debian-${String(contents.date.getTime())}-${String(process.pid)}`);
  await mkdir(join(fresh, "index"), { recursive: true });
  await mkdir(join(fresh, "seed"));
  await contents.placeSources(fresh);
  await contents.placeSeed(join(fresh, "seed", "busybox"));
  await chmod(join(fresh, "seed", "busybox"), 0o555);
  await writeIndex(join(fresh, "index"), contents);
  await writeSummaries(fresh, contents.packages);
  const circles = [...contents.packages.values()].filter(
    ({ circle, source }) => circle[0] === source.name,
  );
  const pin = DebianPin.parse({
    set: "debian",
    pin: await narHash(join(fresh, "index")),
    seed: await narHash(join(fresh, "seed")),
    system: contents.platform.system,
    archives: contents.archives,
    suites: contents.suites,
    date: contents.date.toISOString(),
    packages: contents.packages.size,
    circles: circles.length,
  });
  await writeFile(join(fresh, "pin.json"), `${JSON.stringify(pin, null, 2)}\n`);
  await switchTo(homeDir, fresh);
  return pin;
}

/** Readers hold the old directory until the update after this one. */
async function switchTo(homeDir: string, fresh: string): Promise<void> {
  const previous = await switchLink(lockDirectory(homeDir), fresh);
  const parent = join(homeDir, "packages");
  for (const name of await readdir(parent)) {
    const isKept = !name.startsWith("debian-") || name === previous || name === basename(fresh);
    if (!isKept) await rm(join(parent, name), { recursive: true, force: true });
  }
}

interface IndexEntry {
  readonly v: string;
  readonly f: string;
  readonly h: string;
  readonly m: number;
  readonly d: readonly string[];
  readonly c?: readonly string[];
}

const shardDigits = 3;

/**
 * 4,096 files of some 5 kB by the first digits of sha256(name): an evaluation reads only those it asks for.
 * A build asks for some 150 packages, which lay in 110 of 256 files.
 */
async function writeIndex(dir: string, contents: LockContents): Promise<void> {
  const shards = new Map<string, Record<string, IndexEntry>>();
  for (let shard = 0; shard < 16 ** shardDigits; shard++) {
    shards.set(shard.toString(16).padStart(shardDigits, "0"), {});
  }
  const names = [...contents.packages.keys()].sort();
  for (const name of names) {
    const resolved = contents.packages.get(name);
    const shard = shards.get(shardOf(name));
    if (resolved !== undefined && shard !== undefined) shard[name] = makeEntry(resolved);
  }
  for (const [name, shard] of shards) {
    await writeFile(join(dir, `${name}.json`), JSON.stringify(shard));
  }
  const all = Object.fromEntries(names.map((name) => [name, 0]));
  await writeFile(join(dir, "names.json"), JSON.stringify(all));
  await writeFile(join(dir, "python.json"), JSON.stringify(makePythonNames(contents.packages)));
  const node = nodeReleases[contents.platform.system];
  await writeFile(join(dir, "node.json"), JSON.stringify(node));
}

/** The shard that holds a package; nix/packages computes the same with builtins.hashString. */
export function shardOf(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, shardDigits);
}

function makeEntry({ source, dependencies, circle }: ResolvedPackage): IndexEntry {
  const entry = {
    v: source.version,
    f: source.filename,
    h: source.sha256,
    m: source.archive,
    d: dependencies,
  };
  return circle.length > 1 ? { ...entry, c: circle } : entry;
}

/** For `hop3 packages` alone, so outside the pinned index. */
async function writeSummaries(
  dir: string,
  packages: ReadonlyMap<string, ResolvedPackage>,
): Promise<void> {
  const lines: string[] = [];
  for (const [name, { source }] of packages) {
    lines.push(`${name}\t${source.version}\t${source.summary.replaceAll(/\s+/g, " ")}\n`);
  }
  await writeFile(join(dir, "summaries.tsv"), lines.sort().join(""));
}

/** The present lock's pin; fails where there is none. */
export async function readPin(homeDir: string): Promise<DebianPin> {
  const path = join(lockDirectory(homeDir), "pin.json");
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw packagesNotLocked({ homeDir }, { cause: error });
  }
  try {
    return DebianPin.parse(JSON.parse(text));
  } catch (error) {
    const reason = "it is not what this version of Hop3 writes";
    throw packagesLockInvalid({ path, reason }, { cause: error });
  }
}
