import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { nearest } from "@hop3/core";
import { z } from "zod";
import { findNixDir } from "../nix/nix-dir.ts";
import { lockDirectory, readPin } from "./debian/lock.ts";

/** The part of the Debian set that is a table: nixpkgs' names and Debian's. */
const Attributes = z.looseObject({ packages: z.record(z.string(), z.array(z.string())) });
const PythonNames = z.record(z.string(), z.string());

export interface FoundPackage {
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  /** How a hop3.nix writes it after `pkgs.`. */
  readonly attribute: string;
}

/** Packages of the lock whose name or summary holds every word; those called exactly so first. */
export async function searchPackages(
  homeDir: string,
  text: string,
  limit = 50,
): Promise<FoundPackage[]> {
  await readPin(homeDir);
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const summaries = await readFile(join(lockDirectory(homeDir), "summaries.tsv"), "utf8");
  const attributeOf = await readAttributes(homeDir);
  const found: FoundPackage[] = [];
  for (const line of summaries.split("\n")) {
    const lower = line.toLowerCase();
    if (line === "" || !words.every((word) => lower.includes(word))) continue;
    const [name = "", version = "", summary = ""] = line.split("\t");
    found.push({ name, version, summary, attribute: attributeOf(name) });
  }
  return found.sort((a, b) => rank(a, words) - rank(b, words)).slice(0, limit);
}

function rank(found: FoundPackage, words: readonly string[]): number {
  const [word = ""] = words;
  if (found.name === word || found.attribute === word) return 0;
  if (found.attribute === `python3Packages.${word}`) return 1;
  if (found.name.startsWith(word)) return 2;
  return found.name.includes(word) ? 3 : 4;
}

async function readAttributes(homeDir: string): Promise<(name: string) => string> {
  const names = new Map<string, string>(otherAttributes.map((name) => [name, name]));
  names.delete("nodejs");
  for (const [attribute, name] of Object.entries(await readPython(homeDir))) {
    if (!names.has(name)) names.set(name, `python3Packages.${quoteName(attribute)}`);
  }
  for (const [attribute, members] of Object.entries(await readTable())) {
    for (const name of members) names.set(name, attribute);
  }
  return (name) => names.get(name) ?? `debianPackages.${quoteName(name)}`;
}

/** An attribute with a dot or a plus in it is written in quotes. */
function quoteName(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_-]*$/.test(name) ? name : JSON.stringify(name);
}

async function readPython(homeDir: string): Promise<Record<string, string>> {
  const text = await readFile(join(lockDirectory(homeDir), "index", "python.json"), "utf8");
  return PythonNames.parse(JSON.parse(text));
}

async function readTable(): Promise<Record<string, string[]>> {
  const file = join(findNixDir(), "packages", "debian", "attributes.json");
  return Attributes.parse(JSON.parse(await readFile(file, "utf8"))).packages;
}

/**
 * Attributes of the set that hold a library, found by Debian's rule that a package is called like its
 * library: libssl.so.3 is in libssl3, libpng16.so.16 in libpng16-16.
 */
export async function packagesOfLibrary(homeDir: string, library: string): Promise<string[]> {
  const [, base = "", version = ""] = /^(.+?)\.so\.?(.*)$/.exec(library.toLowerCase()) ?? [];
  if (base === "") return [];
  const plain = base.replaceAll("_", "-");
  const names = [`${plain}${version}`, `${plain}-${version}`].flatMap((name) => [
    name,
    `${name}t64`,
  ]);
  const found = await searchPackages(homeDir, plain, Number.POSITIVE_INFINITY);
  return found.filter(({ name }) => names.includes(name)).map(({ attribute }) => attribute);
}

/** Attributes of the set that a missing one was probably meant to be. */
export async function nearestAttributes(homeDir: string, missing: string): Promise<string[]> {
  await readPin(homeDir);
  const python = Object.keys(await readPython(homeDir));
  const own = [...Object.keys(await readTable()), ...otherAttributes];
  const direct = nearest(missing, own);
  const modules = nearest(missing, python).map((name) => `python3Packages.${quoteName(name)}`);
  return [...direct, ...modules].slice(0, 3);
}

/** What nix/packages/debian/default.nix defines itself; a test compares the two. */
export const otherAttributes: readonly string[] = [
  "autoPatchelfHook",
  "bash",
  "bashInteractive",
  "buildEnv",
  "buildPackages",
  "busybox",
  "cacert",
  "callPackage",
  "concatText",
  "debianPackages",
  "emptyDirectory",
  "emptyFile",
  "execline",
  "fetchTarball",
  "fetchurl",
  "fetchzip",
  "formats",
  "gcc",
  "lib",
  "linkFarm",
  "linkFarmFromDrvs",
  "makeSetupHook",
  "makeWrapper",
  "mkShell",
  "nodejs",
  "nodejs-slim",
  "postgresql",
  "python3",
  "python3Packages",
  "runCommand",
  "runtimeShell",
  "stdenv",
  "stdenvNoCC",
  "symlinkJoin",
  "which",
  "writeScript",
  "writeScriptBin",
  "writeShellApplication",
  "writeShellScript",
  "writeShellScriptBin",
  "writeText",
  "writeTextDir",
  "writeTextFile",
];
