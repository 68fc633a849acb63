import type { CompareContext } from "../lockfile.ts";
import { compareMaps } from "./npm.ts";

/** `gem "rails", "~> 7.1", ">= 7.1.3"` with literal arguments. */
const gemLine = /^\s*gem[\s(]+(["'])([A-Za-z0-9_.-]+)\1((?:\s*,\s*(["'])[^"'#]*\4)*)(.*)$/;

/** What makes a Gemfile more than a list that can be read without running it. */
const dynamic =
  /^\s*(?:gemspec\b|eval_gemfile\b|gem[\s(]+[^"'\s(]|.*\bgem[\s(]+.*#\{|(?:if|unless|case|for|while)\b|.*\b(?:each|map)\b)/;

interface ReadGemfile {
  readonly gems: Readonly<Record<string, string>>;
  /** True where every gem stands in the text as it is. */
  readonly isComplete: boolean;
}

/** Reads the gems that a Gemfile names literally. A Gemfile is a program, and nothing here runs it. */
export function readGemfile(text: string): ReadGemfile {
  const lines = text.split(/\r?\n/).filter((line) => !/^\s*#/.test(line));
  const read = lines.map(readGemLine);
  return {
    gems: Object.fromEntries(read.flatMap((gem) => (typeof gem === "object" ? [gem] : []))),
    isComplete: !read.includes("unknown") && !lines.some((line) => dynamic.test(line)),
  };
}

/** Name and requirements; "unknown" for a gem that may or may not count. */
function readGemLine(line: string): readonly [string, string] | "unknown" | undefined {
  const [, , name, requirements = "", , rest = ""] = gemLine.exec(line) ?? [];
  if (name === undefined) return undefined;
  const isUnknown = /\s(?:if|unless)\s/.test(rest) || /^\s*,\s*[^:\w\s]/.test(rest);
  if (isUnknown) return "unknown";
  return [name, sortRequirements(requirements.match(/(?<=["'])[^"',]+(?=["'])/g) ?? [])];
}

function sortRequirements(list: readonly string[]): string {
  const parts = list
    .flatMap((part) => part.split(","))
    .map((part) =>
      part
        .trim()
        .replace(/^(?=\d)/, "= ")
        .replace(/^([~<>=!]+)\s*/, "$1 "),
    );
  return (
    parts
      .filter(Boolean)
      .filter((part) => part !== ">= 0")
      .sort()
      .join(", ") || "any version"
  );
}

/** `rails (~> 7.1)`, `mylib!` */
function readDependency(text: string): readonly [string, string] {
  const [, name = text, requirements = ""] = /^([^\s!(]+)(?: \(([^)]*)\))?!?$/.exec(text) ?? [];
  return [name, sortRequirements(requirements.split(",").map((part) => part.trim()))];
}

/** Holds the literal gems of a Gemfile against the DEPENDENCIES of its lockfile. */
export function compareGemfile(
  context: CompareContext,
  dependencies: readonly string[],
): readonly string[] {
  const { gems, isComplete } = readGemfile(context.manifest.text);
  const locked = Object.fromEntries(dependencies.map(readDependency));
  const known = isComplete
    ? locked
    : Object.fromEntries(Object.entries(locked).filter(([name]) => Object.hasOwn(gems, name)));
  return compareMaps(gems, known, { manifest: context.manifest.file, lockfile: context.file });
}
