/** One logical line: continuations joined, comments gone. `line` is where it starts. */
export interface LogicalLine {
  readonly text: string;
  readonly line: number;
}

/** Lines as pip reads them. */
export function logicalLines(text: string): readonly LogicalLine[] {
  const lines: { text: string; line: number }[] = [];
  let isOpen = false;
  for (const [index, raw] of text
    .replace(/^\u{feff}/u, "")
    .split(/\r?\n/)
    .entries()) {
    const { part, continues } = readPart(raw);
    const last = lines.at(-1);
    if (isOpen && last !== undefined) last.text = `${last.text} ${part}`.trim();
    else lines.push({ text: part, line: index + 1 });
    isOpen = continues;
  }
  return lines.filter((line) => line.text !== "");
}

/** A comment ends a line, also one that a backslash seems to continue. */
function readPart(raw: string): { readonly part: string; readonly continues: boolean } {
  if (/^\s*#/.test(raw)) return { part: "", continues: false };
  const continues = raw.endsWith("\\");
  const body = continues ? raw.slice(0, -1) : raw;
  return { part: body.replace(/\s#.*$/, "").trim(), continues };
}

export interface HashedLine {
  /** What stands before the first option. */
  readonly requirement: string;
  readonly hashes: readonly string[];
}

/** Takes `--hash=sha256:…` and other options of one requirement off its end. */
export function splitHashes(text: string): HashedLine {
  const cut = text.search(/\s--[a-z]/);
  const options = cut === -1 ? "" : text.slice(cut);
  const hashes = [...options.matchAll(/--hash(?:=|\s+)(\S+)/g)].map((match) => match[1] ?? "");
  return { requirement: (cut === -1 ? text : text.slice(0, cut)).trim(), hashes };
}

/** `-r base.txt`, `--constraint=x.txt`: which file, and what it is for. */
export function readInclude(
  text: string,
): { readonly kind: "requirements" | "constraints"; readonly path: string } | undefined {
  const [, long, short, path] =
    /^(?:--(requirement|constraint)(?:=|\s+)|-([rc])\s*)(.+)$/.exec(text) ?? [];
  if (path === undefined) return undefined;
  const isRequirements = long === "requirement" || short === "r";
  return { kind: isRequirements ? "requirements" : "constraints", path: path.trim() };
}
