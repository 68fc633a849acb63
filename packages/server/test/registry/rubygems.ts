import { createHash, randomUUID } from "node:crypto";
import { appendFile, cp, mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../src/proc/run.ts";
import { unpackDebian } from "./pypi.ts";
import type { RegistryProtocol } from "./registry.ts";

/** One gem, and what a Gemfile.lock says of it. */
export interface ServedGem {
  readonly name: string;
  readonly version: string;
  readonly platform: string;
  readonly fileName: string;
  /** Names of other gems, with what is required of each: `~> 1.0`, several joined by `&`. */
  readonly needs: Readonly<Record<string, string>>;
  readonly content: Buffer;
  readonly sha256: string;
}

const gemsDir = join(import.meta.dirname, "gems");

async function ruby(program: string, args: readonly string[], cwd: string): Promise<string> {
  const env = { HOME: cwd, LANG: "C.UTF-8", SOURCE_DATE_EPOCH: "315532800" };
  const { exitCode, stdout, stderr } = await run({ argv: [program, ...args], cwd, env });
  if (exitCode !== 0) throw new Error(`${args.join(" ")}: ${stderr}${stdout}`);
  return stdout;
}

/** Gems of the distribution's packages, packed with the set's own Ruby; `bin` is its directory of programs. */
export async function debianGems(
  bin: string,
  packages: readonly string[],
): Promise<readonly ServedGem[]> {
  const out = await mkdtemp(join(tmpdir(), "hop3-gems-"));
  const gems: ServedGem[] = [];
  for (const name of packages) {
    const root = await unpackDebian(name);
    const found = (await readdir(root, { recursive: true })).find((path) =>
      /\/specifications\/[^/]+\.gemspec$/.test(path),
    );
    const args = [join(gemsDir, "pack.rb"), join(root, found ?? name), root, out];
    const line = (await ruby(join(bin, "ruby"), args, out)).trim().split("\n").at(-1) ?? "";
    const [gem = "", version = "", platform = "", fileName = "", needs = ""] = line.split("\t");
    gems.push(
      await readGem(out, { name: gem, version, platform, fileName, needs: parseNeeds(needs) }),
    );
  }
  return gems;
}

/** `counted`: a small gem whose C has to be compiled. Its bytes are of this run alone: no store has them. */
export async function sourceGem(bin: string): Promise<ServedGem> {
  const out = await mkdtemp(join(tmpdir(), "hop3-gems-"));
  const source = join(out, "counted");
  await cp(join(gemsDir, "counted"), source, { recursive: true });
  await appendFile(join(source, "lib/counted.rb"), `# ${randomUUID()}\n`);
  const fileName = "counted-1.2.0.gem";
  const args = ["build", "counted.gemspec", "--output", join(out, fileName)];
  await ruby(join(bin, "gem"), args, source);
  return readGem(out, {
    name: "counted",
    version: "1.2.0",
    platform: "ruby",
    fileName,
    needs: {},
  });
}

function parseNeeds(text: string): Readonly<Record<string, string>> {
  const list = text.split(",").filter((need) => need !== "");
  return Object.fromEntries(list.map((need) => need.split(/:(.*)/s).slice(0, 2)));
}

async function readGem(
  dir: string,
  gem: Omit<ServedGem, "content" | "sha256">,
): Promise<ServedGem> {
  const content = await readFile(join(dir, gem.fileName));
  return { ...gem, content, sha256: createHash("sha256").update(content).digest("hex") };
}

/** The compact index that Bundler asks, by path: what there is, and what each gem needs. */
function compactIndex(gems: readonly ServedGem[]): ReadonlyMap<string, Buffer> {
  const infos = gems.map(({ name, version, platform, needs, sha256 }) => {
    const label = platform === "ruby" ? version : `${version}-${platform}`;
    const list = Object.entries(needs).map(([need, wanted]) => `${need}:${wanted}`);
    return { name, label, text: `---\n${label} ${list.join(",")}|checksum:${sha256}\n` };
  });
  const versions = infos.map(
    ({ name, label, text }) => `${name} ${label} ${createHash("md5").update(text).digest("hex")}\n`,
  );
  return new Map([
    ["versions", Buffer.from(`created_at: 2026-01-01T00:00:00Z\n---\n${versions.join("")}`)],
    ...infos.map(({ name, text }) => [`info/${name}`, Buffer.from(text)] as const),
  ]);
}

/** Files below gems/, which is all that fetching by checksum needs, and the index for Bundler itself. */
export function gemRegistry(gems: readonly ServedGem[]): RegistryProtocol {
  const index = compactIndex(gems);
  return {
    prefix: "rubygems",
    answer: async (path) =>
      index.get(path) ?? gems.find(({ fileName }) => path === `gems/${fileName}`)?.content,
  };
}

/** Gemfile.lock of these gems, as Bundler writes it. */
export function gemfileLock(
  gems: readonly ServedGem[],
  direct: readonly string[],
  hasChecksums = true,
): string {
  const sorted = gems.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const known = new Set(gems.map(({ name }) => name));
  const label = ({ name, version, platform }: ServedGem) =>
    `${name} (${version}${platform === "ruby" ? "" : `-${platform}`})`;
  const specs = sorted.flatMap((gem) => [
    `    ${label(gem)}`,
    ...Object.entries(gem.needs)
      .filter(([need]) => known.has(need))
      .map(
        ([need, wanted]) =>
          `      ${need}${wanted === ">= 0" ? "" : ` (${wanted.replaceAll("&", ", ")})`}`,
      ),
  ]);
  const sums = sorted.map((gem) => `  ${label(gem)} sha256=${gem.sha256}`);
  return [
    "GEM",
    "  remote: https://gems.example/",
    "  specs:",
    ...specs,
    "",
    "PLATFORMS",
    "  ruby",
    "  x86_64-linux",
    "",
    "DEPENDENCIES",
    ...direct.toSorted().map((name) => `  ${name}`),
    "",
    ...(hasChecksums ? ["CHECKSUMS", ...sums, ""] : []),
    "BUNDLED WITH",
    "   2.3.27",
    "",
  ].join("\n");
}
