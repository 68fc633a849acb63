import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join, relative } from "node:path";
import { type Argv, run } from "../../src/proc/run.ts";
import { makeTree } from "../support/apps.ts";
import { makeZip } from "../support/registry.ts";
import type { RegistryProtocol } from "./registry.ts";

/** One file of the index. */
export interface IndexedFile {
  readonly project: string;
  readonly version: string;
  readonly fileName: string;
  readonly content: Buffer;
  readonly sha256: string;
}

/** Kept between runs, by the archive's own file names: they have the version in them. */
const cache = join(homedir(), ".cache/hop3-test/debs");

async function runOrFail(argv: Argv, cwd?: string): Promise<string> {
  const { exitCode, stdout, stderr } = await run({ argv, ...(cwd === undefined ? {} : { cwd }) });
  if (exitCode !== 0) throw new Error(`${argv.join(" ")}: ${stderr}`);
  return stdout;
}

/** apt reads its lists for each call anew where the machine's settings keep it from remembering, as in a container. */
const remembering = ["pkgcache", "srcpkgcache"].flatMap((name) => [
  "-o",
  `Dir::Cache::${name}=${join(cache, `../${name}.bin`)}`,
]);

/** The files of packages of the distribution, in a directory that is kept. */
export async function unpackDebian(...names: readonly string[]): Promise<string> {
  await mkdir(cache, { recursive: true });
  const download = ["apt-get", "download", ...remembering] as const;
  const uris = await runOrFail([...download, "--print-uris", ...names]);
  const files = [...uris.matchAll(/^'[^']+' (\S+)/gm)].map(([, file = ""]) => file);
  const dir = join(cache, directoryName(files));
  if (existsSync(dir)) return dir;
  const aside = await mkdtemp(join(cache, "new-"));
  const root = join(aside, "root");
  try {
    await runOrFail([...download, "-o", "APT::Sandbox::User=root", ...names], aside);
    const archives = readdirSync(aside);
    await mkdir(root);
    for (const archive of archives) await runOrFail(["dpkg-deb", "-x", join(aside, archive), root]);
    await rename(root, dir).catch(() => {});
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return dir;
}

function directoryName(files: readonly string[]): string {
  const [only = "", other] = files;
  if (other === undefined) return only.replace(/\.deb$/, "");
  return createHash("sha256").update(files.join("\n")).digest("hex").slice(0, 32);
}

/** A package of the distribution as the wheel that its project would have put on an index. */
export async function debianWheel(name: string, nonce = ""): Promise<IndexedFile> {
  const root = join(await unpackDebian(name), "usr/lib/python3/dist-packages");
  const paths = filesBelow(root);
  const info = paths.find((path) => /\.(?:egg|dist)-info\/(?:PKG-INFO|METADATA)$/.test(path));
  // A few have none of their own, since another package has it.
  const metadata = info === undefined ? undefined : readFileSync(join(root, info), "utf8");
  const field = (key: string) =>
    new RegExp(`^${key}: (.*)$`, "m").exec(metadata ?? "")?.[1]?.trim();
  const project = field("Name") ?? name.replace("python3-", "");
  const version = field("Version") ?? "1";
  const infoDir = info?.slice(0, info.indexOf("/"));
  const files: Record<string, Buffer | string> = {};
  for (const path of paths.filter((one) => !one.startsWith(`${infoDir}/`))) {
    files[path] = readFileSync(join(root, path));
  }
  const entryPoints = paths.find((path) => path === `${infoDir}/entry_points.txt`);
  return makeWheelFile({
    project,
    version,
    files,
    nonce,
    tag: tagOf(paths),
    ...(metadata === undefined ? {} : { metadata }),
    ...(entryPoints === undefined
      ? {}
      : { entryPoints: readFileSync(join(root, entryPoints), "utf8") }),
  });
}

/** Extensions of Debian are built for one Python and for Debian's own C library. */
function tagOf(paths: readonly string[]): string {
  const [, minor, machine] = /\.cpython-3(\d+)-(\w+)-linux-gnu\.so$/m.exec(paths.join("\n")) ?? [];
  return minor === undefined ? "py3-none-any" : `cp3${minor}-cp3${minor}-manylinux_2_28_${machine}`;
}

function filesBelow(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("__pycache__"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

interface WheelParts {
  readonly project: string;
  readonly version: string;
  readonly files: Readonly<Record<string, Buffer | string>>;
  readonly metadata?: string;
  readonly entryPoints?: string;
  readonly tag?: string;
  /** Makes the same files another wheel. */
  readonly nonce?: string;
}

export function makeWheelFile(parts: WheelParts): IndexedFile {
  const { project, version, files, entryPoints, tag = "py3-none-any", nonce = "" } = parts;
  const name = project.replaceAll(/[-.]/g, "_");
  const info = `${name}-${version}.dist-info`;
  const all: Record<string, Buffer | string> = {
    ...files,
    [`${info}/METADATA`]:
      parts.metadata ?? `Metadata-Version: 2.1\nName: ${project}\nVersion: ${version}\n`,
    [`${info}/WHEEL`]: `Wheel-Version: 1.0\nGenerator: test ${nonce}\nRoot-Is-Purelib: ${tag.endsWith("-any")}\nTag: ${tag}\n`,
    ...(entryPoints === undefined ? {} : { [`${info}/entry_points.txt`]: entryPoints }),
  };
  const record = [...Object.keys(all), `${info}/RECORD`].map((path) => `${path},,\n`).join("");
  const content = makeZip({ ...all, [`${info}/RECORD`]: record });
  return indexed({ project, version, fileName: `${name}-${version}-${tag}.whl`, content });
}

/** A source archive of these files, as `python -m build --sdist` lays it out. */
export async function makeSdist(
  project: string,
  version: string,
  files: Readonly<Record<string, string>>,
): Promise<IndexedFile> {
  const stem = `${project.replaceAll("-", "_")}-${version}`;
  const dir = await mkdtemp(join(tmpdir(), "hop3-sdist-"));
  try {
    const tree = await makeTree(files);
    const archive = join(dir, `${stem}.tar.gz`);
    const transform = `--transform=s|^\\.|${stem}|`;
    await runOrFail(["tar", "-czf", archive, transform, "--owner=0", "--group=0", "-C", tree, "."]);
    const content = readFileSync(archive);
    return indexed({ project, version, fileName: `${stem}.tar.gz`, content });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function indexed(file: Omit<IndexedFile, "sha256">): IndexedFile {
  return { ...file, sha256: createHash("sha256").update(file.content).digest("hex") };
}

/** Lines of requirements.txt as `pip-compile --generate-hashes` writes them: every file's hash. */
export function requirementLines(files: readonly IndexedFile[]): string {
  const wanted = Map.groupBy(
    files,
    ({ project, version }) => `${project.toLowerCase()}==${version}`,
  );
  return [...wanted]
    .map(([pin, list]) => [pin, ...list.map(({ sha256 }) => `    --hash=sha256:${sha256}`)])
    .map((lines) => `${lines.join(" \\\n")}\n`)
    .join("");
}

/** A simple index (PEP 503) below simple/, its files below files/. */
export function pypi(files: readonly IndexedFile[]): RegistryProtocol {
  const byProject = Map.groupBy(files, ({ project }) => normalize(project));
  const pages = new Map(
    [...byProject].map(([project, list]) => {
      const links = list.map(
        ({ fileName, sha256 }) =>
          `<a href="../../files/${fileName}#sha256=${sha256}">${fileName}</a><br>\n`,
      );
      return [`simple/${project}/`, Buffer.from(`<!DOCTYPE html><body>\n${links.join("")}</body>`)];
    }),
  );
  const contents = new Map(files.map(({ fileName, content }) => [`files/${fileName}`, content]));
  return {
    prefix: "pypi",
    answer: async (path) => pages.get(path) ?? contents.get(path),
    typeOf: (path) => (path.startsWith("simple/") ? "text/html" : undefined),
  };
}

function normalize(project: string): string {
  return project.replaceAll(/[-_.]+/g, "-").toLowerCase();
}
