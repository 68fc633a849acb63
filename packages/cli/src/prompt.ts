import { addAbortSignal } from "node:stream";
import type { Context, InputStream } from "./context.ts";
import { interrupted } from "./errors.ts";

type ReadFrom = Pick<Context, "stdin" | "signal">;

/** All of standard input, as the bytes it is. */
export async function readBytes({ stdin, signal }: ReadFrom): Promise<Buffer> {
  addAbortSignal(signal, stdin);
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** All of standard input as UTF-8 text. */
export async function readAll(from: ReadFrom): Promise<string> {
  return (await readBytes(from)).toString("utf8");
}

/** Asks on the terminal and returns the line that was typed; `hidden` shows nothing of it. */
export async function ask(
  context: Context,
  question: string,
  options: { hidden: boolean },
): Promise<string> {
  const { stdin, output, signal } = context;
  output.raw(question, "stderr");
  stdin.setEncoding("utf8");
  stdin.setRawMode?.(options.hidden);
  try {
    return await readLine(stdin, signal);
  } finally {
    stdin.setRawMode?.(false);
    stdin.pause();
    if (options.hidden) output.raw("\n", "stderr");
  }
}

async function readLine(stdin: InputStream, signal: AbortSignal): Promise<string> {
  addAbortSignal(signal, stdin);
  let line = "";
  for await (const chunk of stdin.iterator({ destroyOnReturn: false })) {
    const characters = [...String(chunk)];
    for (const [index, character] of characters.entries()) {
      const typed = typeCharacter(line, character);
      if (typed === undefined) {
        // What was pasted beyond the end of the line answers the next question.
        const rest = characters.slice(index + 1).join("");
        if (rest !== "") stdin.unshift(rest);
        return line;
      }
      line = typed;
    }
  }
  return line;
}

/** The line after one more key; undefined where the key ends it. In raw mode editing is up to us. */
function typeCharacter(line: string, character: string): string | undefined {
  switch (character) {
    case "\r":
    case "\n":
    case "\u0004":
      return undefined;
    case "\u0003":
      throw interrupted({ message: "stopped by Ctrl-C; nothing was changed" });
    case "\u007f":
    case "\b":
      return [...line].slice(0, -1).join("");
    case "\u0015":
      return "";
    default:
      return line + character;
  }
}
