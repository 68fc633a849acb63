import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PluginInfo, PluginRemoved } from "@hop3/core";
import { pluginNotFound } from "@hop3/core/plugin";
import type { LoadResult } from "@hop3/core/plugin-load";
import { z } from "zod";
import type { Home } from "../home.ts";
import type { Registries } from "../registries/registries.ts";
import {
  pluginConfigured,
  pluginNotInstalled,
  pluginNotRemoved,
  pluginSpecInvalid,
} from "./install-errors.ts";
import { npm } from "./install-npm.ts";
import { tryPlugins } from "./install-trial.ts";
import { describeResult, findUses, listPlugins, type UseStores } from "./list.ts";
import { asidePaths, settlePlugins } from "./load.ts";

/** What is to be installed: by name or address, or an uploaded file. */
export type Wanted = { readonly spec: string } | { readonly archive: string };

export interface Following {
  readonly signal: AbortSignal;
  readonly onLine: (text: string) => void;
}

/** The plug-ins of one server, as they can be seen and changed while it runs. */
export interface PluginInstaller {
  list(): Promise<readonly PluginInfo[]>;
  /** Installs one, or another version of it; what does not load is not kept. */
  add(wanted: Wanted, following: Following): Promise<PluginInfo>;
  /** By the name of the package or that of the plug-in. */
  remove(name: string, following: Following): Promise<PluginRemoved>;
}

export interface InstallerParts extends UseStores {
  readonly home: Pick<Home, "plugins">;
  /** `[plugins] load` of server.toml. */
  readonly configured: readonly string[];
  readonly registries: Pick<Registries, "forBuilds">;
  /** What this server has loaded at its start. */
  readonly loaded: LoadResult;
}

export function makePluginInstaller(parts: InstallerParts): PluginInstaller {
  const { home } = parts;
  const loaded = describeResult(parts.loaded);
  /** Installed since the start. */
  const changed = new Map<string, PluginInfo>();
  const list = () => listPlugins(home.plugins, loaded, changed);
  let last: Promise<unknown> = Promise.resolve();
  const oneByOne = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const next = last.then(work, work);
    last = next;
    return next;
  };
  return {
    list,
    add: (wanted, following) =>
      oneByOne(async () => {
        const info = await install(parts, wanted, following);
        changed.set(info.name, info);
        return info;
      }),
    remove: (name, following) =>
      oneByOne(async () => {
        const plugin = findRemovable(name, await list());
        const usedBy = findUses(plugin, parts);
        await uninstall(parts, plugin.name, following);
        changed.delete(plugin.name);
        return { plugin: { ...plugin, state: "removed" }, usedBy };
      }),
  };
}

async function install(
  parts: InstallerParts,
  wanted: Wanted,
  following: Following,
): Promise<PluginInfo> {
  const said = "spec" in wanted ? wanted.spec : "the plug-in";
  const packageName = "spec" in wanted ? parseSpec(wanted.spec) : undefined;
  return changeCopy(parts.home, async (dir) => {
    const spec = "spec" in wanted ? wanted.spec : await keepArchive(dir, wanted.archive);
    const failure = await npm({
      command: "install",
      dir,
      spec,
      registry: (await parts.registries.forBuilds()).npm,
      ...following,
    });
    if (failure !== undefined) throw pluginNotInstalled({ spec: said, ...failure });
    const dependencies = await readDependencies(dir);
    const name = packageName ?? findBySpec(dependencies, spec);
    if (name === undefined) throw new Error(`npm has not recorded ${spec}`);
    await dropArchives(dir, dependencies);
    return await requireSound(parts, { dir, name, said, signal: following.signal });
  });
}

interface Trial {
  readonly dir: string;
  readonly name: string;
  readonly said: string;
  readonly signal: AbortSignal;
}

/** The new plug-in as a server would have it; fails where it does not load. */
async function requireSound(
  { home, configured }: InstallerParts,
  { dir, name, said, signal }: Trial,
): Promise<PluginInfo> {
  const tried = await tryPlugins({ dir, configured, newest: name }, signal);
  if ("reason" in tried) throw pluginNotInstalled({ spec: said, reason: tried.reason });
  const place = join(dir, "node_modules", name);
  const found = tried.plugins.find((each) => each.dir === place);
  if (found?.state === "ok") {
    return { ...found, dir: join(home.plugins, "node_modules", name), state: "added" };
  }
  const reason = found?.reason ?? "npm has not laid it out";
  // The copy goes: a path in it would lead nowhere.
  throw pluginNotInstalled({ spec: said, reason: reason.replaceAll(`${dir}/`, "") });
}

async function uninstall(
  { home, registries }: InstallerParts,
  name: string,
  following: Following,
): Promise<void> {
  await changeCopy(home, async (dir) => {
    const registry = (await registries.forBuilds()).npm;
    const failure = await npm({ command: "uninstall", dir, spec: name, registry, ...following });
    if (failure !== undefined) throw pluginNotRemoved({ name, ...failure });
    await dropArchives(dir, await readDependencies(dir));
  });
}

function findRemovable(name: string, plugins: readonly PluginInfo[]): PluginInfo {
  const present = plugins.filter(({ state }) => state !== "removed");
  const found = [
    ...present.filter((each) => each.name === name),
    ...present.filter((each) => each.plugin === name),
  ];
  const installed = found.find(({ origin }) => origin === "home");
  if (installed !== undefined) return installed;
  const [configured] = found;
  if (configured !== undefined) throw pluginConfigured({ name, dir: configured.dir });
  const names = present.filter(({ origin }) => origin === "home").map((each) => each.name);
  throw pluginNotFound({ name, installed: names });
}

/** Works on a copy that takes the place of HOP3_HOME/plugins when all went well. */
async function changeCopy<Result>(
  home: Pick<Home, "plugins">,
  work: (dir: string) => Promise<Result>,
): Promise<Result> {
  settlePlugins(home);
  const { next, last } = asidePaths(home);
  try {
    await makeCopy(home.plugins, next);
    const result = await work(next);
    if (existsSync(home.plugins)) await rename(home.plugins, last);
    await rename(next, home.plugins);
    return result;
  } finally {
    settlePlugins(home);
  }
}

async function makeCopy(from: string, to: string): Promise<void> {
  if (existsSync(from)) {
    await cp(from, to, { recursive: true, verbatimSymlinks: true });
    return;
  }
  await mkdir(to, { mode: 0o755 });
  await writeFile(join(to, "package.json"), `${JSON.stringify({ private: true }, null, 2)}\n`);
}

/** `name`, `@scope/name`, either with `@version`. */
const named = /^((?:@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*)(?:@[\w.^~*<>=|+-]+)?$/i;

/** Name of the package, undefined for an address; nothing else is handed on to npm. */
function parseSpec(spec: string): string | undefined {
  const name = named.exec(spec)?.[1];
  if (name !== undefined) return name;
  const url = URL.parse(spec);
  const isFine = url?.protocol === "https:" && url.username === "" && url.password === "";
  if (!isFine) throw pluginSpecInvalid({ spec });
  return undefined;
}

const archives = "archives";

/** Keeps the file beside what is made of it: npm asks for it again when another plug-in comes. */
async function keepArchive(dir: string, archive: string): Promise<string> {
  const digest = createHash("sha256")
    .update(await readFile(archive))
    .digest("hex");
  const file = `${archives}/${digest.slice(0, 32)}.tgz`;
  await mkdir(join(dir, archives), { recursive: true });
  await copyFile(archive, join(dir, file));
  return `file:${file}`;
}

async function dropArchives(dir: string, dependencies: Dependencies): Promise<void> {
  const kept = new Set(Object.values(dependencies));
  for (const file of await readdir(join(dir, archives)).catch(() => [])) {
    if (!kept.has(`file:${archives}/${file}`)) await rm(join(dir, archives, file));
  }
}

type Dependencies = Readonly<Record<string, string>>;
const Manifest = z.object({ dependencies: z.record(z.string(), z.string()).default({}) });

async function readDependencies(dir: string): Promise<Dependencies> {
  const text = await readFile(join(dir, "package.json"), "utf8");
  return Manifest.parse(JSON.parse(text)).dependencies;
}

function findBySpec(dependencies: Dependencies, spec: string): string | undefined {
  return Object.keys(dependencies).find((name) => dependencies[name] === spec);
}
