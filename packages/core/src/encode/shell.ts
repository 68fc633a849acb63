import { encodeImpossible } from "./encode-errors.ts";
import { checkText } from "./text.ts";

const PLAIN = /^[A-Za-z0-9_./:@%+,-]+$/;

/** Words with a meaning of their own at the beginning of a command. */
const RESERVED: ReadonlySet<string> = new Set(
  "case coproc do done elif else esac fi for function if in select then time until while".split(
    " ",
  ),
);

/** One word of a POSIX shell that stands for exactly this text. */
export function encodeShellWord(text: string): string {
  checkText("a shell word", text);
  if (PLAIN.test(text) && !RESERVED.has(text)) return text;
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** One command of a shell script: the program and its arguments, nothing expanded. */
export function encodeShellCommand(argv: readonly string[]): string {
  const [program = ""] = argv;
  if (program === "") {
    throw encodeImpossible({ target: "a shell command", what: "an empty program name", value: "" });
  }
  return argv.map(encodeShellWord).join(" ");
}
