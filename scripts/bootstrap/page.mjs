import { createHash } from "node:crypto";
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { extname, join, relative } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { root, runOrFail } from "./common.mjs";
import { pinnedNode } from "./node.mjs";

const web = join(root, "packages/web");
const built = join(web, "dist/page");
/** Inside what it is about: whoever builds the page in another way takes it along. */
const stamp = join(built, ".built");

/** All that the page is made of, beside the packages of package-lock.json. */
const sources = [
  join(web, "src"),
  join(web, "public"),
  join(web, "index.html"),
  join(web, "vite.config.ts"),
  join(web, "package.json"),
  join(root, "packages/core/src"),
];

const compressible = [".css", ".html", ".js", ".json", ".svg", ".txt"];

/** The web page of the server, where it is not built from the sources as they are. */
export function pageStep() {
  const hash = hashSources();
  if (readStamp() === hash) return undefined;
  return { what: "build the web page", run: () => build(hash) };
}

async function build(hash) {
  const fresh = join(web, "dist/page.new");
  const vite = join(root, "node_modules/vite/bin/vite.js");
  const flags = ["--outDir", "dist/page.new", "--emptyOutDir", "--logLevel", "warn"];
  await runOrFail(pinnedNode(), [vite, "build", web, ...flags]);
  compressAll(fresh);
  writeFileSync(join(fresh, ".built"), `${hash}\n`);
  // A server that runs meanwhile reads either the old page or the new one.
  const old = join(web, "dist/page.old");
  rmSync(old, { recursive: true, force: true });
  if (statSync(built, { throwIfNoEntry: false }) !== undefined) renameSync(built, old);
  renameSync(fresh, built);
  rmSync(old, { recursive: true, force: true });
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

function readStamp() {
  try {
    return readFileSync(stamp, "utf8").trim();
  } catch {
    return undefined;
  }
}

function hashSources() {
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
