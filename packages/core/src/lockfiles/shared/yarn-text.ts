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
  const reader = new Reader(file);
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trimEnd();
    if (line !== "" && !/^\s*#/.test(line)) reader.readLine(line, index + 1);
  }
  return reader.entries;
}

class Reader {
  readonly entries: OpenEntry[] = [];
  private readonly file: string;
  /** Where `key value` lines go that are indented by four. */
  private section: Map<string, string> | undefined;

  constructor(file: string) {
    this.file = file;
  }

  readLine(text: string, line: number): void {
    const indent = /^ */.exec(text)?.[0].length ?? 0;
    const body = text.slice(indent);
    const at = { line, column: indent + 1 };
    const entry = this.entries.at(-1);
    if (indent === 0) {
      this.entries.push(
        openEntry(readPatterns(body) ?? this.fail("patterns and a ':' are expected", at), line),
      );
      this.section = undefined;
    } else if (entry === undefined) {
      this.fail("an indented line before the first entry", at);
    } else if (indent === 2 && body.endsWith(":")) {
      this.section = sectionOf(entry, body.slice(0, -1));
    } else {
      const target =
        this.targetOf(entry, indent) ?? this.fail("a line that belongs to nothing", at);
      const [key, value] = readPair(body) ?? this.fail("a key and a value are expected", at);
      target.set(key, value);
    }
  }

  private targetOf(entry: OpenEntry, indent: number): Map<string, string> | undefined {
    if (indent === 2) return entry.fields;
    return indent === 4 ? this.section : undefined;
  }

  private fail(problem: string, at: { readonly line: number; readonly column: number }): never {
    throw lockfileSyntax({ place: { file: this.file, ...at }, problem });
  }
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

const pattern = /"(?:[^"\\]|\\.)*"|[^\s:\\",[\]]+/;
const patternList = new RegExp(`^(?:${pattern.source})(?:, (?:${pattern.source}))*:$`);

/** `"a@^1", b@2:` */
function readPatterns(body: string): readonly string[] | undefined {
  if (!patternList.test(body)) return undefined;
  const words = body.slice(0, -1).match(new RegExp(pattern, "g")) ?? [];
  const patterns = words.map(unquote);
  return patterns.every((one) => one !== undefined) ? patterns : undefined;
}

function unquote(word: string): string | undefined {
  if (!word.startsWith('"')) return word;
  try {
    return JSON.parse(word) as string;
  } catch {
    return undefined;
  }
}
