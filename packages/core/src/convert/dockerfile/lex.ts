import type { Place } from "../../errors.ts";
import { nearest } from "../../nearest.ts";
import { type ConversionProblem, convertInvalid } from "../conversion.ts";
import { expandWord, splitWords } from "./words.ts";

const keywords = [
  "FROM",
  "RUN",
  "CMD",
  "LABEL",
  "MAINTAINER",
  "EXPOSE",
  "ENV",
  "ADD",
  "COPY",
  "ENTRYPOINT",
  "VOLUME",
  "USER",
  "WORKDIR",
  "ARG",
  "ONBUILD",
  "STOPSIGNAL",
  "HEALTHCHECK",
  "SHELL",
] as const;
export type Keyword = (typeof keywords)[number];

/** One instruction: continuation lines joined, comments gone, here-documents beside it. */
export interface Instruction {
  readonly keyword: Keyword;
  /** `--from=build` is `from`. */
  readonly flags: Readonly<Record<string, string>>;
  /** What follows the flags, as it is written. */
  readonly rest: string;
  readonly heredocs: readonly string[];
  readonly place: Place;
}

export interface LexedDockerfile {
  readonly instructions: readonly Instruction[];
  /** Backslash, or what the `escape` directive says. */
  readonly escapeChar: string;
}

/** Splits a Dockerfile into instructions; fails with every error of the file at once. */
export function lexDockerfile(text: string, file: string): LexedDockerfile {
  const lines = text.replace(/^\ufeff/, "").split(/\r?\n/);
  const lexer = new Lexer(lines, file);
  lexer.run();
  if (lexer.problems.length > 0) throw convertInvalid({ problems: lexer.problems });
  return { instructions: lexer.instructions, escapeChar: lexer.escapeChar };
}

class Lexer {
  readonly instructions: Instruction[] = [];
  readonly problems: ConversionProblem[] = [];
  readonly escapeChar: string;
  private readonly lines: readonly string[];
  private readonly file: string;
  private at = 0;

  constructor(lines: readonly string[], file: string) {
    this.lines = lines;
    this.file = file;
    this.escapeChar = findEscape(lines);
  }

  run(): void {
    while (this.at < this.lines.length) {
      if (isSkipped(this.lines[this.at] ?? "")) this.at += 1;
      else this.readInstruction();
    }
    const [first] = this.instructions;
    const hasFrom = this.instructions.some(({ keyword }) => keyword === "FROM");
    if (this.problems.length > 0) return;
    if (first === undefined || !hasFrom) {
      this.note(
        "there is no FROM, so nothing is built",
        first?.place ?? { file: this.file, line: 1 },
      );
    } else if (first.keyword !== "FROM" && first.keyword !== "ARG") {
      this.note(`${first.keyword} comes before FROM; only ARG may`, first.place);
    }
  }

  private readInstruction(): void {
    const start = this.lines[this.at] ?? "";
    const column = start.length - start.trimStart().length + 1;
    const place: Place = { file: this.file, line: this.at + 1, column };
    const line = this.readLogicalLine().trim();
    const match = /^([A-Za-z]+)(?:\s+([\s\S]*))?$/.exec(line);
    const keyword = keywords.find((known) => known === match?.[1]?.toUpperCase());
    if (keyword === undefined) {
      this.note(unknownInstruction(line), place);
      return;
    }
    const { flags, rest } = takeFlags(match?.[2] ?? "");
    const heredocs = takesHeredocs(keyword) ? this.readHeredocs(rest, place) : [];
    if (rest === "") this.note(`${keyword} needs something after it`, place);
    this.instructions.push({ keyword, flags, rest, heredocs, place });
  }

  /** Joins lines that end in the escape character; comments and empty lines between them do not count. */
  private readLogicalLine(): string {
    let text = "";
    let isFirst = true;
    while (this.at < this.lines.length) {
      const line = this.lines[this.at] ?? "";
      this.at += 1;
      if (!isFirst && isSkipped(line)) continue;
      isFirst = false;
      const bare = line.replace(/[ \t]+$/, "");
      if (!bare.endsWith(this.escapeChar)) return text + line;
      text += bare.slice(0, -1);
    }
    return text;
  }

  private readHeredocs(rest: string, place: Place): string[] {
    const bodies: string[] = [];
    for (const word of splitWords(rest, this.escapeChar)) {
      const match = /^\d*<<(-?)(["']?)([A-Za-z_][\w.-]*)\2$/.exec(word);
      if (match === null) continue;
      const body = this.readHeredoc(match[3] ?? "", match[1] === "-");
      if (body === undefined) this.note(`the here-document ${match[3]} has no end`, place);
      else bodies.push(body);
    }
    return bodies;
  }

  private readHeredoc(name: string, stripsTabs: boolean): string | undefined {
    const body: string[] = [];
    while (this.at < this.lines.length) {
      const written = this.lines[this.at] ?? "";
      const line = stripsTabs ? written.replace(/^\t+/, "") : written;
      this.at += 1;
      if (line === name) return body.join("\n");
      body.push(line);
    }
    return undefined;
  }

  private note(message: string, place: Place): void {
    this.problems.push({ message, place });
  }
}

function isSkipped(line: string): boolean {
  const text = line.trimStart();
  return text === "" || text.startsWith("#");
}

/** Directives are comments at the very top; `escape` is the one that changes how the rest is read. */
function findEscape(lines: readonly string[]): string {
  for (const line of lines) {
    const match = /^\s*#\s*([a-z]+)\s*=\s*(.*?)\s*$/i.exec(line);
    if (match === null) return "\\";
    if (match[1]?.toLowerCase() === "escape") return match[2] === "`" ? "`" : "\\";
  }
  return "\\";
}

function unknownInstruction(line: string): string {
  const [word = ""] = line.split(/\s/);
  const [guess] = nearest(word.toUpperCase(), keywords);
  const help = guess === undefined ? "" : `; did you mean ${guess}?`;
  return `unknown instruction ${JSON.stringify(word.slice(0, 40))}${help}`;
}

function takesHeredocs(keyword: Keyword): boolean {
  return keyword === "RUN" || keyword === "COPY" || keyword === "ADD";
}

function takeFlags(text: string): Pick<Instruction, "flags" | "rest"> {
  const flags: [string, string][] = [];
  let rest = text.trim();
  for (;;) {
    const match = /^--([a-z][a-z-]*)(?:=((?:"[^"]*"|'[^']*'|\S)*))?(?:\s+|$)/.exec(rest);
    if (match === null) return { flags: Object.fromEntries(flags), rest };
    flags.push([match[1] ?? "", expandWord(match[2] ?? "", () => undefined)]);
    rest = rest.slice(match[0].length);
  }
}

/** The words of the JSON form `["a", "b"]`; undefined where the text is of the shell form. */
export function parseExecForm(rest: string): readonly string[] | undefined {
  if (!rest.startsWith("[")) return undefined;
  try {
    const value: unknown = JSON.parse(rest);
    if (!Array.isArray(value)) return undefined;
    return value.every((word) => typeof word === "string") ? value : undefined;
  } catch {
    // Docker, too, takes what is not JSON for a shell command.
    return undefined;
  }
}
