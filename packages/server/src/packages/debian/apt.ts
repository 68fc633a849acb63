import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { z } from "zod";
import { run } from "../../proc/run.ts";
import { packagesDownloadFailed, packagesNoIndex, packagesUnsupportedHost } from "../errors.ts";
import { type DebianPackage, PackagesReader } from "./control.ts";

const architectures = { x64: "amd64", arm64: "arm64" } as const;
const systems = { x64: "x86_64-linux", arm64: "aarch64-linux" } as const;

export interface Platform {
  readonly architecture: "amd64" | "arm64";
  readonly system: "x86_64-linux" | "aarch64-linux";
}

/** This machine in Debian's words and in Nix's. */
export function readPlatform(): Platform {
  const { arch } = process;
  if (arch !== "x64" && arch !== "arm64") {
    throw packagesUnsupportedHost({ missing: "an x86-64 or arm64 processor" });
  }
  return { architecture: architectures[arch], system: systems[arch] };
}

/** One `Packages` file that apt has fetched and verified. */
export interface IndexTarget {
  readonly label: string;
  readonly suite: string;
  readonly file: string;
  readonly repository: string;
}

const fields = ["ORIGIN", "LABEL", "CODENAME", "ARCHITECTURE", "TRUSTED", "FILENAME", "REPO_URI"];
const TargetRow = z.tuple([
  z.literal("Debian"),
  z.string().min(1),
  z.string().min(1),
  z.string(),
  z.literal("yes"),
  z.string().startsWith("/"),
  z.url(),
]);

/** The signed indexes of Debian that apt holds for this machine's architecture, in a stable order. */
export async function readIndexTargets(): Promise<IndexTarget[]> {
  const { architecture } = readPlatform();
  const format = fields.map((field) => `$(${field})`).join("|");
  const result = await run({
    argv: ["apt-get", "indextargets", "--format", format, "Created-By: Packages"],
  });
  if (result.missing) throw packagesUnsupportedHost({ missing: "apt" });
  const rows = result.stdout.split("\n").map((line) => line.split("|"));
  const targets: IndexTarget[] = [];
  for (const fields of rows) {
    const row = TargetRow.safeParse(fields);
    if (!row.success || row.data[3] !== architecture) continue;
    const [, label, suite, , , file, repository] = row.data;
    targets.push({ label, suite, file, repository });
  }
  if (targets.length === 0) throw explainNoTargets(rows);
  return targets.sort((a, b) => (`${a.label} ${a.suite}` < `${b.label} ${b.suite}` ? -1 : 1));
}

/** apt knows a source's origin only once it has fetched it. */
function explainNoTargets(rows: readonly (readonly string[])[]): Error {
  const origins = new Set(rows.map(([origin = ""]) => origin).filter(Boolean));
  if (origins.size === 0) return packagesNoIndex({ reason: "nothing has been fetched" });
  if (origins.has("Debian")) return packagesNoIndex({ reason: "no source of Debian is trusted" });
  return packagesUnsupportedHost({
    missing: `a package source of origin Debian (it has ${[...origins].sort().join(", ")})`,
  });
}

/** Reads one index through apt's own decompressor. */
export async function readIndex(
  target: IndexTarget,
  archive: number,
  onPackage: (found: DebianPackage) => void,
): Promise<void> {
  const reader = new PackagesReader(archive, onPackage);
  const decoder = new StringDecoder("utf8");
  const messages: Buffer[] = [];
  const result = await run({
    argv: ["/usr/lib/apt/apt-helper", "cat-file", target.file],
    onData: (chunk, stream) => {
      if (stream === "stdout") reader.write(decoder.write(chunk));
      else messages.push(chunk);
    },
  });
  if (result.exitCode !== 0) {
    const message = Buffer.concat(messages).toString("utf8").trim();
    throw packagesNoIndex({ reason: `${target.file} cannot be read. ${message}` });
  }
  reader.end();
}

/** Fetches one package through apt, checks it against its locked hash, and unpacks it into `dir`. */
export async function unpackPackage(wanted: DebianPackage, dir: string): Promise<void> {
  const download = `${dir}.download`;
  await mkdir(download, { recursive: true, mode: 0o755 });
  const fetched = await run({
    argv: ["apt-get", "download", "-q", `${wanted.name}=${wanted.version}`],
    cwd: download,
  });
  const file = (await readdir(download)).find((name) => name.endsWith(".deb"));
  if (fetched.exitCode !== 0 || file === undefined) {
    throw packagesDownloadFailed({ what: wanted.name, log: fetched.stderr });
  }
  const path = join(download, file);
  const hash = createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
  if (hash !== wanted.sha256) {
    const log = `expected SHA256 ${wanted.sha256}, got ${hash}`;
    throw packagesDownloadFailed({ what: wanted.name, log });
  }
  const unpacked = await run({ argv: ["dpkg-deb", "--extract", path, dir] });
  if (unpacked.exitCode !== 0) {
    throw packagesDownloadFailed({ what: wanted.name, log: unpacked.stderr });
  }
  await rm(download, { recursive: true });
}

/** Copies the first of `candidates` that exists below `dir`. */
export async function copyFirst(
  dir: string,
  candidates: readonly string[],
  target: string,
): Promise<void> {
  for (const candidate of candidates) {
    try {
      await copyFile(join(dir, candidate), target);
      return;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    }
  }
  throw packagesDownloadFailed({ what: candidates.join(" or "), log: `not found in ${dir}` });
}
