import { readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import satisfies from "semver/functions/satisfies.js";
import { pluginNotLoaded, pluginVersion } from "../plugin-errors.ts";

/** Where a plug-in was found: in HOP3_HOME/plugins, or by `[plugins] load` of server.toml. */
export type PluginOrigin = "home" | "configuration";

/** A directory that is said to hold a plug-in. */
export interface Candidate {
  readonly dir: string;
  /** Of the package where that is known before it is read. */
  readonly name: string;
  readonly origin: PluginOrigin;
}

/** What a package.json says that matters here. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  /** Address of the module. */
  readonly entry: string;
}

/** Those that npm has put there by name, sorted as package.json has them; what they need themselves is not among them. */
export function findInstalled(dir: string): readonly Candidate[] {
  const file = join(dir, "package.json");
  const text = readText(file);
  if (text === undefined) return [];
  const { dependencies } = parseObject(text, { dir, name: file });
  return Object.keys(isObject(dependencies) ? dependencies : {}).map((name) => ({
    name,
    dir: join(dir, "node_modules", name),
    origin: "home",
  }));
}

/**
 * Reads the package.json of a plug-in; fails where it is for another hop3. All of this waits for nothing: twenty small
 * files are read sooner than twenty promises are kept, and a server that starts has nothing else to do.
 */
export function readManifest(candidate: Candidate, hop3Version: string): Manifest {
  const { dir } = candidate;
  const fault = (reason: string) => pluginNotLoaded({ name: candidate.name, dir, reason });
  const text = readText(join(dir, "package.json"));
  if (text === undefined) throw fault("there is no package.json");
  const found = parseObject(text, candidate);
  const { name = candidate.name, version = "0.0.0", peerDependencies } = found;
  if (typeof name !== "string" || typeof version !== "string") {
    throw fault("name or version of its package.json is not a text");
  }
  const range = isObject(peerDependencies) ? peerDependencies["hop3"] : undefined;
  if (typeof range !== "string" || range.trim() === "") {
    throw pluginVersion({ name, range: "", version: hop3Version });
  }
  if (!satisfies(hop3Version, range, { includePrerelease: true })) {
    throw pluginVersion({ name, range, version: hop3Version });
  }
  const entry = resolveEntry(found);
  if (entry === undefined) throw fault("its package.json exports no module");
  const file = findFile(join(dir, entry));
  if (file === undefined) throw fault(`${entry} is not there`);
  return { name, version, entry: pathToFileURL(file).href };
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function findFile(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** The module of a package, as `import` would find it. */
function resolveEntry({ exports, main }: Readonly<Record<string, unknown>>): string | undefined {
  if (exports === undefined) return typeof main === "string" ? main : "index.js";
  const root = isObject(exports) && "." in exports ? exports["."] : exports;
  return resolveTarget(root);
}

const conditions = ["node", "import", "module-sync", "default"];

function resolveTarget(target: unknown): string | undefined {
  if (typeof target === "string") return target;
  if (Array.isArray(target)) return target.map(resolveTarget).find((each) => each !== undefined);
  if (!isObject(target)) return undefined;
  for (const [condition, next] of Object.entries(target)) {
    const found = conditions.includes(condition) ? resolveTarget(next) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function parseObject(
  text: string,
  { dir, name }: Pick<Candidate, "dir" | "name">,
): Readonly<Record<string, unknown>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    const reason = "its package.json is not JSON";
    throw pluginNotLoaded({ name, dir, reason }, { cause });
  }
  if (isObject(parsed)) return parsed;
  throw pluginNotLoaded({ name, dir, reason: "its package.json is not an object" });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
