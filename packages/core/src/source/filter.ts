import ignore from "ignore";
import { baseName, privateByContent, privateByName } from "./private-files.ts";

export type EntryKind = "directory" | "file" | "link";

export interface FilterEntry {
  /** Relative to the root of the app, with `/`. */
  readonly path: string;
  readonly kind: EntryKind;
  /** Target, of a link. */
  readonly link?: string | undefined;
}

/** A `.gitignore` or `.hop3ignore` and the directory it lies in ("" is the root). */
export interface IgnoreFile {
  readonly directory: string;
  readonly text: string;
}

export interface SourceFilterOptions {
  readonly gitignore?: readonly IgnoreFile[];
  readonly hop3ignore?: readonly IgnoreFile[];
  /** Globs of `[build] ignore`. */
  readonly buildIgnore?: readonly string[];
}

export type Verdict =
  | {
      readonly kept: true;
      /** Present where the text has to be seen before the file may be kept: returns a reason to drop it. */
      readonly inspect?: (text: string) => string | undefined;
    }
  | { readonly kept: false; readonly reason: string };

export interface SourceFilter {
  /** Decides one path. A directory that is dropped takes everything below it along. */
  decide(entry: FilterEntry): Verdict;
  /** The same filter that also knows the ignore files of one more directory. */
  withDirectory(options: Pick<SourceFilterOptions, "gitignore" | "hop3ignore">): SourceFilter;
}

/** Kept out unless `.hop3ignore` brings them back. They stand after `.gitignore`, which may not. */
const builtInRules = [
  "node_modules/",
  ".env*",
  "!.env.example",
  "!.env.sample",
  "!.env.template",
  ".hop3/",
] as const;

const builtInMark = "kept out by default";

/**
 * Makes the filter that stands between a project's directory and the Nix store. Rules, the last match
 * wins: `.gitignore`, `[build] ignore`, the built-in list, `.hop3ignore`. Private keys and `.git` are
 * beyond all rules.
 */
export function makeSourceFilter(options: SourceFilterOptions = {}): SourceFilter {
  const rules = makeRules(options);
  return {
    decide: (entry) => decide(rules, entry),
    withDirectory: (more) =>
      makeSourceFilter({
        ...options,
        gitignore: [...(options.gitignore ?? []), ...(more.gitignore ?? [])],
        hop3ignore: [...(options.hop3ignore ?? []), ...(more.hop3ignore ?? [])],
      }),
  };
}

function decide(rules: ignore.Ignore, entry: FilterEntry): Verdict {
  const always = neverKept(entry);
  if (always !== undefined) return { kept: false, reason: always };
  const result = rules.test(entry.kind === "directory" ? `${entry.path}/` : entry.path);
  if (result.ignored) return { kept: false, reason: result.rule?.mark ?? builtInMark };
  const inspect = entry.kind === "file" ? privateByContent(entry.path) : undefined;
  return inspect === undefined ? { kept: true } : { kept: true, inspect };
}

function neverKept(entry: FilterEntry): string | undefined {
  if (baseName(entry.path) === ".git") return "version control";
  if (entry.kind === "directory") return undefined;
  if (isNixBuildResult(entry)) return "result of nix-build";
  return privateByName(entry.path);
}

function isNixBuildResult(entry: FilterEntry): boolean {
  const isResult = /^result(?:-.*)?$/.test(baseName(entry.path));
  return isResult && entry.link?.startsWith("/nix/store/") === true;
}

function makeRules(options: SourceFilterOptions): ignore.Ignore {
  // Git compares names by case on Linux; the package does not unless it is told to.
  const rules = ignore({ ignorecase: false });
  addFiles(rules, ".gitignore", options.gitignore ?? []);
  for (const pattern of options.buildIgnore ?? []) {
    rules.add({ pattern, mark: `[build] ignore: ${pattern}` });
  }
  for (const pattern of builtInRules) rules.add({ pattern, mark: builtInMark });
  addFiles(rules, ".hop3ignore", options.hop3ignore ?? []);
  return rules;
}

function addFiles(rules: ignore.Ignore, name: string, files: readonly IgnoreFile[]): void {
  const shallowFirst = [...files].sort((a, b) => depth(a.directory) - depth(b.directory));
  for (const file of shallowFirst) {
    const place = file.directory === "" ? name : `${file.directory}/${name}`;
    for (const line of file.text.split(/\r?\n/)) {
      const pattern = anchorPattern(line, file.directory);
      if (pattern !== undefined) rules.add({ pattern, mark: `${place}: ${line.trim()}` });
    }
  }
}

/**
 * Rewrites a line of a nested ignore file so that it means the same at the root: one list of rules
 * then has Git's semantics for all of them.
 */
export function anchorPattern(line: string, directory: string): string | undefined {
  if (line.trim() === "" || line.startsWith("#")) return undefined;
  if (directory === "") return line;
  const negative = line.startsWith("!");
  const pattern = negative ? line.slice(1) : line;
  // Git takes a lone "!" or "/" for no pattern at all; behind a directory it would name the directory.
  if (/^\/*\s*$/.test(pattern)) return undefined;
  const isAnchored = /\/(?!\s*$)/.test(pattern);
  const inner = isAnchored ? pattern.replace(/^\//, "") : `**/${pattern}`;
  return `${negative ? "!" : ""}/${escapeGlob(directory)}/${inner}`;
}

function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]]/g, "\\$&");
}

function depth(directory: string): number {
  return directory === "" ? 0 : directory.split("/").length;
}
