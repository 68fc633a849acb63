import { endOfPiece, splitWords } from "./words.ts";

/** Words that open something which ends further on: such a script is taken as a whole. */
const compound = /^(?:if|for|while|until|case|function|select|do|then|else|elif|\{|\(|\[\[)$|^\(/;

/**
 * The simple commands of a shell script, in order; undefined where it has loops, conditions, pipes,
 * alternatives or here-documents, so that its parts cannot be judged one by one.
 */
export function splitScript(script: string): readonly string[] | undefined {
  const pieces = splitPieces(script);
  if (pieces.some((piece) => piece === "||" || piece === "<<" || piece === "|")) return undefined;
  const commands = [""];
  for (const piece of pieces) {
    if (separators.has(piece)) commands.push("");
    // A line may go on in the next one.
    else commands.push((commands.pop() ?? "") + (piece === "\\\n" ? " " : piece));
  }
  const found = commands.map((text) => text.trim()).filter((text) => text !== "");
  const isCompound = found.some((text) => compound.test(splitWords(text)[0] ?? ""));
  return isCompound ? undefined : found.filter((text) => !text.startsWith("#"));
}

const separators: ReadonlySet<string> = new Set(["&&", ";", "\n"]);
const operators: ReadonlySet<string> = new Set(["&&", "||", "<<"]);

/** Operators, quoted texts and single characters; joined they are the script again. */
export function splitPieces(script: string): readonly string[] {
  const pieces: string[] = [];
  let at = 0;
  while (at < script.length) {
    const two = script.slice(at, at + 2);
    const end = operators.has(two) ? at + 2 : endOfPiece(script, at, "\\");
    pieces.push(script.slice(at, end));
    at = end;
  }
  return pieces;
}
