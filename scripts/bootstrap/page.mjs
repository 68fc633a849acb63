import { createHash } from "node:crypto";
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { extname, join, relative } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { root, runOrFail } from "./common.mjs";
import { pinnedNode } from "./node.mjs";

const web = join(root, "packages/web");
const core = join(root, "packages/core/src");

/** All that each is made of, beside the packages of package-lock.json. */
const parts = {
  page: {
    what: "build the web page",
    sources: ["src", "public", "index.html", "vite.config.ts", "package.json"]
      .map((path) => join(web, path))
      .concat(core),
    command: (fresh) => [
      join(root, "node_modules/vite/bin/vite.js"),
      ...["build", web, "--outDir", fresh, "--emptyOutDir", "--logLevel", "warn"],
    ],
  },
  docs: {
    what: "build the documentation",
    sources: [
      join(root, "docs"),
      join(root, "scripts/docs"),
      join(web, "src/styles/tokens.css"),
      join(web, "public/icon.svg"),
    ],
    command: (fresh) => [
      ...["--conditions=hop3-source", "--disable-warning=ExperimentalWarning"],
      ...[join(root, "scripts/docs.ts"), fresh],
    ],
  },
};

const compressible = [".css", ".html", ".js", ".json", ".svg", ".txt"];

/** The web page of the server, where it is not built from the sources as they are. */
export function pageStep() {
  return makeStep("page");
}

/** The documentation that the server hands out, likewise. */
export function docsStep() {
  return makeStep("docs");
}

function makeStep(name) {
  const { what, sources } = parts[name];
  const hash = hashSources(sources);
  if (readStamp(name) === hash) return undefined;
  return { what, run: () => build(name, hash) };
}

async function build(name, hash) {
  const built = builtDirectory(name);
  const fresh = `${built}.new`;
  rmSync(fresh, { recursive: true, force: true });
  // Whoever starts a server in a test has another one set, and React would be the slow and large one.
  const env = { NODE_ENV: "production" };
  await runOrFail(pinnedNode(), parts[name].command(fresh), { env });
  compressAll(fresh);
  // Inside what it is about: whoever builds it in another way takes it along.
  writeFileSync(join(fresh, ".built"), `${hash}\n`);
  // A server that runs meanwhile reads either the old one or the new one.
  const old = `${built}.old`;
  rmSync(old, { recursive: true, force: true });
  if (statSync(built, { throwIfNoEntry: false }) !== undefined) renameSync(built, old);
  renameSync(fresh, built);
  rmSync(old, { recursive: true, force: true });
}

function builtDirectory(name) {
  return join(web, "dist", name);
}

/** Compressed once here, as well as it goes, so that no request has to wait for it. */
function compressAll(directory) {
  for (const file of filesBelow(directory)) {
    if (!compressible.includes(extname(file))) continue;
    const content = readFileSync(file);
    const params = { [constants.BROTLI_PARAM_SIZE_HINT]: content.byteLength };
    writeFileSync(`${file}.br`, brotliCompressSync(content, { params }));
    writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
  }
}

function readStamp(name) {
  try {
    return readFileSync(join(builtDirectory(name), ".built"), "utf8").trim();
  } catch {
    return undefined;
  }
}

function hashSources(sources) {
  const hash = createHash("sha256");
  for (const file of sources.flatMap(filesBelow)) {
    if (file.includes(".test.") || file.endsWith(".golden")) continue;
    const content = readFileSync(file);
    hash.update(`${relative(root, file)}\n${content.byteLength}\n`).update(content);
  }
  return hash.digest("hex");
}

function filesBelow(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return [];
  if (!found.isDirectory()) return [path];
  const names = readdirSync(path).sort();
  return names.flatMap((name) => filesBelow(join(path, name)));
}
