import { findBlocks } from "./markdown.ts";

/** A command of a page, with what the page shows of its output. */
export interface PageCommand {
  readonly kind: "command";
  readonly text: string;
  /** undefined where the page shows none. */
  readonly output: string | undefined;
}

/** A file that the page tells to write. */
export interface PageFile {
  readonly kind: "file";
  readonly path: string;
  readonly text: string;
}

export type PageStep = PageCommand | PageFile;

/**
 * What a page has its reader do, in order. `sh` blocks are commands; `console` blocks are commands behind `$ ` and
 * what they print; a block with a file's name after its language is that file.
 */
export function readSteps(source: string): readonly PageStep[] {
  return findBlocks(source).flatMap(({ language, file, text }): readonly PageStep[] => {
    if (file !== undefined) return [{ kind: "file", path: file, text: `${text}\n` }];
    if (language === "sh") return readCommands(text);
    return language === "console" ? readConsole(text) : [];
  });
}

/** Lines that go on after a backslash belong together; lines that are only a remark are none. */
function readCommands(text: string): readonly PageCommand[] {
  const whole = text.replaceAll(/\\\n\s*/g, "").split("\n");
  return whole
    .filter((line) => line.trim() !== "" && !line.trimStart().startsWith("#"))
    .map((line) => ({ kind: "command", text: line, output: undefined }));
}

function readConsole(text: string): readonly PageCommand[] {
  const parts = text.split(/^\$ /m).slice(1);
  return parts.map((part) => {
    const [line = "", ...output] = part.split("\n");
    const shown = output.join("\n").trimEnd();
    return { kind: "command", text: line, output: shown === "" ? undefined : shown };
  });
}

/** Lines of blocks without a language that look as if somebody should type them: nothing would try them. */
export function unmarkedCommands(source: string): readonly string[] {
  return findBlocks(source)
    .filter(({ language }) => language === "" || language === "bash" || language === "shell")
    .flatMap(({ text }) => text.split("\n"))
    .filter((line) => /^(\$ |(hop3|git|npm|curl|export|tar|ssh|mkdir|cd) )/.test(line));
}

/** Whether what a command has printed is what the page shows: `…` stands for anything, also for whole lines. */
export function showsOutput(shown: string, printed: string): boolean {
  const pattern = normalise(shown)
    .split("\n")
    .map((line) => (line.trim() === "…" ? "(?:[^\\n]*\\n)*" : `${escapeLine(line)}\\n`))
    .join("");
  return new RegExp(`^${pattern}$`).test(`${normalise(printed)}\n`);
}

function escapeLine(line: string): string {
  const parts = line.split("…").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return parts.join("[^\\n]*");
}

/** Times, ports and the width of columns are not the same twice. */
function normalise(text: string): string {
  return text
    .trimEnd()
    .replaceAll(/\b\d+(?:\.\d+)? (?:ms|s|min)\b/g, "TIME")
    .replaceAll(/(localhost|127\.0\.0\.1):\d+/g, "$1:PORT")
    .replaceAll(/[ \t]+/g, " ")
    .replaceAll(/ $/gm, "");
}
