import { copyFile, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SourceTree } from "@hop3/core";
import type { ToolchainBuild, ToolchainContext, ToolchainResult } from "@hop3/core/plugin";
import { z } from "zod";
import { readManifest } from "./manifest.ts";
import { managerOf, type ProvidedManager, provideManager, withRegistry } from "./node-manager.ts";

const Ranges = z.record(z.string(), z.string()).default({});
const Manifest = z.looseObject({
  main: z.string().optional(),
  scripts: z.record(z.string(), z.string()).default({}),
  engines: z.looseObject({ node: z.string().optional() }).default({}),
  packageManager: z.string().optional(),
  workspaces: z.unknown().optional(),
  dependencies: Ranges,
  devDependencies: Ranges,
  optionalDependencies: Ranges,
});
type Manifest = z.infer<typeof Manifest>;

const entries = ["server.js", "index.js", "app.js", "main.js", "server.mjs", "index.mjs"] as const;
/** What npm runs around an install, in the app's own tree and not in that of its dependencies. */
const ownHooks = ["preinstall", "install", "postinstall", "prepare"] as const;

/** JavaScript and TypeScript: dependencies once per lockfile, then the app's own build script. */
export const nodeToolchain: ToolchainBuild = {
  name: "node",
  // Packages with native add-ons are compiled where no finished file fits, against the headers of this very Node.
  tools: async () => ["nodejs", "nodejs.dev", "python3", "gnumake", "gcc", "git"],
  async build(context) {
    const manifest = await readManifest(context.tree, "package.json", Manifest);
    const manager = await provideManager(context, managerOf(context.tree, manifest));
    await checkEngine(context, manifest);
    const hasBuild = manifest.scripts["build"] !== undefined;
    const isShared = !hasWorkspaces(context.tree, manifest) && !needsOwnTree(manifest);
    await install(context, { manifest, manager, isShared, isProduction: !hasBuild });
    for (const hook of ownHooks) {
      if (manifest.scripts[hook] !== undefined) await runScript(context, manager, hook);
    }
    if (hasBuild) {
      await runScript(context, manager, "build");
      // What only the build needed does not run along.
      if (isShared) await install(context, { manifest, manager, isShared, isProduction: true });
    }
    return resultOf(context, manager, manifest);
  },
};

function hasWorkspaces(tree: SourceTree, { workspaces }: Manifest): boolean {
  return workspaces !== undefined || tree.has("pnpm-workspace.yaml");
}

/** A package that lies in the app's own tree. */
function needsOwnTree({ dependencies, devDependencies, optionalDependencies }: Manifest): boolean {
  return [dependencies, devDependencies, optionalDependencies]
    .flatMap((wanted) => Object.values(wanted))
    .some((range) => /^(?:(?:file|link|portal):|\.{1,2}\/)/.test(range));
}

interface Install {
  readonly manifest: Manifest;
  readonly manager: ProvidedManager;
  /** False where packages lie in the app's own tree, as those of workspaces do: theirs cannot lie elsewhere. */
  readonly isShared: boolean;
  readonly isProduction: boolean;
}

async function install(context: ToolchainContext, wanted: Install): Promise<void> {
  const { manager, isShared, isProduction } = wanted;
  if (manager.lockfile === undefined) {
    const text = "No lockfile: versions are chosen at build time. Commit package-lock.json";
    context.note("warning", text);
  }
  if (!isShared) return context.run(manager.install(false), withRegistry(context));
  const { tree, appDir } = context;
  const files = [".npmrc", ".yarnrc", manager.lockfile ?? ""].filter((file) => tree.has(file));
  const { scripts: _own, ...rest } = wanted.manifest;
  const texts = await Promise.all(files.map((file) => tree.readText(file)));
  const mode = isProduction ? "production" : "all";
  const key = [manager.name, mode, JSON.stringify(rest), ...texts];
  const dir = await context.dependencies(key, async (place) => {
    // Its own scripts belong to the app's tree, and run there.
    await writeFile(join(place, "package.json"), JSON.stringify(rest));
    for (const file of files) await copyFile(join(appDir, file), join(place, file));
    await context.run(manager.install(isProduction), withRegistry(context, { cwd: place }));
    await mkdir(join(place, "node_modules"), { recursive: true });
  });
  const modules = join(appDir, "node_modules");
  await rm(modules, { recursive: true, force: true });
  await symlink(join(dir, "node_modules"), modules);
}

/** Scripts may call the manager themselves. */
function runScript(
  context: ToolchainContext,
  { path }: ProvidedManager,
  name: string,
): Promise<void> {
  const env = { PATH: [...path, ...context.tools.path].join(":") };
  return context.run(["npm", "run", name], withRegistry(context, { env }));
}

/** npm itself knows what a range means; it says it with the library that it brings along. */
async function checkEngine(context: ToolchainContext, { engines }: Manifest): Promise<void> {
  if (engines.node === undefined) return;
  const npm = 'require("path").dirname(require("fs").realpathSync(process.argv[2]))';
  const script = `const s=require(${npm}+"/../node_modules/semver");process.stdout.write(process.version+" "+s.satisfies(process.version,process.argv[1]))`;
  const which = join(context.tools.dir, "bin/npm");
  const said = await context.capture(["node", "-e", script, engines.node, which]);
  const [version, fits] = said.split(" ");
  if (fits !== "false") return;
  const text = `package.json asks for Node ${engines.node}; the package set has ${version}`;
  context.note("warning", text);
}

function resultOf(
  { tree, appDir, plan }: ToolchainContext,
  { path }: ProvidedManager,
  manifest: Manifest,
): ToolchainResult {
  const shared = {
    env_vars: { NODE_ENV: "production" },
    path_prepend: [join(appDir, "node_modules/.bin"), ...path],
  };
  if (plan.role === "assets") return { path_prepend: shared.path_prepend };
  const { start, prestart } = manifest.scripts;
  const command = prestart === undefined ? start : "npm start";
  const entry = [manifest.main, ...entries].find((file) => file !== undefined && tree.has(file));
  const own = command ?? (entry === undefined ? undefined : `node ${entry}`);
  return own === undefined ? shared : { ...shared, workers: { web: { command: own } } };
}
