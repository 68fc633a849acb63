import { createHash } from "node:crypto";
import { createReadStream, existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { BootstrapError, readJson, root, run, runOrFail } from "./common.mjs";

const neededMajor = 24;
const version = "24.21.0";

/** SHA-256 of `bin/node` in each platform's package, so that a changed registry cannot change it. */
const binaries = {
  "linux-x64": "7fde7b8afa198da66257f42ee2001d874c7355631e6d1579a5fb5ef1f246df4c",
  "linux-arm64": "0f8949d1028f6d61506b2d5bc57e7e6fe893d7b1997509b7847294fc9c616584",
};

const platform = `${process.platform}-${process.arch}`;
const prefix = join(root, ".node");
const binary = join(prefix, `node_modules/node-${platform}/bin/node`);
const stampFile = join(prefix, "verified.json");

/** The Node that runs the project: the machine's own where it is new enough, else the pinned one. */
export function pinnedNode() {
  return machineIsNew() ? process.execPath : binary;
}

export function nodeStep() {
  if (machineIsNew() || isVerified()) return undefined;
  const what = existsSync(binary)
    ? `check the pinned Node ${version} in .node`
    : `npm install node-${platform}@${version} into .node (this machine has ${process.versions.node})`;
  return {
    what,
    assertPossible: assertKnownPlatform,
    run: installNode,
  };
}

function machineIsNew() {
  return Number.parseInt(process.versions.node, 10) >= neededMajor;
}

/** Hashing 120 MB at each start would cost more than the rest: size and time stand for the hash. */
function isVerified() {
  const stamp = readJson(stampFile);
  const found = statSync(binary, { throwIfNoEntry: false });
  if (stamp === undefined || found === undefined) return false;
  const { sha256, size, mtimeMs } = stamp;
  return sha256 === binaries[platform] && size === found.size && mtimeMs === found.mtimeMs;
}

function assertKnownPlatform() {
  if (binaries[platform] !== undefined) return;
  throw new BootstrapError(
    `no pinned Node for ${platform}\nhint  Install Node ${neededMajor} or newer, then try again`,
  );
}

async function installNode() {
  rmSync(stampFile, { force: true });
  const isIntact = (await hashOf(binary)) === binaries[platform];
  if (!isIntact) await download();
  const { code, output } = await run(binary, ["--version"]);
  if (code !== 0) {
    throw new BootstrapError(
      `the pinned Node does not start here: ${output.trim()}\nhint  It needs glibc 2.28; install Node ${neededMajor} or newer yourself`,
    );
  }
  const { size, mtimeMs } = statSync(binary);
  const stamp = { version, sha256: binaries[platform], size, mtimeMs };
  writeFileSync(stampFile, `${JSON.stringify(stamp)}\n`);
}

async function download() {
  rmSync(join(prefix, "node_modules"), { recursive: true, force: true });
  const flags = ["--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"];
  const name = `node-${platform}@${version}`;
  await runOrFail("npm", ["install", "--prefix", prefix, ...flags, name]);
  const found = await hashOf(binary);
  if (found === binaries[platform]) return;
  rmSync(join(prefix, "node_modules"), { recursive: true, force: true });
  throw new BootstrapError(
    `the Node that npm brought is not the pinned one\n  expected sha256 ${binaries[platform]}\n  found    sha256 ${found}`,
  );
}

async function hashOf(path) {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}
