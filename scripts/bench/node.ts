import { cp, mkdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type Argv, hostEnvironment, run } from "../../packages/server/src/proc/run.ts";
import type { BenchApp } from "./bench-apps.ts";
import type { BenchContext } from "./figures.ts";
import { type Figure, makeFigure, median, sample, timeOf } from "./measure.ts";

/** Fewer than elsewhere: each of them compiles, and takes ten seconds twice. */
const runs = 3;
const name = "bench-node";

/** What the derivation of the modules says of itself. */
const Derivations = z.record(
  z.string(),
  z.object({
    env: z.object({
      out: z.string(),
      headers: z.string(),
      nativeBuildInputs: z.string(),
    }),
  }),
);

interface Modules {
  readonly drv: string;
  readonly out: string;
  readonly headers: string;
  /** Node, Python and the compiler of the package set: npm gets the same ones. */
  readonly tools: readonly string[];
}

/** 525 packages, one of them compiled: `nix-build` of node_modules against `npm ci` of the same lockfile. */
export async function measureNode(context: BenchContext): Promise<Figure[]> {
  const { platform, directory } = context;
  const app = await copyApp(directory);
  await platform.deploy(app);
  await platform.waitFor(name, name);
  const first = (await platform.release(name)).artifact.provenance.drv_path;
  const modules = await findModules(first);
  await app.change("changed line");
  await platform.deploy(app);
  const changed = (await platform.release(name)).artifact.provenance.drv_path;
  const rebuilt = await newDependencies(first, changed);
  await platform.destroy(name);
  // Only now is nothing rooted any more.
  const shell = await realpath(join(directory, "home/data-plane/root/bin/busybox"));
  const bed = { directory, modules, shell };
  const warm = await sample(runs, () => compare(bed));
  const cold = await compare(bed, await downloadsOf(modules));
  return [
    makeFigure(
      { figure: "node_modules of 525 packages, all fetched", unit: "ms" },
      {
        floor: median(warm.map(({ npm }) => npm)),
        value: median(warm.map(({ nix }) => nix)),
        ratio: median(warm.map(({ npm, nix }) => nix / npm)),
      },
      { atMost: 1.5 },
    ),
    // One download after the other against fifteen at a time, from a registry over the network.
    makeFigure(
      { figure: "the same, nothing fetched", unit: "ms" },
      { floor: cold.npm, value: cold.nix },
      {},
    ),
    {
      figure: "dependencies built again for a changed line",
      unit: "derivations",
      floor: 0,
      value: rebuilt,
      ratio: 0,
      reach: "0",
      ok: rebuilt === 0,
    },
  ];
}

async function copyApp(parent: string): Promise<BenchApp> {
  const directory = join(parent, name);
  await cp(join(import.meta.dirname, "node-app"), directory, { recursive: true });
  const file = join(directory, "server.js");
  const original = await readFile(file, "utf8");
  const change = (marker: string) => writeFile(file, `${original}// ${marker}\n`);
  return { name, directory, change };
}

async function findModules(release: string): Promise<Modules> {
  const all = await lines(["nix-store", "--query", "--requisites", release]);
  const drv = all.find((path) => path.endsWith(`-${name}-node-modules.drv`));
  if (drv === undefined) throw new Error(`${release} has no node_modules`);
  const show = ["nix", "show-derivation", "--extra-experimental-features", "nix-command"] as const;
  const found = Derivations.parse(JSON.parse(await must([...show, drv])))[drv];
  if (found === undefined) throw new Error(`${drv} cannot be shown`);
  const { out, headers, nativeBuildInputs } = found.env;
  return { drv, out, headers, tools: nativeBuildInputs.split(" ") };
}

/** Derivations that the second Release has and the first had not, beside the app and the Release themselves. */
async function newDependencies(first: string, second: string): Promise<number> {
  const known = new Set(await lines(["nix-store", "--query", "--requisites", first]));
  const all = await lines(["nix-store", "--query", "--requisites", second]);
  const fresh = all.filter((path) => path.endsWith(".drv") && !known.has(path));
  return fresh.filter((path) => !path.endsWith(`-${name}.drv`)).length;
}

async function downloadsOf({ drv }: Modules): Promise<readonly string[]> {
  const needed = await lines(["nix-store", "--query", "--references", drv]);
  const archives = needed.filter((path) => path.endsWith(".tgz.drv"));
  return lines(["nix-store", "--query", "--outputs", ...archives]);
}

interface Bed {
  readonly directory: string;
  readonly modules: Modules;
  /** What the sandbox has as /bin/sh. */
  readonly shell: string;
}

interface Pair {
  readonly npm: number;
  readonly nix: number;
}

/** One after the other, so that a busy moment of the machine hits both; `downloads` are what Nix has to fetch again. */
async function compare(
  { directory, modules, shell }: Bed,
  downloads: readonly string[] = [],
): Promise<Pair> {
  const users = await lines(["nix-store", "--query", "--referrers-closure", modules.out]);
  await must(["nix-store", "--delete", ...users]);
  const own = downloads.length === 0 ? [] : await deletable(downloads);
  if (own.length > 0) await must(["nix-store", "--delete", ...own]);
  const nix = await timeOf(() => must(buildOf(modules.drv, shell)));
  const cache = join(directory, downloads.length === 0 ? "npm-cache" : "npm-cache-cold");
  // The cache is filled by a run that is not measured.
  if (downloads.length === 0) await npmCi(directory, modules, cache);
  const npm = await timeOf(() => npmCi(directory, modules, cache));
  return { npm, nix };
}

/** Archives that other apps of this machine use as well stay, and are not fetched by the figure. */
async function deletable(paths: readonly string[]): Promise<readonly string[]> {
  const result = await run({
    argv: ["nix-store", "--gc", "--print-dead"],
    env: hostEnvironment(),
    keep: 64 * 1024 * 1024,
  });
  const dead = new Set(result.stdout.split("\n"));
  return paths.filter((path) => dead.has(path));
}

function buildOf(drv: string, shell: string): Argv {
  const options = {
    substitute: "false",
    sandbox: "true",
    "sandbox-paths": `/bin/sh=${shell}`,
    "build-users-group": "",
  };
  const flags = Object.entries(options).flatMap(([key, value]) => ["--option", key, value]);
  return ["nix-store", "--realise", drv, ...flags];
}

/** npm and the compiler of the package set, as the build in the sandbox has them. */
async function npmCi(parent: string, modules: Modules, cache: string): Promise<void> {
  const directory = join(parent, "npm-ci");
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory);
  const files = ["package.json", "package-lock.json"];
  for (const file of files) await cp(join(parent, name, file), join(directory, file));
  // The registry is the one of whoever measures, with its certificates and proxies.
  const host = Object.entries(process.env).flatMap(([key, value = ""]) => [[key, value] as const]);
  const result = await run({
    argv: ["npm", "ci", "--prefer-offline", "--no-audit", "--no-fund", "--cache", cache],
    cwd: directory,
    env: {
      ...Object.fromEntries(host),
      PATH: [...modules.tools.map((tool) => `${tool}/bin`), process.env["PATH"]].join(":"),
      CC: "gcc",
      CXX: "g++",
      npm_config_nodedir: modules.headers,
    },
  });
  if (result.exitCode !== 0) throw new Error(`npm ci: ${result.stderr}`);
}

async function lines(argv: Argv): Promise<string[]> {
  return (await must(argv)).split("\n").filter((line) => line !== "");
}

async function must(argv: Argv): Promise<string> {
  const result = await run({ argv, env: hostEnvironment(), keep: 64 * 1024 * 1024 });
  if (result.exitCode !== 0) throw new Error(`${argv.slice(0, 3).join(" ")}: ${result.stderr}`);
  return result.stdout;
}
