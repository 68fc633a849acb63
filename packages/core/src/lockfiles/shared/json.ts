import type { z } from "zod";
import { lockfileSyntax } from "../lockfile-errors.ts";
import { positionAt } from "./position.ts";

interface File {
  readonly file: string;
  readonly text: string;
  readonly refresh?: string;
}

/** Reads JSON into a schema; fails with line and column. */
export function parseJson<Schema extends z.ZodType>(input: File, schema: Schema): z.infer<Schema> {
  return checkShape(input, schema, readJson(input));
}

/** Holds what a parser made of a file against a schema; the failure names the key. */
export function checkShape<Schema extends z.ZodType>(
  input: File,
  schema: Schema,
  value: unknown,
): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue?.path.map(String) ?? [];
  const key = path.findLast((part) => !/^\d+$/.test(part)) ?? "";
  const offset = key === "" ? -1 : input.text.indexOf(key);
  const place = { file: input.file, ...(offset < 0 ? {} : positionAt(input.text, offset)) };
  const where = path.length === 0 ? "" : `${path.join(" > ").slice(0, 200)}: `;
  const problem = `${where}${issue?.message ?? "not of the expected form"}`;
  throw lockfileSyntax({ place, problem, ...refreshOf(input) });
}

function readJson(input: File): unknown {
  const text = input.text.startsWith("\u{feff}") ? input.text.slice(1) : input.text;
  try {
    return JSON.parse(text);
  } catch (cause) {
    const place = { file: input.file, ...positionAt(text, findJsonError(text)) };
    const problem = "this is not valid JSON";
    throw lockfileSyntax({ place, problem, ...refreshOf(input) }, { cause });
  }
}

function refreshOf(input: File): { refresh?: string } {
  return input.refresh === undefined ? {} : { refresh: input.refresh };
}

const token =
  /[ \t\r\n]*(?:([{}[\],:])|("(?:[^"\\]|\\.)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/y;

/** What may stand next; `open` is the stack of brackets. */
interface JsonState {
  readonly open: string[];
  wants: "value" | "key" | "colon" | "comma" | "end" | "firstKey" | "firstValue";
}

/** Offset of the first thing that JSON does not allow: engines do not agree on how to report it. */
export function findJsonError(text: string): number {
  const state: JsonState = { open: [], wants: "value" };
  token.lastIndex = 0;
  let at = 0;
  for (;;) {
    const match = token.exec(text);
    if (match === null) break;
    if (!accept(state, match[1] ?? "value", match[2] ?? "")) break;
    at = token.lastIndex;
  }
  return at + (/^[ \t\r\n]*/.exec(text.slice(at))?.[0].length ?? 0);
}

function accept(state: JsonState, what: string, text: string): boolean {
  switch (what) {
    case "{":
      return openBracket(state, what, "firstKey");
    case "[":
      return openBracket(state, what, "firstValue");
    case "}":
      return closeBracket(state, "{", "firstKey");
    case "]":
      return closeBracket(state, "[", "firstValue");
    case ":":
      return step(state, "colon", "value");
    case ",":
      return step(state, "comma", state.open.at(-1) === "{" ? "key" : "value");
    default:
      return isValidScalar(text) && acceptScalar(state, text.startsWith('"'));
  }
}

/** The pattern takes any escape and control character between quotes; JSON does not. */
function isValidScalar(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function openBracket(state: JsonState, bracket: string, wants: JsonState["wants"]): boolean {
  if (state.wants !== "value" && state.wants !== "firstValue") return false;
  state.open.push(bracket);
  state.wants = wants;
  return true;
}

function closeBracket(state: JsonState, opened: string, first: JsonState["wants"]): boolean {
  if (state.open.at(-1) !== opened) return false;
  if (state.wants !== "comma" && state.wants !== first) return false;
  state.open.pop();
  state.wants = state.open.length === 0 ? "end" : "comma";
  return true;
}

function acceptScalar(state: JsonState, isString: boolean): boolean {
  if (state.wants === "key" || state.wants === "firstKey") {
    if (isString) state.wants = "colon";
    return isString;
  }
  if (state.wants !== "value" && state.wants !== "firstValue") return false;
  state.wants = state.open.length === 0 ? "end" : "comma";
  return true;
}

function step(state: JsonState, from: JsonState["wants"], to: JsonState["wants"]): boolean {
  if (state.wants !== from) return false;
  state.wants = to;
  return true;
}
