import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { type Argv, hostEnvironment, type RunResult, run } from "../proc/run.ts";

/** A list of a million paths. */
const maxOutput = 128 * 1024 * 1024;
const features = ["--extra-experimental-features", "nix-command"] as const;

/** The key pair that this server signs with what it hands out, made at its first use. */
export interface SigningKey {
  readonly secretFile: string;
  /** `name:base64`, as Nix writes public keys. */
  readonly publicKey: string;
}

export async function signingKey(dir: string): Promise<SigningKey> {
  const secretFile = join(dir, "store.secret");
  const publicFile = join(dir, "store.public");
  if (!existsSync(secretFile) || !existsSync(publicFile)) {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    // Nix tells keys apart by their names, and many machines are called alike.
    const unique = randomBytes(4).toString("hex");
    const name = `hop3-${hostname().replace(/[^A-Za-z0-9.-]/g, "-")}-${unique}`;
    const argv: Argv = ["nix-store", "--generate-binary-cache-key", name, secretFile, publicFile];
    const made = await nix(argv, undefined);
    if (made.exitCode !== 0) throw new Error(`no signing key could be made: ${made.stderr}`);
  }
  return { secretFile, publicKey: (await readFile(publicFile, "utf8")).trim() };
}

interface CacheRequest {
  readonly dir: string;
  readonly storePath: string;
  readonly signal: AbortSignal;
}

/** Writes the closure of a path into a binary cache in a directory, each path signed. */
export async function writeCache(
  { dir, storePath, signal }: CacheRequest,
  key: SigningKey,
): Promise<RunResult> {
  const store = `file://${dir}?compression=zstd&secret-key=${key.secretFile}`;
  return nix(["nix", "copy", ...features, "--to", store, storePath], signal);
}

/** Takes into the store what it lacks of a closure; only what one of `trusted` has signed. */
export async function readCache(
  { dir, storePath, signal }: CacheRequest,
  trusted: readonly string[],
): Promise<RunResult> {
  const options = [
    ...["--option", "trusted-public-keys", trusted.join(" ")],
    ...["--option", "require-sigs", "true", "--option", "build-users-group", ""],
  ];
  return nix(
    ["nix", "copy", ...features, ...options, "--from", `file://${dir}`, storePath],
    signal,
  );
}

/** Hash parts of everything that the store holds. */
export async function storedHashes(signal: AbortSignal): Promise<readonly string[]> {
  const listed = await nix(["nix", "path-info", ...features, "--all"], signal);
  return listed.stdout.split("\n").flatMap((line) => {
    const hash = /^\/nix\/store\/([a-z0-9]{32})-/.exec(line)?.[1];
    return hash === undefined ? [] : [hash];
  });
}

function nix(argv: Argv, signal: AbortSignal | undefined): Promise<RunResult> {
  return run({ argv, env: hostEnvironment(), signal, keep: maxOutput });
}
