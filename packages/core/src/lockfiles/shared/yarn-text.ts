import { lockfileSyntax } from "../lockfile-errors.ts";

/** One entry of a classic yarn.lock. */
export interface YarnEntry {
  /** `name@range` of everything that it answers. */
  readonly patterns: readonly string[];
  readonly fields: ReadonlyMap<string, string>;
  readonly dependencies: ReadonlyMap<string, string>;
  readonly optionalDependencies: ReadonlyMap<string, string>;
  readonly line: number;
}

interface OpenEntry extends YarnEntry {
  readonly fields: Map<string, string>;
  readonly dependencies: Map<string, string>;
  readonly optionalDependencies: Map<string, string>;
}

const pair = /^("(?:[^"\\]|\\.)*"|[^\s":]+) ("(?:[^"\\]|\\.)*"|\S.*)$/;

/** Reads the form of Yarn 1, which is nearly YAML: indented `key value` lines below lists of patterns. */
export function parseYarnText(file: string, text: string): readonly YarnEntry[] {
  const entries: OpenEntry[] = [];
  let section: Map<string, string> | undefined;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const fail = (problem: string, column = 1): never => {
      throw lockfileSyntax({ place: { file, line: index + 1, column }, problem });
    };
    const line = raw.trimEnd();
    if (line === "" || /^\s*#/.test(line)) continue;
    const indent = /^ */.exec(line)?.[0].length ?? 0;
    const body = line.slice(indent);
    const entry = entries.at(-1);
    if (indent === 0) {
      entries.push(
        openEntry(readPatterns(body) ?? fail("patterns and a ':' are expected"), index + 1),
      );
      section = undefined;
    } else if (entry === undefined) {
      fail("an indented line before the first entry", indent + 1);
    } else if (indent === 2 && body.endsWith(":")) {
      section = sectionOf(entry, body.slice(0, -1));
    } else {
      const target = indent === 2 ? entry.fields : section;
      const [key, value] = readPair(body) ?? fail("a key and a value are expected", indent + 1);
      if (indent !== 2 && indent !== 4) fail("an indentation of 2 or 4 is expected", indent + 1);
      if (target === undefined) fail("a line that belongs to nothing", indent + 1);
      target?.set(key, value);
    }
  }
  return entries;
}

function openEntry(patterns: readonly string[], line: number): OpenEntry {
  return {
    patterns,
    line,
    fields: new Map(),
    dependencies: new Map(),
    optionalDependencies: new Map(),
  };
}

/** Sections of other names (peerDependenciesMeta and the like) are read and dropped. */
function sectionOf(entry: OpenEntry, name: string): Map<string, string> {
  if (name === "dependencies") return entry.dependencies;
  return name === "optionalDependencies" ? entry.optionalDependencies : new Map();
}

function readPair(body: string): readonly [string, string] | undefined {
  const [, key, value] = pair.exec(body) ?? [];
  if (key === undefined || value === undefined) return undefined;
  const read = [unquote(key), unquote(value)] as const;
  const [left, right] = read;
  return left === undefined || right === undefined ? undefined : [left, right];
}

/** `"a@^1", b@2:` */
function readPatterns(body: string): readonly string[] | undefined {
  if (!body.endsWith(":")) return undefined;
  const words = body.slice(0, -1).match(/"(?:[^"\\]|\\.)*"|[^\s,"][^,"]*/g) ?? [];
  const patterns = words.map((word) => unquote(word.trim()));
  return patterns.every((pattern) => pattern !== undefined) && patterns.length > 0
    ? patterns
    : undefined;
}

function unquote(word: string): string | undefined {
  if (!word.startsWith('"')) return word;
  try {
    return JSON.parse(word) as string;
  } catch {
    return undefined;
  }
}
