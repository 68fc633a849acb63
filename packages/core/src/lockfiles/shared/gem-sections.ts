import { lockfileSyntax } from "../lockfile-errors.ts";

/** One line of a section of Gemfile.lock. */
export interface GemLine {
  readonly indent: number;
  readonly text: string;
  readonly line: number;
}

/** A section such as GEM or PATH; some names stand there several times. */
export interface GemSection {
  readonly name: string;
  readonly lines: readonly GemLine[];
}

/** Splits a Gemfile.lock into its sections. */
export function parseGemSections(file: string, text: string): readonly GemSection[] {
  const sections: { name: string; lines: GemLine[] }[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = index + 1;
    const indent = /^ */.exec(raw)?.[0].length ?? 0;
    const body = raw.trim();
    if (body === "") continue;
    if (indent === 0) {
      if (!/^[A-Z][A-Z ]*$/.test(raw.trimEnd())) {
        const problem = "the name of a section in capitals is expected";
        throw lockfileSyntax({ place: { file, line, column: 1 }, problem });
      }
      sections.push({ name: body, lines: [] });
      continue;
    }
    const section = sections.at(-1);
    if (section === undefined) {
      const problem = "an indented line before the first section";
      throw lockfileSyntax({ place: { file, line, column: 1 }, problem });
    }
    section.lines.push({ indent, text: body, line });
  }
  return sections;
}

/** `rails (7.1.3)` and `nokogiri (1.16.0-x86_64-linux)`. */
export interface GemSpec {
  readonly name: string;
  readonly version: string;
  /** `ruby` for source gems. */
  readonly platform: string;
}

export function parseSpec(text: string): (GemSpec & { readonly rest: string }) | undefined {
  const [, name, version, platform = "ruby", rest = ""] =
    /^(\S+) \(([^\s()-]+)(?:-([^\s()]+))?\)\s*(.*)$/.exec(text) ?? [];
  if (name === undefined || version === undefined) return undefined;
  return { name, version, platform, rest };
}

/** The value of `remote: …` and the like. */
export function fieldOf(section: GemSection, field: string): string | undefined {
  const line = section.lines.find(
    ({ indent, text }) => indent === 2 && text.startsWith(`${field}: `),
  );
  return line?.text.slice(field.length + 2).trim();
}

/** A gem's line, indented by four, and the names of what it depends on, indented by six. */
export interface SpecLine extends GemLine {
  readonly needs: readonly string[];
}

/** The gems of a section. */
export function specLines(section: GemSection): readonly SpecLine[] {
  const start = section.lines.findIndex(({ text }) => text === "specs:");
  const found: (GemLine & { needs: string[] })[] = [];
  for (const line of start === -1 ? [] : section.lines.slice(start + 1)) {
    if (line.indent === 4) found.push({ ...line, needs: [] });
    else if (line.indent === 6) found.at(-1)?.needs.push(line.text.replace(/[ !(].*$/, ""));
  }
  return found;
}

/** Names of the gems that the Gemfile itself asks for. */
export function directGems(sections: readonly GemSection[]): readonly string[] {
  const lines = sections
    .filter(({ name }) => name === "DEPENDENCIES")
    .flatMap(({ lines }) => lines);
  return lines.map(({ text }) => text.replace(/[ !(].*$/, ""));
}
