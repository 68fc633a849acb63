/**
 * What `npm ci` does once everything is fetched, for the layout of any lockfile. It runs in the sandbox, in one
 * process: a tar and a shell for each of a thousand packages would take longer than all the rest.
 */
export const installScript = `// Unpacks npm packages to where a lockfile has them, links their commands, runs their install scripts.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";

const { env, execPath } = process;
const { packages, links, scripts, engine } = JSON.parse(readFileSync(env.layoutPath, "utf8"));
const shells = dirname(env.SHELL);
const manifests = new Map();
const programs = [];

function manifestOf(dir) {
  if (!manifests.has(dir)) {
    const file = join(env.out, dir, "package.json");
    manifests.set(dir, existsSync(file) ? JSON.parse(readFileSync(file, "utf8").replace(/^\\uFEFF/, "")) : {});
  }
  return manifests.get(dir);
}

async function unpack([dir, archive]) {
  const tar = await promisify(gunzip)(readFileSync(archive));
  const made = new Set();
  const field = (at, length) => tar.toString("utf8", at, at + length).replace(/\\0.*$/s, "");
  let longName;
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const size = Number.parseInt(field(at + 124, 12), 8) || 0;
    const type = field(at + 156, 1) || "0";
    const data = tar.subarray(at + 512, at + 512 + size);
    const prefix = field(at + 257, 5) === "ustar" ? field(at + 345, 155) : "";
    if (type === "L") longName = data.toString("utf8").replace(/\\0.*$/s, "");
    else if (type === "x") longName = /^\\d+ path=(.*)$/m.exec(data.toString("utf8"))?.[1] ?? longName;
    else {
      const name = longName ?? (prefix === "" ? field(at, 100) : prefix + "/" + field(at, 100));
      longName = undefined;
      const parts = name.split("/").filter((part) => part !== "" && part !== ".").slice(1);
      if (parts.includes("..")) throw new Error(archive + " holds " + name);
      // Links and devices are no part of npm's packages.
      if (type === "0" && parts.length > 0) {
        const file = join(env.out, dir, ...parts);
        if (!made.has(dirname(file))) mkdirSync(dirname(file), { recursive: true });
        made.add(dirname(file));
        const mode = Number.parseInt(field(at + 100, 8), 8) & 0o111 ? 0o755 : 0o644;
        writeFileSync(file, data, { mode });
        if (/\\/ld-linux[^/]*$/.test(loaderOf(data))) programs.push(file);
      }
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
}

// The loader that a program of this machine names: published ones expect it where the sandbox has none.
function loaderOf(data) {
  const isOwn = data.length > 64 && data.readUInt32BE(0) === 0x7f454c46 && data[4] === 2
    && data.readUInt16LE(18) === { x64: 62, arm64: 183 }[process.arch];
  if (!isOwn) return "";
  const [start, size, count] = [Number(data.readBigUInt64LE(32)), data.readUInt16LE(54), data.readUInt16LE(56)];
  for (let at = start; at + 56 <= Math.min(data.length, start + size * count); at += size) {
    if (data.readUInt32LE(at) !== 3) continue;
    const from = Number(data.readBigUInt64LE(at + 8));
    return data.toString("latin1", from, from + Number(data.readBigUInt64LE(at + 32)) - 1);
  }
  return "";
}

// They get the loader and the libraries that Node itself has.
function adaptPrograms() {
  const patchelf = (...args) => spawnSync("patchelf", args, { encoding: "utf8" });
  const ask = (option, file) => patchelf(option, file).stdout.trim();
  for (const file of programs) {
    const libraries = [ask("--print-rpath", file), ask("--print-rpath", execPath)].filter((text) => text !== "");
    const args = ["--set-interpreter", ask("--print-interpreter", execPath), "--set-rpath", libraries.join(":"), file];
    // Some versions break programs unless told not to sort their headers, others cannot be told.
    if (patchelf("--no-sort", ...args).status !== 0) patchelf(...args);
  }
}

function commandsOf(dir) {
  const { name = "", bin, directories } = manifestOf(dir);
  if (typeof bin === "string") return [[name.replace(/^.*\\//, ""), bin]];
  if (bin) return Object.entries(bin);
  const own = directories?.bin && join(env.out, dir, directories.bin);
  return own && existsSync(own) ? readdirSync(own).map((file) => [file, join(directories.bin, file)]) : [];
}

function linkCommands(dir) {
  const bin = join(env.out, dir.replace(/(^|.*\\/)node_modules\\/.*$/, "$1node_modules/.bin"));
  for (const [name, path] of commandsOf(dir)) {
    const file = join(env.out, dir, path);
    const link = join(bin, name);
    if (name.includes("/") || !file.startsWith(env.out) || !existsSync(file) || existsSync(link)) continue;
    mkdirSync(bin, { recursive: true });
    symlinkSync(relative(bin, file), link);
    chmodSync(file, 0o755);
    fixInterpreter(file);
  }
}

function fixInterpreter(file) {
  const content = readFileSync(file);
  if (content[0] !== 35 || content[1] !== 33) return;
  const end = content.indexOf(10) + 1 || content.length;
  const [, program, rest] = /^#! *\\S*?([^/\\s]+)(.*)/.exec(content.toString("utf8", 0, end)
    .replace(/^(#! *)\\S*\\/env +(-S +)?/, "$1")) ?? [];
  const interpreter = { node: execPath, sh: shells + "/sh", bash: shells + "/bash" }[program];
  if (interpreter === undefined) return;
  writeFileSync(file, Buffer.concat([Buffer.from("#!" + interpreter + rest.trimEnd() + "\\n"), content.subarray(end)]));
}

function lifecycle(dir) {
  const { scripts: own = {}, gypfile } = manifestOf(dir);
  const isAddon = gypfile !== false && existsSync(join(env.out, dir, "binding.gyp"));
  const install = own.install ?? (isAddon && !own.preinstall ? "node-gyp rebuild" : undefined);
  return Object.entries({ preinstall: own.preinstall, install, postinstall: own.postinstall })
    .filter(([, command]) => command);
}

function environmentOf(dir, more) {
  const { name, version } = manifestOf(dir);
  const parts = join(env.out, dir).split("/");
  const bins = parts.map((_, index) => parts.slice(0, parts.length - index).concat("node_modules/.bin").join("/"));
  return {
    ...env, ...more, HOME: env.TMPDIR, INIT_CWD: env.out, JOBS: env.NIX_BUILD_CORES, NODE: execPath,
    PATH: [...bins, env.TMPDIR + "/bin", env.PATH].join(":"),
    npm_config_nodedir: env.headers,
    npm_config_node_gyp: env.nodejs + "/lib/node_modules/npm/node_modules/node-gyp/bin/node-gyp.js", npm_node_execpath: execPath,
    npm_package_name: name, npm_package_version: version, npm_package_json: join(env.out, dir, "package.json"),
  };
}

function runScripts(dir, more) {
  return lifecycle(dir).every(([event, command]) => {
    console.log(dir + ": " + command);
    const own = { npm_lifecycle_event: event, npm_lifecycle_script: command, npm_command: "ci", ...more };
    const options = { cwd: join(env.out, dir), env: environmentOf(dir, own), stdio: "inherit" };
    return spawnSync(env.SHELL, ["-c", command], options).status === 0;
  });
}

// What only the compiler needed names the compiler, and would keep it.
function removeLeftovers(dir) {
  const entries = readdirSync(dir, { withFileTypes: true });
  const isBuild = ["Makefile", "config.gypi"].every((name) => entries.some((entry) => entry.name === name));
  for (const entry of entries) {
    const { name } = entry;
    const isLeftover = /^(obj\\.target|\\.deps|node_gyp_bins|binding\\.Makefile|.*\\.(target|host)\\.mk)$/.test(name);
    if (isLeftover || (isBuild && /^(Makefile|config\\.gypi)$/.test(name))) rmSync(join(dir, name), { recursive: true });
    else if (name !== "node_modules" && entry.isDirectory()) removeLeftovers(join(dir, name));
  }
}

// Whatever a package depends on is installed before it.
function inOrder(scripted) {
  const waiting = new Map(scripted.filter(([dir]) => lifecycle(dir).length > 0).map((each) => [each[0], each]));
  const seen = new Set();
  const order = [];
  const visit = (dir) => {
    if (seen.has(dir) || waiting.size < 2) return;
    seen.add(dir);
    const { dependencies, optionalDependencies } = manifestOf(dir);
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      for (let base = dir; ; base = dirname(base)) {
        const file = join(env.out, base, "node_modules", name);
        if (existsSync(file)) visit(relative(realpathSync(env.out), realpathSync(file)));
        if (existsSync(file) || base === ".") break;
      }
    }
    if (waiting.has(dir)) order.push(waiting.get(dir));
  };
  for (const dir of waiting.keys()) visit(dir);
  return waiting.size < 2 ? [...waiting.values()] : order;
}

function install([dir, isOptional]) {
  // A download fails here, and most packages then build by themselves; the others are told to.
  const isDone = runScripts(dir, {}) || runScripts(dir, { npm_config_build_from_source: "true" });
  removeLeftovers(join(env.out, dir));
  if (isDone) return;
  if (!isOptional) throw new Error("the install script of " + dir + " failed");
  console.log(dir + " is optional and left out");
  rmSync(join(env.out, dir), { recursive: true });
}

const { satisfies } = createRequire(env.nodejs + "/lib/node_modules/npm/package.json")("semver");
if (engine && !satisfies(process.version, engine)) {
  console.log("warning: engines of package.json wants Node " + engine + ", and this is " + process.version);
}
mkdirSync(join(env.out, "node_modules"), { recursive: true });
const queue = [...packages];
await Promise.all(Array.from({ length: 4 }, async () => {
  for (let next = queue.shift(); next; next = queue.shift()) await unpack(next);
}));
adaptPrograms();
for (const [path, target] of links) {
  mkdirSync(join(env.out, dirname(path)), { recursive: true });
  symlinkSync(relative(join(env.out, dirname(path)), join(env.out, target)), join(env.out, path));
}
for (const [dir] of [...packages, ...links]) linkCommands(dir);
mkdirSync(env.TMPDIR + "/bin", { recursive: true });
writeFileSync(env.TMPDIR + "/bin/node-gyp", "#!" + env.SHELL + '\\nexec node "$npm_config_node_gyp" "$@"\\n', { mode: 0o755 });
for (const each of inOrder(scripts)) install(each);
`;
