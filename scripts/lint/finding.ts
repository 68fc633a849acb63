/** One thing that a rule of the project's own found. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}

/** A file of the repository as the rules see it. */
export interface SourceFile {
  /** Relative to the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export type Rule = (file: SourceFile) => Finding[];

/** Everything that `pattern` matches in `file`, as findings. */
export function findAll(file: SourceFile, pattern: RegExp, found: Omit<Finding, "file" | "line">) {
  return [...file.text.matchAll(pattern)].map(
    (match): Finding => ({ file: file.path, line: lineAt(file.text, match.index), ...found }),
  );
}

/** The line, counted from 1, of a position in a text. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
