import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import {
  type BuildArtifact,
  type ClosurePath,
  type ClosureReason,
  defineError,
  ExitCode,
  type ReleaseClosure,
} from "@hop3/core";
import type { Release } from "../db/releases.ts";
import { closureOf, type StoreGraph, shortestChain } from "./graph.ts";
import { parsePackageName } from "./package-name.ts";
import { nixStateDir, readStore } from "./read-store.ts";

export const pathNotInClosure = defineError<{ path: string; release: number }>({
  code: "PATH_NOT_IN_CLOSURE",
  exitCode: ExitCode.notFound,
  status: 404,
  message: ({ path, release }) => `release ${release} does not need ${path}`,
  hint: ({ release }) => `List what it needs: hop3 release closure ${release}`,
});

export const closureGone = defineError<{ release: number; reason: string }>({
  code: "CLOSURE_GONE",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ release, reason }) =>
    `what release ${release} consists of cannot be shown: ${reason}`,
  hint: () => "Choose a release that is kept: hop3 releases",
});

/** What a Release weighs, and what of it needs what. */
export async function showClosure(release: Release): Promise<ReleaseClosure> {
  const { kind, location, metadata } = requireArtifact(release);
  if (kind === "docker") {
    const note = "An image: its engine keeps it in layers, which cannot be told apart from here.";
    return { kind, location, bytes: release.closure?.bytes ?? 0, paths: [], note };
  }
  if (kind === "nix") {
    const paths = listClosure(await openClosure(release, location));
    return { kind, location, bytes: sumSizes(paths), paths };
  }
  const paths = await listBuild(location, await toolsOf(release, metadata));
  return { kind, location, bytes: sumSizes(paths), paths };
}

/** Why a Release needs a path; a hash or a name is enough to name it. */
export async function explainPath(release: Release, wanted: string): Promise<ClosureReason> {
  const { location, kind, metadata } = requireArtifact(release);
  const isInStore = kind === "nix";
  const found = isInStore ? await openClosure(release, location) : await toolsOf(release, metadata);
  const chain = found === undefined ? undefined : findChain(found, wanted);
  if (chain === undefined) throw pathNotInClosure({ path: wanted, release: release.number });
  return { chain: isInStore ? chain : [location, ...chain] };
}

function findChain({ graph, root }: Closure, wanted: string): string[] | undefined {
  const isMeant = (path: number): boolean => {
    const full = graph.paths[path] ?? "";
    const { name } = parsePackageName(full);
    return full === wanted || full.endsWith(`/${wanted}`) || name === wanted;
  };
  // Breadth first: the nearest of that name.
  const target = closureOf(graph, [root], "runtime").find(isMeant);
  const chain = target === undefined ? undefined : shortestChain(graph, root, target);
  return chain?.map((path) => graph.paths[path] ?? "");
}

function requireArtifact(release: Release): BuildArtifact {
  const { artifact, number } = release;
  if (artifact !== undefined) return artifact;
  const reason = release.newerSchema === undefined ? "it was never built" : "a newer Hop3 made it";
  throw closureGone({ release: number, reason });
}

interface Closure {
  readonly graph: StoreGraph;
  readonly root: number;
}

async function openClosure(release: Release, location: string): Promise<Closure> {
  const graph = await readStore(nixStateDir);
  const root = graph.find(location);
  if (root !== undefined) return { graph, root };
  throw closureGone({
    release: release.number,
    reason: `${location} is not in the store any more`,
  });
}

/** What a local build was made with and runs with, where that came from the package set. */
async function toolsOf(
  release: Release,
  { tools }: BuildArtifact["metadata"],
): Promise<Closure | undefined> {
  return tools === undefined ? undefined : await openClosure(release, tools);
}

/** The root first, then the largest first. */
function listClosure({ graph, root }: Closure): ClosurePath[] {
  const [first = root, ...others] = closureOf(graph, [root], "runtime");
  const size = (path: number): number => graph.bytes[path] ?? 0;
  const members = [first, ...others.sort((one, other) => size(other) - size(one))];
  const places = new Map(members.map((path, place) => [path, place]));
  return members.map((path): ClosurePath => {
    const full = graph.paths[path] ?? "";
    const references = [...graph.references(path)].flatMap((each) => places.get(each) ?? []);
    return { path: full, ...parsePackageName(full), bytes: size(path), references };
  });
}

/** The directory of a local build with what is in it, and the store paths of its tools. */
async function listBuild(location: string, tools: Closure | undefined): Promise<ClosurePath[]> {
  const entries = await listEntries(location);
  const store = tools === undefined ? [] : listClosure(tools);
  const shift = entries.length + 1;
  const below = [...entries.keys()].map((place) => place + 1);
  const references = tools === undefined ? below : [...below, shift];
  return [
    { path: location, name: "build", bytes: 0, references },
    ...entries,
    ...store.map((each) => ({ ...each, references: each.references.map((to) => to + shift) })),
  ];
}

/** What is in the app's directory, and what else the build has left, each with all that is below it. */
async function listEntries(location: string): Promise<ClosurePath[]> {
  const inside = async (part: string): Promise<string[]> =>
    (await readdir(join(location, part)).catch(() => [])).map((name) => join(part, name));
  const names = [...(await inside("app")), ...(await inside("")).filter((name) => name !== "app")];
  const entries = await Promise.all(
    names.map(async (name): Promise<ClosurePath> => {
      const path = join(location, name);
      return { path, name, bytes: await bytesBelow(path), references: [] };
    }),
  );
  return entries.sort((one, other) => other.bytes - one.bytes);
}

function sumSizes(paths: readonly ClosurePath[]): number {
  return paths.reduce((sum, { bytes }) => sum + bytes, 0);
}

async function bytesBelow(path: string): Promise<number> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.size;
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  let sum = 0;
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    sum += (await lstat(join(entry.parentPath, entry.name)).catch(() => undefined))?.size ?? 0;
  }
  return sum;
}
