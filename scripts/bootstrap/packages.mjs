import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { BootstrapError, readJson, root, runOrFail } from "./common.mjs";

const quietFlags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];

/** `npm ci`, where node_modules is not what package-lock.json says. */
export function packagesStep() {
  const lock = readJson(join(root, "package-lock.json"));
  const installed = readInstalled(root);
  if (lock !== undefined && installed !== undefined && matches(lock.packages, installed)) {
    if (staleManifest(lock.packages) === undefined) return undefined;
  }
  const count = Object.keys(lock?.packages ?? {}).filter((path) => path.includes("node_modules/"));
  return {
    what: `npm ci (${count.length} packages of package-lock.json)`,
    assertPossible: () => assertLockIsCurrent(lock),
    async run() {
      forgetInstalled(root);
      await runOrFail("npm", ["ci", ...quietFlags]);
    },
  };
}

/**
 * Formatter, linter and dead code finder; only `npm run check` needs them. They have a directory of
 * their own because npm cannot write a complete lock for packages with a binary per system.
 */
export function toolsStep() {
  const tools = join(root, "tools");
  const wanted = readJson(join(tools, "package.json"))?.devDependencies ?? {};
  const installed = readInstalled(tools) ?? {};
  const isCurrent = Object.entries(wanted).every(
    ([name, version]) =>
      installed[`node_modules/${name}`]?.version === version &&
      existsSync(join(tools, "node_modules", name, "package.json")),
  );
  if (isCurrent) return undefined;
  const names = Object.entries(wanted).map(([name, version]) => `${name}@${version}`);
  return {
    what: `npm install in tools (${names.join(", ")})`,
    async run() {
      forgetInstalled(tools);
      await runOrFail("npm", ["install", "--prefix", tools, "--no-package-lock", ...quietFlags]);
    },
  };
}

/** What npm says it installed; npm writes this file last, so a killed install has none. */
function readInstalled(directory) {
  return readJson(join(directory, "node_modules/.package-lock.json"))?.packages;
}

function forgetInstalled(directory) {
  rmSync(join(directory, "node_modules/.package-lock.json"), { force: true });
}

function matches(locked, installed) {
  return Object.entries(locked).every(([path, entry]) => {
    if (!path.includes("node_modules/")) return true;
    const found = installed[path];
    // Binaries for other systems are in the lock and rightly not on this disk.
    if (found === undefined) return entry.optional === true;
    if (found.version !== entry.version || found.integrity !== entry.integrity) return false;
    return existsSync(join(root, path, "package.json"));
  });
}

function assertLockIsCurrent(lock) {
  if (lock === undefined) throw new BootstrapError("package-lock.json is missing or not JSON");
  const stale = staleManifest(lock.packages);
  if (stale === undefined) return;
  throw new BootstrapError(
    `${join(stale, "package.json")} asks for other packages than package-lock.json holds\nhint  npm install`,
  );
}

/** The first package.json whose dependencies are not those the lock was made from. */
function staleManifest(locked) {
  const own = Object.keys(locked).filter((path) => !path.includes("node_modules/"));
  const fields = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
  return own.find((path) => {
    const manifest = readJson(join(root, path, "package.json"));
    if (manifest === undefined) return true;
    return fields.some((field) => !sameRecord(manifest[field], locked[path][field]));
  });
}

function sameRecord(left = {}, right = {}) {
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every((name) => left[name] === right[name]);
}
