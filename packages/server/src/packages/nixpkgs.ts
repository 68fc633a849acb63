import { existsSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { z } from "zod";
import { narHash } from "../nix/nar-hash.ts";
import { run } from "../proc/run.ts";
import { nixpkgsUnavailable } from "./errors.ts";

/** A revision with the hash of its unpacked tree, or a local copy. */
export const NixpkgsSource = z.union([
  z.strictObject({ rev: z.string().regex(/^[0-9a-f]{40}$/), sha256: z.string().min(1) }),
  z.strictObject({ path: z.string().startsWith("/") }),
]);
export type NixpkgsSource = z.infer<typeof NixpkgsSource>;

/** A tree that evaluation can enter: a path, or an address that Nix may have in its store already. */
export type NixpkgsTree =
  | { readonly path: string; readonly narHash: string }
  | { readonly url: string; readonly narHash: string };

/** How long `auto` waits for an answer before it takes what the machine has. */
const reachableWithinMs = 2_000;
const features = ["--extra-experimental-features", "nix-command"] as const;

/** The configured nixpkgs, or undefined where `auto` should fall back. */
export async function findNixpkgs(
  source: NixpkgsSource | undefined,
  options: { readonly required: boolean },
): Promise<NixpkgsTree | undefined> {
  if (source === undefined) {
    if (options.required) throw nixpkgsUnavailable({ reason: "no revision or path is configured" });
    return undefined;
  }
  if ("path" in source) return findLocal(source.path, options.required);
  const hash = await toSri(source.sha256);
  const url = `https://github.com/NixOS/nixpkgs/archive/${source.rev}.tar.gz`;
  const isAtHand = options.required || (await isInStore(source.sha256)) || (await isReachable(url));
  return isAtHand ? { url, narHash: hash } : undefined;
}

async function findLocal(path: string, required: boolean): Promise<NixpkgsTree | undefined> {
  if (existsSync(`${path}/default.nix`)) {
    const real = await realpath(path);
    return { path: real, narHash: await hashOf(real) };
  }
  if (!required) return undefined;
  throw nixpkgsUnavailable({ reason: `${path} holds no default.nix` });
}

/** Nix already knows the hash of a path in its store; another one is read once. */
async function hashOf(path: string): Promise<string> {
  const known = await run({ argv: ["nix-store", "--query", "--hash", path] });
  if (known.exitCode !== 0) return narHash(path);
  return toSri(known.stdout.trim().replace(/^sha256:/, ""));
}

async function toSri(hash: string): Promise<string> {
  if (hash.startsWith("sha256-")) return hash;
  const result = await run({
    argv: ["nix", ...features, "hash", "to-sri", "--type", "sha256", hash],
  });
  if (result.exitCode === 0) return result.stdout.trim();
  throw nixpkgsUnavailable({ reason: `its sha256 '${hash}' is no hash` });
}

async function isInStore(hash: string): Promise<boolean> {
  const plain = await run({
    argv: ["nix", ...features, "hash", "to-base32", "--type", "sha256", hash],
  });
  const path = await run({
    argv: [
      "nix-store",
      "--print-fixed-path",
      "--recursive",
      "sha256",
      plain.stdout.trim(),
      "source",
    ],
  });
  return path.exitCode === 0 && existsSync(path.stdout.trim());
}

async function isReachable(url: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(reachableWithinMs);
    const response = await fetch(url, { method: "HEAD", signal });
    return response.ok;
  } catch {
    // Whatever the reason: what cannot be asked now cannot be fetched now.
    return false;
  }
}
