import { readdir, stat, statfs } from "node:fs/promises";
import { join, sep } from "node:path";
import type { ReleaseBill, StoreBill } from "@hop3/core";
import type { App } from "../db/apps.ts";
import type { Release } from "../db/releases.ts";
import type { Platform } from "../deploy/platform.ts";
import { collectGarbage, type Root, readRoots } from "../nix/garbage.ts";
import { garbageOf, makeBill, nothing, type Owner, type Share } from "./bill.ts";
import { closureOf, type StoreGraph, sumBytes } from "./graph.ts";
import { nixStateDir, readStore } from "./read-store.ts";

const storeDir = "/nix/store";

type Parts = Pick<Platform, "home" | "apps" | "releases" | "now">;

/** What this server, each of its Apps and each Release takes of the disk. */
export async function makeStoreBill(platform: Parts): Promise<StoreBill> {
  const { home, apps, now } = platform;
  const [roots, freeBytes, packageBytes] = await Promise.all([
    readRoots(),
    readFree(),
    directoryBytes(home.packages),
  ]);
  const graph = await readStore(nixStateDir);
  const links = rootsByLink(graph, roots);
  const owned = apps.all().map((app) => ownersOfApp(platform, app, { graph, links }));
  const owners = [
    ...owned.flatMap(({ releases, rest }) => [...releases.map(({ owner }) => owner), rest]),
    { group: "data-plane", roots: below(links, home.dataPlane) },
    { group: "others", roots: foreign(links, home.dir) },
  ];
  const bill = await makeBill(graph, owners);
  const shares = new Map(owners.map((owner, number) => [owner, bill.owners[number] ?? nothing]));
  const mine = closureOf(
    graph,
    owners.slice(0, -1).flatMap((owner) => owner.roots),
    "kept",
  );
  const garbage = garbageOf(graph, allRoots(graph, roots));
  return {
    at: now().toISOString(),
    apps: owned.map(({ app, releases }) => ({
      app: app.name,
      ...addBytes(bill.groups.get(groupOf(app)), bytesOutside(releases)),
      releases: releases.map((each) => billRelease(each, shares)),
    })),
    dataPlane: bill.groups.get("data-plane") ?? nothing,
    packageSet: { bytes: packageBytes },
    totalBytes: sumBytes(graph, mine),
    otherBytes: bill.groups.get("others")?.exclusiveBytes ?? 0,
    garbage: { paths: garbage.length, bytes: sumBytes(graph, garbage) },
    store: { paths: graph.paths.length, bytes: sumBytes(graph, graph.paths.keys()), freeBytes },
  };
}

export interface Cleanup {
  readonly dryRun: boolean;
  readonly maxBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Frees what nothing keeps, or says how much that is. What a root leads to is never touched: Nix decides. */
export async function cleanStore({ dryRun, ...limits }: Cleanup) {
  const before = await readStore(nixStateDir);
  if (dryRun) {
    const found = garbageOf(before, allRoots(before, await readRoots()));
    const bytes = sumBytes(before, found);
    return { dryRun, paths: found.length, bytes, freeBytes: await readFree() };
  }
  await collectGarbage(limits);
  const after = new Set((await readStore(nixStateDir)).paths);
  const gone = [...before.paths.keys()].filter((path) => !after.has(before.paths[path] ?? ""));
  const bytes = sumBytes(before, gone);
  return { dryRun, paths: gone.length, bytes, freeBytes: await readFree() };
}

interface ReleaseOwner {
  readonly release: Release;
  readonly owner: Owner;
  /** Directories of local builds and images are not in the store: as they were measured when they were made. */
  readonly outside: number;
}

interface Seen {
  readonly graph: StoreGraph;
  readonly links: Links;
}

interface AppOwners {
  readonly app: App;
  readonly releases: readonly ReleaseOwner[];
  /** What it keeps beside its Releases, such as the tools of local builds. */
  readonly rest: Owner;
}

type Links = ReadonlyMap<string, number>;

function ownersOfApp({ home, releases }: Parts, app: App, { graph, links }: Seen): AppOwners {
  const group = groupOf(app);
  const appHome = home.app(app.name);
  const kept = releases
    .all(app.id)
    .filter(({ state }) => state !== "archived" && state !== "failed");
  const own = kept.map((release): ReleaseOwner => {
    const root = links.get(join(appHome.release(release.number), "root"));
    // A local build runs with tools of the store, which have a root of their own.
    const tools = graph.find(release.artifact?.metadata["tools"] ?? "");
    const roots = [root, tools].filter((path) => path !== undefined);
    const inStore = tools === undefined ? [] : closureOf(graph, [tools], "runtime");
    const bytes = isInStore(release) ? 0 : (release.closure?.bytes ?? 0) - sumBytes(graph, inStore);
    return { release, owner: { group, roots }, outside: Math.max(0, bytes) };
  });
  return { app, releases: own, rest: { group, roots: below(links, appHome.local) } };
}

function groupOf(app: App): string {
  return `app ${app.name}`;
}

function isInStore({ artifact }: Release): boolean {
  return artifact === undefined || artifact.kind === "nix";
}

function billRelease(
  { release, owner, outside }: ReleaseOwner,
  shares: ReadonlyMap<Owner, Share>,
): ReleaseBill {
  const { number, state, artifact } = release;
  const share = addBytes(shares.get(owner), outside);
  return { release: number, state, kind: artifact?.kind ?? "nix", ...share };
}

function addBytes({ bytes, exclusiveBytes }: Share = nothing, more: number): Share {
  return { bytes: bytes + more, exclusiveBytes: exclusiveBytes + more };
}

/** Releases with the same directory or image have it once. */
function bytesOutside(releases: readonly ReleaseOwner[]): number {
  const places = new Map(
    releases.map(({ release, outside }) => [release.artifact?.location, outside]),
  );
  return [...places.values()].reduce((sum, bytes) => sum + bytes, 0);
}

/** What running processes have open is in use, but it is nobody's: it goes when they end. */
function rootsByLink(graph: StoreGraph, roots: readonly Root[]): Links {
  return new Map(
    roots.flatMap(({ link, path }) => {
      const number = graph.find(path);
      const isLink = link.startsWith("/") && !link.startsWith("/proc/");
      return number === undefined || !isLink ? [] : [[link, number] as const];
    }),
  );
}

function below(links: Links, directory: string): number[] {
  return [...links].flatMap(([link, path]) => (link.startsWith(directory + sep) ? [path] : []));
}

function foreign(links: Links, home: string): number[] {
  return [...links].flatMap(([link, path]) => (link.startsWith(home + sep) ? [] : [path]));
}

function allRoots(graph: StoreGraph, roots: readonly Root[]): number[] {
  return roots.flatMap(({ path }) => graph.find(path) ?? []);
}

async function readFree(): Promise<number> {
  const { bavail, bsize } = await statfs(storeDir);
  return bavail * bsize;
}

async function directoryBytes(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(
    () => [],
  );
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
