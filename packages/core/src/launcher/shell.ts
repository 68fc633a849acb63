import { encodeShellWord } from "../encode/shell.ts";
import type { StringPart } from "../nix/ast.ts";
import { spliced, type Text, type TextPart } from "./text.ts";

/** Parts of a shell script that becomes one Nix string. */
export type ShellText = readonly StringPart[];

/** bash takes a bare one inside of a reference for the beginning of a quotation. */
const apostrophe = '$(printf "\\047")';
const plainWord = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** One word of a shell command; nothing in it is expanded but the references it was parsed into. */
export function shellWord(text: Text): ShellText {
  if (text.length === 1 && isArguments(text[0])) return ['"$@"'];
  const isPlain =
    text.length > 0 &&
    text.every((part) => (typeof part === "string" ? plainWord.test(part) : part.kind === "nix"));
  if (isPlain) return text.flatMap(partsOf);
  if (text.every((part) => typeof part === "string")) return [encodeShellWord(text.join(""))];
  return ['"', ...text.flatMap((part) => inDoubleQuotes(part)), '"'];
}

function isArguments(part: TextPart | undefined): boolean {
  return typeof part === "object" && part.kind === "arguments";
}

function partsOf(part: TextPart): ShellText {
  if (typeof part === "string") return [part];
  if (part.kind === "nix") return spliced(part.expr);
  throw new Error(`not known before the start: ${part.kind}`);
}

function inDoubleQuotes(part: TextPart): ShellText {
  if (typeof part === "string") return [part.replaceAll(/[\\"$`]/g, "\\$&")];
  switch (part.kind) {
    case "nix":
      return spliced(part.expr);
    case "arguments":
      return ["$*"];
    case "secret":
      return [`$(kept_secret ${part.bytes})`];
    case "variable":
      return reference(part);
  }
}

function reference(part: Extract<TextPart, { kind: "variable" }>): ShellText {
  const { name, fallback } = part;
  if (fallback === undefined) return [`\${${name}}`];
  const inner = fallback.text.flatMap((inside) =>
    typeof inside === "string"
      ? [inside.replaceAll(/[\\"$`}]/g, "\\$&").replaceAll("'", apostrophe)]
      : inDoubleQuotes(inside),
  );
  return [`\${${name}:${fallback.kind === "default" ? "-" : "?"}`, ...inner, "}"];
}
