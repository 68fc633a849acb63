import { lockfileSyntax } from "../lockfile-errors.ts";
import { readFlow } from "./yaml-flow.ts";
import {
  isProblem,
  makeMap,
  plainProblem,
  readQuoted,
  trimBlanks,
  trimPlain,
  type YamlProblem,
  type YamlValue,
} from "./yaml-scalar.ts";

const maxDepth = 64;
const maxFlowLines = 100;

/**
 * Reads the YAML that pnpm and Yarn write: block maps and lists, flow forms in one line, quoted and
 * block scalars. Any other form is a syntax error, never a guess. A full YAML parser needs 0.4 s for
 * 1,500 packages; this one a tenth of that.
 */
export function parseYaml(file: string, text: string): YamlValue {
  return new Reader(file, text).readDocument();
}

class Reader {
  private readonly file: string;
  private readonly lines: readonly string[];
  private row = 0;

  constructor(file: string, text: string) {
    this.file = file;
    this.lines = text.replace(/^\u{feff}/u, "").split(/\r?\n/);
  }

  readDocument(): YamlValue {
    this.skipEmpty();
    if (this.line() === "---") this.row += 1;
    const value = this.readNested(0, 0);
    this.skipEmpty();
    if (this.row < this.lines.length) this.fail({ problem: "this line belongs to nothing", at: 0 });
    return value;
  }

  /** The block that starts at the next line, if that is indented by at least so much. */
  private readNested(minimum: number, depth: number): YamlValue {
    this.skipEmpty();
    const indent = this.indent();
    if (this.row >= this.lines.length || indent < minimum) return null;
    if (depth > maxDepth) this.fail({ problem: "nested too deeply", at: indent });
    if (this.isListItem(indent)) return this.readList(indent, depth);
    const line = this.line();
    const first = line[indent];
    if (first === "{" || first === "[") {
      this.row += 1;
      return this.readInline(line, indent, indent);
    }
    return this.readMap(indent, depth);
  }

  private readList(indent: number, depth: number): YamlValue[] {
    const items: YamlValue[] = [];
    for (;;) {
      this.skipEmpty();
      if (this.indent() !== indent || !this.isListItem(indent)) return items;
      const line = this.line();
      const at = indent + 1 + (/^ */.exec(line.slice(indent + 1))?.[0].length ?? 0);
      items.push(this.readItem(line, { indent, at, depth }));
    }
  }

  private readItem(
    line: string,
    { indent, at, depth }: { readonly indent: number; readonly at: number; readonly depth: number },
  ): YamlValue {
    if (at >= line.length) {
      this.row += 1;
      return this.readNested(indent + 1, depth + 1);
    }
    const isBlock = /^-(?: |$)/.test(line.slice(at)) || this.findKeyEnd(line, at) !== undefined;
    if (!isBlock) {
      this.row += 1;
      return this.readInline(line, at, indent);
    }
    // `- a: 1` and `- - a`: a block whose first line stands behind the dash.
    this.replaceLine(`${" ".repeat(at)}${line.slice(at)}`);
    return this.readNested(at, depth + 1);
  }

  private readMap(indent: number, depth: number): YamlValue {
    const map = makeMap();
    for (;;) {
      this.skipEmpty();
      if (this.row >= this.lines.length || this.indent() < indent) return map;
      if (this.indent() > indent) this.fail({ problem: "indented too far", at: this.indent() });
      if (this.isListItem(indent)) this.fail({ problem: "a list item among keys", at: indent });
      const key = this.readKey(indent);
      if (Object.hasOwn(map, key))
        this.fail({ problem: "the same key a second time", at: indent }, -1);
      map[key] = this.readValue(indent, depth);
    }
  }

  /** Reads a key and leaves what follows its colon as the rest of a line. */
  private readKey(indent: number): string {
    const line = this.line();
    if (line.startsWith("? ", indent)) return this.readLongKey(line, indent);
    const end = this.findKeyEnd(line, indent);
    if (end === undefined) return this.fail({ problem: "a key without ':'", at: indent });
    this.rest = { text: line, at: end.colon + 1 };
    this.row += 1;
    return end.key;
  }

  /** A key of more than 1,024 characters stands alone: `? key`, and its value in the next line behind `:`. */
  private readLongKey(line: string, indent: number): string {
    const text = line.slice(indent + 2);
    const quoted = text.startsWith('"') || text.startsWith("'");
    const read = quoted
      ? readQuoted(line, indent + 2)
      : { value: trimPlain(text), end: line.length };
    if (isProblem(read)) return this.fail(read);
    this.row += 1;
    const next = this.line();
    if (!/^ *:(?: |$)/.test(next) || this.indent() !== indent) {
      return this.fail({ problem: "a long key without ':' below", at: indent });
    }
    this.rest = { text: next, at: indent + 1 };
    this.row += 1;
    return read.value;
  }

  private rest: { text: string; at: number } = { text: "", at: 0 };

  private readValue(indent: number, depth: number): YamlValue {
    const { text, at } = this.rest;
    const start = at + (/^[ \t]*/.exec(text.slice(at))?.[0].length ?? 0);
    const isEmpty = start >= text.length || (text[start] === "#" && start > at);
    if (!isEmpty) return this.readInline(text, start, indent);
    this.skipEmpty();
    // A list may stand at the indentation of its key.
    const isList = this.indent() === indent && this.isListItem(indent);
    return this.readNested(isList ? indent : indent + 1, depth + 1);
  }

  /** A scalar or flow form in the rest of a line that has been taken already. */
  private readInline(line: string, at: number, indent: number): YamlValue {
    switch (line[at]) {
      case "|":
      case ">":
        return this.readBlockScalar(line.slice(at), indent);
      case "{":
      case "[":
        return this.readFlowLines(line, at);
      case '"':
      case "'":
        return this.finish(readQuoted(line, at), line);
      default:
        return this.readPlain(line, at, indent);
    }
  }

  private readPlain(line: string, at: number, indent: number): string {
    const problem = plainProblem(line, at);
    const value = trimPlain(line.slice(at));
    if (problem !== undefined) return this.fail(problem, -1);
    if (/:(?:[ \t]|$)/.test(value))
      return this.fail({ problem: "a second ':' in one line", at }, -1);
    this.refuseContinuation(indent);
    return value;
  }

  /** The value, if nothing but a comment stands behind it. */
  private finish<Value>(
    read: { readonly value: Value; readonly end: number } | YamlProblem,
    line: string,
  ): Value {
    if (isProblem(read)) return this.fail(read, -1);
    if (/^[ \t]*(?:[ \t]#.*)?$/.test(line.slice(read.end))) return read.value;
    return this.fail({ problem: "something stands behind the value", at: read.end }, -1);
  }

  /** Formatters break long flow forms over lines: lines are added until the brackets close. */
  private readFlowLines(line: string, at: number): YamlValue {
    let text = line;
    for (let added = 0; ; added++) {
      const read = readFlow(text, at);
      if (!isProblem(read) || read.at < trimBlanks(text).length) return this.finish(read, text);
      if (added >= maxFlowLines || this.row >= this.lines.length) {
        return this.fail({ problem: "a bracket that is never closed", at }, -1 - added);
      }
      text = `${trimBlanks(text)} ${trimBlanks(this.line()).replace(/^[ \t]+/, "")}`;
      this.row += 1;
    }
  }

  private readBlockScalar(header: string, indent: number): string {
    const [, style, chomp = ""] = /^([|>])([-+]?)[ \t]*(?:#.*)?$/.exec(header) ?? [];
    if (style === undefined)
      return this.fail({ problem: "a block text of an unknown form", at: 0 }, -1);
    const taken: string[] = [];
    while (
      this.row < this.lines.length &&
      (trimBlanks(this.line()) === "" || this.indent() > indent)
    ) {
      taken.push(this.line());
      this.row += 1;
    }
    const first = taken.find((line) => trimBlanks(line) !== "") ?? "";
    const width = /^ */.exec(first)?.[0].length ?? 0;
    const body = taken.map((line) => line.slice(width)).join("\n");
    const text =
      style === "|"
        ? body
        : body.replace(/(?<=[^\n ])\n(\n*)(?=[^\n ])/g, (_, more) => more || " ");
    const end = chomp === "-" || trimBlanks(text.replaceAll("\n", "")) === "" ? "" : "\n";
    return text.replace(/\n+$/, "") + end;
  }

  /** A plain text may go on in the next line; lockfiles never let it, and we do not guess. */
  private refuseContinuation(indent: number): void {
    this.skipEmpty();
    if (this.row < this.lines.length && this.indent() > indent) {
      this.fail({ problem: "a text that goes on in the next line", at: this.indent() });
    }
  }

  private findKeyEnd(line: string, at: number): { key: string; colon: number } | undefined {
    const first = line[at];
    if (first === '"' || first === "'") {
      const read = readQuoted(line, at);
      if (isProblem(read)) return this.fail(read);
      return /^:(?:[ \t]|$)/.test(line.slice(read.end, read.end + 2))
        ? { key: read.value, colon: read.end }
        : undefined;
    }
    if (first === "{" || first === "[") return undefined;
    const match = /:(?= |$)/.exec(line.slice(at));
    if (match === null) return undefined;
    const problem = plainProblem(line, at);
    return problem === undefined
      ? { key: trimBlanks(line.slice(at, at + match.index)), colon: at + match.index }
      : this.fail(problem);
  }

  private isListItem(indent: number): boolean {
    const line = this.line();
    return line[indent] === "-" && (line[indent + 1] === " " || line.length === indent + 1);
  }

  private line(): string {
    return this.lines[this.row] ?? "";
  }

  private indent(): number {
    const line = this.line();
    let at = 0;
    while (line.charCodeAt(at) === 32) at += 1;
    return at;
  }

  private skipEmpty(): void {
    while (this.row < this.lines.length && /^[ \t]*(?:#|$)/.test(this.line())) this.row += 1;
    if (/^ *\t/.test(this.line())) this.fail({ problem: "a tab in the indentation", at: 0 });
  }

  private replaceLine(text: string): void {
    (this.lines as string[])[this.row] = text;
  }

  private fail({ problem, at }: YamlProblem, rows = 0): never {
    const line = Math.min(this.row + rows + 1, this.lines.length);
    throw lockfileSyntax({
      place: { file: this.file, line: Math.max(line, 1), column: at + 1 },
      problem,
    });
  }
}
