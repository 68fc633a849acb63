import { existsSync } from "node:fs";
import { chmod, lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { CheckedDerivation } from "@hop3/core";
import type { NixClient, RebuildRequest } from "../../nix/client.ts";
import { derivationName } from "../../nix/derivations.ts";
import { compareTrees } from "./compare-trees.ts";
import { type OwnDerivation, outputsOf } from "./own-derivations.ts";

export interface CheckIo {
  readonly nix: NixClient;
  readonly signal: AbortSignal;
  readonly substitute: boolean;
  readonly sandbox: boolean;
}

/** The same limits as a first build has by default, in seconds. */
const limits = { timeoutSeconds: 1800, maxSilentSeconds: 300 };
/** More are counted, not listed. */
const maxListed = 200;
const evidenceLines = 20;

/** Makes the outputs of one derivation a second time and compares them with those that are in the store. */
export async function checkDerivation(io: CheckIo, own: OwnDerivation): Promise<CheckedDerivation> {
  const began = performance.now();
  const found = await rebuild(io, own);
  return {
    name: derivationName(own.drvPath),
    drvPath: own.drvPath,
    kind: own.kind,
    ms: Math.round(performance.now() - began),
    ...found,
  };
}

type Found = Pick<CheckedDerivation, "state" | "differences" | "differing" | "evidence">;

async function rebuild(io: CheckIo, { drvPath, derivation, kind }: OwnDerivation): Promise<Found> {
  const outputs = outputsOf(derivation);
  for (const output of outputs) await removeTree(`${output}.check`);
  const ask = (mode: RebuildRequest["mode"]) =>
    io.nix.rebuild({
      drvPath,
      mode,
      ...limits,
      options: { sandbox: io.sandbox, pure: true, substitute: io.substitute },
      signal: io.signal,
      onLine: () => {},
    });
  // What has been collected since is made first: a check needs something to compare with.
  if (!outputs.every((output) => existsSync(output))) {
    const made = await ask("realise");
    io.signal.throwIfAborted();
    if (made.exitCode !== 0) return failure(made.stderr, kind);
  }
  const result = await ask("check");
  io.signal.throwIfAborted();
  try {
    if (result.exitCode === 0) return { state: "same" };
    const differences = await differencesOf(outputs);
    if (differences.length === 0) return failure(result.stderr, kind);
    const listed = differences.slice(0, maxListed);
    const isCut = listed.length < differences.length;
    return {
      state: "differs",
      differences: listed,
      ...(isCut ? { differing: differences.length } : {}),
    };
  } finally {
    const kept = /keeping build directory '([^']+)'/.exec(result.stderr)?.[1];
    for (const output of outputs) await removeTree(`${output}.check`);
    if (kept !== undefined) await removeTree(kept);
  }
}

async function differencesOf(outputs: readonly string[]) {
  const found = [];
  for (const output of outputs) {
    if (!existsSync(`${output}.check`)) continue;
    found.push(...(await compareTrees(output, `${output}.check`)));
  }
  return found;
}

function failure(stderr: string, kind: OwnDerivation["kind"]): Found {
  const evidence = stderr.trimEnd().split("\n").slice(-evidenceLines).join("\n");
  if (/hash mismatch in fixed-output derivation/.test(stderr)) {
    return { state: "stale-hash", evidence };
  }
  // Nothing is known of what cannot be asked: the bytes that are here have the hash they are pinned by.
  if (kind === "fetch") return { state: "unreachable", evidence };
  return { state: "failed", evidence };
}

/** What Nix leaves of a check is read-only, as the store is. */
async function removeTree(path: string): Promise<void> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined) return;
  if (stats.isDirectory()) await openUp(path);
  await rm(path, { recursive: true, force: true });
}

async function openUp(dir: string): Promise<void> {
  await chmod(dir, 0o755);
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    if (entry.isDirectory()) await openUp(join(dir, entry.name));
  }
}
