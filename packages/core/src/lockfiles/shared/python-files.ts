import { machineOf, type Target } from "../target.ts";
import { satisfies } from "./pep440.ts";
import { normalizePythonName } from "./pep508.ts";

/** Old names of manylinux, by the minor version of glibc that they stand for. */
const manylinuxNames: Readonly<Record<string, number>> = {
  manylinux1: 5,
  manylinux2010: 12,
  manylinux2014: 17,
};

/** Lower is better; undefined where the wheel does not run on the target. */
export function rankWheel(fileName: string, target: Target): number | undefined {
  const parts = fileName.replace(/\.whl$/, "").split("-");
  if (!fileName.endsWith(".whl") || parts.length < 5 || parts.length > 6) return undefined;
  const [pythons = "", abis = "", platforms = ""] = parts.slice(-3);
  const ranks = pythons.split(".").flatMap((python) =>
    abis.split(".").flatMap((abi) => {
      const interpreter = rankInterpreter(python, abi, target);
      if (interpreter === undefined) return [];
      return platforms.split(".").flatMap((platform) => {
        const place = rankPlatform(platform, target);
        return place === undefined ? [] : [combine(interpreter, place)];
      });
    }),
  );
  return ranks.length === 0 ? undefined : Math.min(...ranks);
}

const anyPlatform = 900;

/** A wheel for this system is better than one for any, whatever the interpreter tag, as in pip. */
function combine(interpreter: number, platform: number): number {
  return platform === anyPlatform ? 10_000_000 + interpreter : interpreter * 1_000 + platform;
}

/** cp311-cp311, cp311-abi3, cp311-none, cp310-abi3 down to cp32-abi3, py311-none, py3-none, py310-none, … */
function rankInterpreter(python: string, abi: string, target: Target): number | undefined {
  const minor = Number(target.python.split(".")[1] ?? 0);
  const [, kind, major, tagMinor] = /^(cp|py)(\d)(\d*)$/.exec(python) ?? [];
  if (kind === undefined || major !== "3") return undefined;
  const tag = tagMinor === "" ? undefined : Number(tagMinor);
  if (kind === "cp") return tag === undefined ? undefined : rankCpython(abi, tag, minor);
  if (abi !== "none") return undefined;
  if (tag === undefined) return 501;
  if (tag > minor) return undefined;
  return tag === minor ? 500 : 501 + (minor - tag);
}

function rankCpython(abi: string, tag: number, minor: number): number | undefined {
  if (abi === `cp3${minor}` && tag === minor) return 0;
  if (abi === "none" && tag === minor) return 2;
  if (abi !== "abi3" || tag < 2 || tag > minor) return undefined;
  return tag === minor ? 1 : 2 + (minor - tag);
}

function rankPlatform(platform: string, target: Target): number | undefined {
  if (platform === "any") return anyPlatform;
  const [, family, minorText, machine] =
    /^(manylinux_2|musllinux_1)_(\d+)_(\w+)$/.exec(platform) ?? namedPlatform(platform);
  if (machine !== machineOf(target) || target.os !== "linux") return undefined;
  if (family === "linux") return 800;
  if (family !== (target.libc === "glibc" ? "manylinux_2" : "musllinux_1")) return undefined;
  const minor = Number(minorText);
  return minor > target.libcMinor ? undefined : target.libcMinor - minor;
}

function namedPlatform(platform: string): readonly (string | undefined)[] {
  const [all, name = "", machine] =
    /^(manylinux1|manylinux2010|manylinux2014|linux)_(\w+)$/.exec(platform) ?? [];
  const minor = manylinuxNames[name];
  return minor === undefined
    ? [all, name === "" ? undefined : name, "0", machine]
    : [all, "manylinux_2", String(minor), machine];
}

const sdistEndings = [".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz"];

/** The file to install: the best wheel that runs on the target, else the source archive. */
export function chooseFile<File extends { readonly fileName: string }>(
  files: readonly File[],
  target: Target,
): { readonly file: File; readonly format: "wheel" | "sdist" } | undefined {
  const ranked = files
    .map((file) => ({ file, rank: rankWheel(file.fileName, target) ?? Number.POSITIVE_INFINITY }))
    .filter(({ rank }) => Number.isFinite(rank))
    .sort((a, b) => a.rank - b.rank || (a.file.fileName < b.file.fileName ? 1 : -1));
  const [best] = ranked;
  if (best !== undefined) return { file: best.file, format: "wheel" };
  const source = sdistEndings
    .map((ending) => files.find(({ fileName }) => fileName.endsWith(ending)))
    .find((file) => file !== undefined);
  return source === undefined ? undefined : { file: source, format: "sdist" };
}

/** True where a file name is that of this package and version: an index page lists all versions. */
export function isFileOf(
  fileName: string,
  item: { readonly name: string; readonly version: string },
): boolean {
  const ending = sdistEndings.find((one) => fileName.endsWith(one)) ?? "";
  const stem = fileName.endsWith(".whl")
    ? fileName.split("-").slice(0, 2).join("-")
    : fileName.slice(0, fileName.length - ending.length);
  const at = stem.lastIndexOf("-");
  const isVersion = satisfies(stem.slice(at + 1), `==${item.version}`) === true;
  return isVersion && normalizePythonName(stem.slice(0, at)) === normalizePythonName(item.name);
}
