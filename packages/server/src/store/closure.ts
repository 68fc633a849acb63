import { readdir, stat } from "node:fs/promises";
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
import { closureOf, type StoreGraph, shortestChain, sumBytes } from "./graph.ts";
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
  const artifact = requireArtifact(release);
  if (artifact.kind === "nix") return showStoreClosure(release, artifact);
  const common = { kind: artifact.kind, location: artifact.location, paths: [] };
  const bytes = release.closure?.bytes ?? 0;
  if (artifact.kind === "docker") {
    const note = "An image: its engine keeps it in layers, which cannot be told apart from here.";
    return { ...common, bytes, note };
  }
  return { ...common, bytes, paths: await listDirectory(artifact.location) };
}

/** Why a Release needs a path; a hash or a name is enough to name it. */
export function explainPath(release: Release, wanted: string): ClosureReason {
  const { location, kind } = requireArtifact(release);
  if (kind !== "nix") {
    throw closureGone({ release: release.number, reason: "it is not in the Nix store" });
  }
  const { graph, root } = openClosure(release, location);
  const isMeant = (path: number): boolean => {
    const full = graph.paths[path] ?? "";
    const { name } = parsePackageName(full);
    return full === wanted || full.endsWith(`/${wanted}`) || name === wanted;
  };
  // Breadth first: the nearest of that name.
  const target = closureOf(graph, [root], "runtime").find(isMeant);
  const chain = target === undefined ? undefined : shortestChain(graph, root, target);
  if (chain === undefined) throw pathNotInClosure({ path: wanted, release: release.number });
  return { chain: chain.map((path) => graph.paths[path] ?? "") };
}

function requireArtifact(release: Release): BuildArtifact {
  const { artifact, number } = release;
  if (artifact !== undefined) return artifact;
  const reason = release.newerSchema === undefined ? "it was never built" : "a newer Hop3 made it";
  throw closureGone({ release: number, reason });
}

function openClosure(release: Release, location: string): { graph: StoreGraph; root: number } {
  const graph = readStore(nixStateDir);
  const root = graph.find(location);
  if (root !== undefined) return { graph, root };
  throw closureGone({
    release: release.number,
    reason: `${location} is not in the store any more`,
  });
}

function showStoreClosure(release: Release, { kind, location }: BuildArtifact): ReleaseClosure {
  const { graph, root } = openClosure(release, location);
  const [first = root, ...others] = closureOf(graph, [root], "runtime");
  const size = (path: number): number => graph.bytes[path] ?? 0;
  const members = [first, ...others.sort((one, other) => size(other) - size(one))];
  const places = new Map(members.map((path, place) => [path, place]));
  const paths = members.map((path): ClosurePath => {
    const full = graph.paths[path] ?? "";
    const references = [...graph.references(path)].flatMap((each) => places.get(each) ?? []);
    return { path: full, ...parsePackageName(full), bytes: size(path), references };
  });
  return { kind, location, bytes: sumBytes(graph, members), paths };
}

/** Of a directory: its entries, each with all that is below it. */
async function listDirectory(directory: string): Promise<ClosurePath[]> {
  const names = await readdir(directory).catch(() => []);
  const entries = await Promise.all(
    names.map(async (name): Promise<ClosurePath> => {
      const path = join(directory, name);
      return { path, name, bytes: await bytesBelow(path), references: [] };
    }),
  );
  return entries.sort((one, other) => other.bytes - one.bytes);
}

async function bytesBelow(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.size;
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  let sum = 0;
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    sum += (await stat(join(entry.parentPath, entry.name)).catch(() => undefined))?.size ?? 0;
  }
  return sum;
}
