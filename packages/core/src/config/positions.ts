export interface Position {
  readonly line: number;
  readonly column: number;
}

export type KeyPath = readonly (string | number)[];

/** Where each key, table and array element of a TOML text stands. */
export interface Positions {
  /** The place of this path, or of the nearest thing around it. */
  find(path: KeyPath): Position | undefined;
}

/**
 * Finds the places of keys in a TOML text that a parser has accepted: the parser reports places only
 * for its own errors, and a wrong value deserves one too.
 */
export function findPositions(text: string): Positions {
  const scanner = new Scanner(text);
  scanner.scanDocument();
  const { offsets } = scanner;
  const lines = lineStarts(text);
  return {
    find: (path) => {
      for (let length = path.length; length > 0; length--) {
        const offset = offsets.get(pathId(path.slice(0, length)));
        if (offset !== undefined) return positionAt(lines, offset);
      }
      return undefined;
    },
  };
}

function pathId(path: KeyPath): string {
  return JSON.stringify(path);
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

function positionAt(lines: readonly number[], offset: number): Position {
  const index = lines.findLastIndex((start) => start <= offset);
  return { line: index + 1, column: offset - (lines[index] ?? 0) + 1 };
}

interface Key {
  readonly name: string;
  readonly at: number;
}

/** Walks a valid text once. It checks nothing: what it does not know ends at a comma, bracket or line. */
class Scanner {
  readonly offsets = new Map<string, number>();
  private readonly text: string;
  /** Elements so far of each array of tables. */
  private readonly tables = new Map<string, number>();
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  scanDocument(): void {
    let table: KeyPath = [];
    this.skipSpace();
    while (this.at < this.text.length) {
      if (this.text[this.at] === "[") table = this.scanHeader();
      else this.scanPair(table);
      this.skipSpace();
    }
  }

  private scanHeader(): KeyPath {
    const isArray = this.text[this.at + 1] === "[";
    this.at += isArray ? 2 : 1;
    const keys = this.scanKeys();
    this.at += isArray ? 2 : 1;
    let path: KeyPath = [];
    for (const [index, key] of keys.entries()) {
      path = [...path, key.name];
      this.note(path, key.at);
      const isNew = isArray && index === keys.length - 1;
      const count = (this.tables.get(pathId(path)) ?? 0) + (isNew ? 1 : 0);
      if (count === 0) continue;
      this.tables.set(pathId(path), count);
      path = [...path, count - 1];
      this.note(path, key.at);
    }
    return path;
  }

  private scanPair(table: KeyPath): void {
    const keys = this.scanKeys();
    let path = table;
    for (const key of keys) {
      path = [...path, key.name];
      this.note(path, key.at);
    }
    this.at += 1;
    this.scanValue(path);
  }

  /** Dotted keys up to `=` or `]`, which is left for the caller. */
  private scanKeys(): readonly Key[] {
    const keys: Key[] = [];
    for (;;) {
      this.skipSpace();
      keys.push(this.scanKey());
      this.skipSpace();
      if (this.text[this.at] !== ".") return keys;
      this.at += 1;
    }
  }

  private scanKey(): Key {
    const at = this.at;
    const quote = this.text[at];
    if (quote === '"' || quote === "'") {
      this.skipString(quote);
      return { name: unquote(this.text.slice(at, this.at)), at };
    }
    this.at += /^[\w-]*/.exec(this.text.slice(at, at + 256))?.[0].length ?? 0;
    // Never stand still, whatever the text: a scanner that hangs is worse than a wrong column.
    if (this.at === at) this.at += 1;
    return { name: this.text.slice(at, this.at), at };
  }

  private scanValue(path: KeyPath): void {
    this.skipSpace();
    const first = this.text[this.at];
    if (first === '"' || first === "'") this.skipString(first);
    else if (first === "[") this.scanArray(path);
    else if (first === "{") this.scanInlineTable(path);
    else this.skipWhile(/[^,\]}#\n]/);
  }

  private scanArray(path: KeyPath): void {
    this.at += 1;
    for (let index = 0; this.more("]"); index++) {
      const element = [...path, index];
      this.note(element, this.at);
      this.scanValue(element);
    }
  }

  private scanInlineTable(path: KeyPath): void {
    this.at += 1;
    while (this.more("}")) this.scanPair(path);
  }

  /** Steps over commas; false, behind the bracket, once the list has ended. */
  private more(end: string): boolean {
    this.skipSpace();
    while (this.text[this.at] === ",") {
      this.at += 1;
      this.skipSpace();
    }
    if (this.at >= this.text.length) return false;
    if (this.text[this.at] !== end) return true;
    this.at += 1;
    return false;
  }

  private skipString(quote: string): void {
    const triple = quote.repeat(3);
    if (this.text.startsWith(triple, this.at)) {
      this.skipUntil(triple, 3);
      // Up to two quotes may stand before the closing three.
      this.skipWhile(quote === '"' ? /"/ : /'/);
    } else {
      this.skipUntil(quote, 1);
    }
  }

  private skipUntil(end: string, opening: number): void {
    const escapes = end.startsWith('"');
    this.at += opening;
    while (this.at < this.text.length && !this.text.startsWith(end, this.at)) {
      this.at += escapes && this.text[this.at] === "\\" ? 2 : 1;
    }
    this.at += end.length;
  }

  private skipSpace(): void {
    for (;;) {
      this.skipWhile(/\s/);
      if (this.text[this.at] !== "#") return;
      this.skipWhile(/[^\n]/);
    }
  }

  private skipWhile(pattern: RegExp): void {
    while (this.at < this.text.length && pattern.test(this.text.charAt(this.at))) this.at += 1;
  }

  /** The first mention counts: a table may be opened again below. */
  private note(path: KeyPath, at: number): void {
    const id = pathId(path);
    if (!this.offsets.has(id)) this.offsets.set(id, at);
  }
}

function unquote(key: string): string {
  const inner = key.slice(1, -1);
  if (key.startsWith("'")) return inner;
  return inner.replace(
    /\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|(.))/g,
    unescapeOne,
  );
}

const escapes: Readonly<Record<string, string>> = {
  b: "\b",
  t: "\t",
  n: "\n",
  f: "\f",
  r: "\r",
  e: "\u001b",
};

function unescapeOne(_all: string, ...groups: readonly (string | undefined)[]): string {
  const [short, long, byte, letter = ""] = groups;
  const code = short ?? long ?? byte;
  if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
  return escapes[letter] ?? letter;
}
