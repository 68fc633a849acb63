import { existsSync } from "node:fs";
import { join } from "node:path";
import type { SourceTree } from "@hop3/core";
import type { StepOptions, ToolchainContext } from "@hop3/core/plugin";
import type { Argv } from "../proc/run.ts";

/** Who installs an app's packages. */
export interface Manager {
  readonly name: "npm" | "pnpm" | "yarn";
  /** Exact, or a range; npm's is that of Node. */
  readonly version?: string;
  readonly lockfile: string | undefined;
  /** Arguments that install what the lockfile says; `isProduction` leaves development's packages out. */
  install(isProduction: boolean): readonly string[];
}

/** A manager whose program is there. */
export interface ProvidedManager extends Omit<Manager, "install"> {
  install(isProduction: boolean): Argv;
  /** Where its programs are, for scripts that call it. */
  readonly path: readonly string[];
}

/** By the lockfile that is there, else by `packageManager`. */
export function managerOf(
  tree: SourceTree,
  { packageManager = "" }: { readonly packageManager?: string | undefined },
): Manager {
  const wanted = /^(pnpm|yarn)@([^+]+)/.exec(packageManager);
  const version = (name: string, usual: string) =>
    (wanted?.[1] === name ? wanted[2] : undefined) ?? usual;
  if (tree.has("pnpm-lock.yaml") || wanted?.[1] === "pnpm") {
    return {
      name: "pnpm",
      version: version("pnpm", "10"),
      lockfile: "pnpm-lock.yaml",
      install: (isProduction) => [
        "install",
        "--frozen-lockfile",
        "--config.node-linker=hoisted",
        "--config.package-import-method=copy",
        ...(isProduction ? ["--prod"] : []),
      ],
    };
  }
  if (tree.has("yarn.lock") || wanted?.[1] === "yarn") {
    return {
      name: "yarn",
      version: version("yarn", "1.22.22"),
      lockfile: "yarn.lock",
      install: (isProduction) => [
        "install",
        "--frozen-lockfile",
        "--non-interactive",
        ...(isProduction ? ["--production"] : []),
      ],
    };
  }
  const lockfile = ["package-lock.json", "npm-shrinkwrap.json"].find((file) => tree.has(file));
  return {
    name: "npm",
    lockfile,
    install: (isProduction) => [
      lockfile === undefined ? "install" : "ci",
      "--no-audit",
      "--no-fund",
      "--prefer-offline",
      ...(isProduction ? ["--omit=dev"] : []),
    ],
  };
}

/** npm comes with Node; another one is installed once for each version, beside the dependencies. */
export async function provideManager(
  context: ToolchainContext,
  manager: Manager,
): Promise<ProvidedManager> {
  const { name, version } = manager;
  if (version === undefined) {
    return { ...manager, path: [], install: (mode) => ["npm", ...manager.install(mode)] };
  }
  const dir = await context.dependencies(["manager", name, version], async (place) => {
    const flags = ["--no-audit", "--no-fund", "--prefer-offline"];
    const argv = ["npm", "install", "--prefix", place, ...flags, `${name}@${version}`] as const;
    await context.run(argv, withRegistry(context, { cwd: place }));
  });
  const bin = join(dir, "node_modules/.bin");
  const program = join(bin, name);
  return { ...manager, path: [bin], install: (mode) => [program, ...manager.install(mode)] };
}

/** The configured registry, and the App's own cache of downloads. */
export function withRegistry(context: ToolchainContext, options: StepOptions = {}): StepOptions {
  const { registries, cacheDir, tools } = context;
  const { npm: registry } = registries;
  const hasHeaders = existsSync(join(tools.dir, "include/node/node.h"));
  return {
    ...options,
    env: {
      npm_config_cache: join(cacheDir, "npm"),
      npm_config_fetch_retries: "1",
      npm_config_update_notifier: "false",
      YARN_CACHE_FOLDER: join(cacheDir, "yarn"),
      // node-gyp would fetch them from Node's own site.
      ...(hasHeaders ? { npm_config_nodedir: tools.dir } : {}),
      ...(registry === undefined ? {} : { npm_config_registry: registry, YARN_REGISTRY: registry }),
      ...options.env,
    },
  };
}
