import { type Argv, hostEnvironment, run } from "../../packages/server/src/proc/run.ts";
import type { BuiltRelease } from "./platform.ts";

/**
 * Removes from the store what the change of each Release had built, the Release itself included, and returns how plain
 * `nix-build` makes it again. Nothing may be rooted any more.
 */
export async function makeRebuilds(
  releases: readonly BuiltRelease[],
): Promise<readonly (() => Promise<unknown>)[]> {
  const closures = await Promise.all(
    releases.map(async (release) => new Set(await query("--requisites", drvOf(release)))),
  );
  const [first, ...others] = closures;
  const common = [...(first ?? [])].filter((path) => others.every((closure) => closure.has(path)));
  const shared = new Set(common);
  for (const closure of closures) {
    const own = [...closure].filter((path) => path.endsWith(".drv") && !shared.has(path));
    const outputs = (await Promise.all(own.map((drv) => query("--outputs", drv)))).flat();
    await must(["nix-store", "--delete", ...outputs]);
  }
  return releases.map((release) => () => must(buildOf(release)));
}

function drvOf(release: BuiltRelease): string {
  return release.artifact.provenance.drv_path;
}

/** An unreachable cache would add seconds to the floor, which would only flatter us. */
function buildOf(release: BuiltRelease): Argv {
  const options = {
    substitute: "false",
    sandbox: String(release.artifact.provenance.sandboxed),
    "build-users-group": "",
  };
  const flags = Object.entries(options).flatMap(([name, value]) => ["--option", name, value]);
  return ["nix-build", "--no-out-link", drvOf(release), ...flags];
}

async function query(what: string, path: string): Promise<string[]> {
  const text = await must(["nix-store", "--query", what, path]);
  return text.split("\n").filter((line) => line !== "");
}

async function must(argv: Argv): Promise<string> {
  const result = await run({ argv, env: hostEnvironment() });
  if (result.exitCode !== 0) throw new Error(`${argv.slice(0, 3).join(" ")}: ${result.stderr}`);
  return result.stdout;
}
