import type { KeyPath } from "../config/positions.ts";
import { convertInvalid, type LocatedDocument } from "./conversion.ts";
import { makeLines } from "./lines.ts";

/** Deeper than any real file; a limit keeps hostile text from exhausting the stack. */
const maxDepth = 100;

/** Reads JSON and remembers where each value stands; fails with line and column. */
export function readJson(text: string, file: string): LocatedDocument {
  const lines = makeLines(text, file);
  const parser = new Parser(text, (message, at) =>
    convertInvalid({ problems: [{ message: `not valid JSON: ${message}`, place: lines.at(at) }] }),
  );
  const value = parser.parseDocument();
  return { file, value, placeOf: (path) => lines.at(parser.find(path)) };
}

type Fail = (message: string, at: number) => Error;

class Parser {
  private readonly text: string;
  private readonly fail: Fail;
  private readonly offsets = new Map<string, number>();
  private at = 0;

  constructor(text: string, fail: Fail) {
    this.text = text;
    this.fail = fail;
  }

  parseDocument(): unknown {
    if (this.text.startsWith("\ufeff")) this.at = 1;
    const value = this.parseValue([]);
    this.skipSpace();
    if (this.at < this.text.length) throw this.unexpected("the end of the file");
    return value;
  }

  find(path: KeyPath): number {
    for (let length = path.length; length >= 0; length--) {
      const offset = this.offsets.get(JSON.stringify(path.slice(0, length)));
      if (offset !== undefined) return offset;
    }
    return 0;
  }

  private parseValue(path: KeyPath): unknown {
    this.skipSpace();
    // The place of a member is that of its key, which comes before its value.
    const id = JSON.stringify(path);
    if (!this.offsets.has(id)) this.offsets.set(id, this.at);
    if (path.length > maxDepth) throw this.fail(`more than ${maxDepth} levels deep`, this.at);
    switch (this.text[this.at]) {
      case "{":
        return this.parseObject(path);
      case "[":
        return this.parseArray(path);
      case '"':
        return this.parseString();
      default:
        return this.parseScalar();
    }
  }

  private parseObject(path: KeyPath): unknown {
    const entries: [string, unknown][] = [];
    this.at += 1;
    if (this.accept("}")) return {};
    do {
      this.skipSpace();
      const at = this.at;
      if (this.text[at] !== '"') throw this.unexpected("a name in double quotes");
      const key = this.parseString();
      this.offsets.set(JSON.stringify([...path, key]), at);
      if (!this.accept(":")) throw this.unexpected("a colon");
      entries.push([key, this.parseValue([...path, key])]);
    } while (this.accept(","));
    if (!this.accept("}")) throw this.unexpected("a comma or }");
    return Object.fromEntries(entries);
  }

  private parseArray(path: KeyPath): unknown {
    const values: unknown[] = [];
    this.at += 1;
    if (this.accept("]")) return values;
    do values.push(this.parseValue([...path, values.length]));
    while (this.accept(","));
    if (!this.accept("]")) throw this.unexpected("a comma or ]");
    return values;
  }

  private parseString(): string {
    const end = this.endOfString();
    const token = this.text.slice(this.at, end);
    try {
      const value: unknown = JSON.parse(token);
      this.at = end;
      return String(value);
    } catch (cause) {
      if (!(cause instanceof SyntaxError)) throw cause;
      throw this.fail("a text with a line break or a wrong escape", this.at);
    }
  }

  private endOfString(): number {
    for (let at = this.at + 1; at < this.text.length; at++) {
      const char = this.text[at];
      if (char === "\n") break;
      if (char === '"') return at + 1;
      if (char === "\\") at += 1;
    }
    throw this.fail("a text that is not closed", this.at);
  }

  private parseScalar(): unknown {
    const pattern = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
    pattern.lastIndex = this.at;
    const token = pattern.exec(this.text)?.[0];
    const next = this.text[this.at + (token?.length ?? 0)] ?? "";
    if (token === undefined || /[\w.+-]/.test(next)) throw this.unexpected("a value");
    this.at += token.length;
    return JSON.parse(token);
  }

  private accept(char: string): boolean {
    this.skipSpace();
    if (this.text[this.at] !== char) return false;
    this.at += 1;
    return true;
  }

  private skipSpace(): void {
    while (/[ \t\r\n]/.test(this.text.charAt(this.at))) this.at += 1;
  }

  private unexpected(expected: string): Error {
    this.skipSpace();
    const found = this.text[this.at];
    const what = found === undefined ? "the end of the file" : JSON.stringify(found);
    return this.fail(`expected ${expected}, found ${what}`, this.at);
  }
}
