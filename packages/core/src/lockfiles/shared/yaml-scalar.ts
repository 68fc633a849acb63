/** A value of the YAML that lockfiles are written in: every scalar stays text, nothing is null. */
export type YamlValue = string | null | YamlValue[] | { [key: string]: YamlValue };

/** What the scanner could not read, and where in its line. */
export interface YamlProblem {
  readonly problem: string;
  readonly at: number;
}

export interface ScalarRead {
  readonly value: string;
  readonly end: number;
}

/** An object without a prototype: a key may be called __proto__. */
export function makeMap(): { [key: string]: YamlValue } {
  return Object.create(null) as { [key: string]: YamlValue };
}

export function isProblem(read: object | null): read is YamlProblem {
  return read !== null && "problem" in read;
}

const doubleQuoted = /"(?:[^"\\]|\\.)*"/y;
const singleQuoted = /'(?:[^']|'')*'/y;

/** A quoted scalar that starts at `at`. */
export function readQuoted(text: string, at: number): ScalarRead | YamlProblem {
  const quote = text[at];
  const pattern = quote === '"' ? doubleQuoted : singleQuoted;
  pattern.lastIndex = at;
  const raw = pattern.exec(text)?.[0];
  if (raw === undefined) return { problem: "a quoted text does not end in its line", at };
  const end = at + raw.length;
  if (quote === "'") return { value: raw.slice(1, -1).replaceAll("''", "'"), end };
  const value = unescapeJson(raw);
  return value === undefined
    ? { problem: "an escape that lockfiles do not use", at }
    : { value, end };
}

/** Double quotes of lockfiles are JSON's, as their writers call JSON.stringify or the like; \xHH besides. */
function unescapeJson(raw: string): string | undefined {
  const json = raw.replace(/\\x([0-9a-fA-F]{2})/g, "\\u00$1").replace(/\t/g, "\\t");
  try {
    return JSON.parse(json) as string;
  } catch {
    return undefined;
  }
}

/** Where a plain scalar may not start: anchors, tags, directives, block forms. */
const reserved = /^[&*!|>%@`"'{}[\],]|^[?:-](?:[ \t]|$)/;

export function plainProblem(text: string, at: number): YamlProblem | undefined {
  return reserved.test(text.slice(at, at + 2))
    ? { problem: `'${text[at] ?? ""}' starts a form of YAML that lockfiles do not use`, at }
    : undefined;
}

/** Without the comment and the blanks at its end. */
export function trimPlain(text: string): string {
  const comment = text.search(/[ \t]#/);
  return trimBlanks(comment === -1 ? text : text.slice(0, comment));
}

/** Without blanks at its end: to YAML, a no-break space is a letter. */
export function trimBlanks(text: string): string {
  let end = text.length;
  while (text[end - 1] === " " || text[end - 1] === "\t") end -= 1;
  return text.slice(0, end);
}
