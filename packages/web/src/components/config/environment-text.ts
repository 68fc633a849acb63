export interface EnvironmentText {
  readonly values: Readonly<Record<string, string>>;
  /** What cannot be read, in the order of the lines. */
  readonly problems: readonly string[];
}

const assignment = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/s;

/** Reads a pasted .env file: NAME=value, comments, quotes; a quoted value may have several lines. */
export function readEnvironment(text: string): EnvironmentText {
  const values: Record<string, string> = {};
  const problems: string[] = [];
  const lines = text.split(/\r?\n/);
  let index = 0;
  while (index < lines.length) {
    const line = (lines[index] ?? "").trim();
    const first = index;
    index++;
    if (line === "" || line.startsWith("#")) continue;
    const [, name, rest = ""] = assignment.exec(line) ?? [];
    if (name === undefined) {
      problems.push(`Line ${first + 1} is not NAME=value`);
      continue;
    }
    const value = readValue(rest, lines.slice(index));
    index += value.linesUsed;
    if (value.text === undefined)
      problems.push(`Line ${first + 1} opens a quote that is not closed`);
    else values[name] = value.text;
  }
  return { values, problems };
}

interface Value {
  /** Undefined where a quote is not closed. */
  readonly text: string | undefined;
  /** How many of the following lines belong to it. */
  readonly linesUsed: number;
}

function readValue(rest: string, following: readonly string[]): Value {
  const quote = rest[0];
  if (quote !== '"' && quote !== "'") return { text: rest.replace(/\s+#.*$/, ""), linesUsed: 0 };
  let body = rest.slice(1);
  let linesUsed = 0;
  while (endOf(body, quote) === -1 && linesUsed < following.length) {
    body += `\n${following[linesUsed] ?? ""}`;
    linesUsed++;
  }
  const end = endOf(body, quote);
  if (end === -1) return { text: undefined, linesUsed };
  const inside = body.slice(0, end);
  return { text: quote === "'" ? inside : withoutEscapes(inside), linesUsed };
}

/** Where the closing quote is; one behind a backslash does not count in double quotes. */
function endOf(body: string, quote: string): number {
  for (let index = 0; index < body.length; index++) {
    if (quote === '"' && body[index] === "\\") index++;
    else if (body[index] === quote) return index;
  }
  return -1;
}

function withoutEscapes(text: string): string {
  const known: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };
  return text.replace(/\\(.)/gs, (_, letter: string) => known[letter] ?? letter);
}
