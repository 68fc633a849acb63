/** One logical line: continuations joined, comments gone. `line` is where it starts. */
export interface LogicalLine {
  readonly text: string;
  readonly line: number;
}

/** Lines as pip reads them. */
export function logicalLines(text: string): readonly LogicalLine[] {
  const lines: LogicalLine[] = [];
  let open: { text: string; line: number } | undefined;
  for (const [index, raw] of text
    .replace(/^\u{feff}/u, "")
    .split(/\r?\n/)
    .entries()) {
    const isComment = /^\s*#/.test(raw);
    const continues = !isComment && raw.endsWith("\\");
    const part = isComment ? "" : (continues ? raw.slice(0, -1) : raw).replace(/(?:^|\s)#.*$/, "");
    open = { text: `${open?.text ?? ""} ${part.trim()}`, line: open?.line ?? index + 1 };
    if (continues) continue;
    if (open.text.trim() !== "") lines.push({ text: open.text.trim(), line: open.line });
    open = undefined;
  }
  if (open !== undefined && open.text.trim() !== "")
    lines.push({ ...open, text: open.text.trim() });
  return lines;
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
