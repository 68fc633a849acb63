import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { type Argv, run } from "../../packages/server/src/proc/run.ts";
import { ownEnvironment } from "../demo/hop3.ts";
import { stopSignal } from "../demo/stop-signal.ts";

const Manifest = z.looseObject({ name: z.string(), exports: z.json().optional() });
type Manifest = z.infer<typeof Manifest>;

/** The repository this script lies in. */
export const repository = join(import.meta.dirname, "../..");

/** The packages that are published, dependencies first. */
const packageNames = ["core", "server", "cli", "hop3"] as const;

/** One packed package: the directory it was packed from, and the tarball. */
export interface Packed {
  readonly name: string;
  readonly directory: string;
  readonly tarball: string;
}

/** Runs a program of the build and throws with its output where it fails. */
export async function runOrThrow(argv: Argv, cwd: string): Promise<string> {
  const env = ownEnvironment();
  const result = await run({ argv, cwd, env, timeoutMs: 300_000, signal: stopSignal });
  if (result.exitCode === 0) return result.stdout;
  throw new Error(`${argv.join(" ")}: ${result.exitCode}\n${result.stdout}${result.stderr}`);
}

/** Compiles every package to its dist/; the tests, which nobody packs, are left to `npm run check`. */
export async function buildPackages(): Promise<void> {
  const projects = ["packages/core/tsconfig.node.json", "packages/cli", "packages/hop3"];
  await runOrThrow([join(repository, "node_modules/.bin/tsc"), "-b", ...projects], repository);
}

/**
 * Packs every package into `destination`. Each is laid out in a directory of its own first: the server's needs the
 * repository's nix/ beside it, which a checkout must never have twice.
 */
export async function packPackages(destination: string): Promise<Packed[]> {
  const packed: Packed[] = [];
  for (const name of packageNames) {
    const directory = join(destination, name);
    const manifest = await layOut(name, directory);
    const argv: Argv = ["npm", "pack", "--json", "--pack-destination", destination];
    await runOrThrow(argv, directory);
    const tarball = `${manifest.name.replace("@", "").replace("/", "-")}-${manifest["version"]}.tgz`;
    packed.push({ name: manifest.name, directory, tarball: join(destination, tarball) });
  }
  return packed;
}

async function layOut(name: string, directory: string): Promise<Manifest> {
  const from = join(repository, "packages", name);
  await mkdir(directory, { recursive: true });
  await copyCompiled(from, directory);
  await cp(join(repository, "LICENSE"), join(directory, "LICENSE"));
  await cp(join(repository, "README.md"), join(directory, "README.md"));
  if (name === "cli" || name === "hop3")
    await cp(join(from, "bin"), join(directory, "bin"), { recursive: true });
  if (name === "server") {
    await cp(join(repository, "nix"), join(directory, "nix"), { recursive: true });
    await cp(join(repository, "catalogue"), join(directory, "catalogue"), { recursive: true });
    // `npm run build` has had it built before this script.
    for (const part of ["page", "docs"]) {
      await cp(join(repository, "packages/web/dist", part), join(directory, part), {
        recursive: true,
        filter: (path) => basename(path) !== ".built",
      });
    }
  }
  const manifest = Manifest.parse(JSON.parse(await readFile(join(from, "package.json"), "utf8")));
  const published = { ...manifest, exports: withoutSources(manifest.exports) };
  await writeFile(join(directory, "package.json"), `${JSON.stringify(published, null, 2)}\n`);
  return manifest;
}

/** Only what has a source today: dist/ keeps the output of files that were renamed or removed. */
async function copyCompiled(from: string, to: string): Promise<void> {
  const sources = await readdir(join(from, "src"), { recursive: true });
  for (const source of sources) {
    if (!source.endsWith(".ts") || source.endsWith(".test.ts")) continue;
    const stem = source.slice(0, -".ts".length);
    await mkdir(join(to, "dist", dirname(source)), { recursive: true });
    for (const ending of [".js", ".d.ts"]) {
      await cp(join(from, "dist", stem + ending), join(to, "dist", stem + ending));
    }
  }
}

/** The condition that leads to the sources belongs to the checkout; the tarball has none. */
function withoutSources(
  exports: z.core.util.JSONType | undefined,
): z.core.util.JSONType | undefined {
  if (typeof exports !== "object" || exports === null || Array.isArray(exports)) return exports;
  const kept = Object.entries(exports).filter(([condition]) => condition !== "hop3-source");
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutSources(value) ?? null]));
}
