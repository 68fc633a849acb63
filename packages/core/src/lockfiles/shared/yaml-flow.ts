import {
  isProblem,
  makeMap,
  plainProblem,
  readQuoted,
  trimBlanks,
  type YamlProblem,
  type YamlValue,
} from "./yaml-scalar.ts";

const maxDepth = 32;

interface FlowRead {
  readonly value: YamlValue;
  readonly end: number;
}

/** Reads `{a: b}` and `[a, b]`, which stand in one line. */
export function readFlow(text: string, at: number, depth = 0): FlowRead | YamlProblem {
  if (depth > maxDepth) return { problem: "nested too deeply", at };
  if (text[at] === "{") return readFlowMap(text, at, depth);
  if (text[at] === "[") return readFlowList(text, at, depth);
  if (text[at] === '"' || text[at] === "'") return readQuoted(text, at);
  const problem = plainProblem(text, at);
  if (problem !== undefined) return problem;
  const end = plainEnd(text, at);
  return { value: trimBlanks(text.slice(at, end)), end };
}

/** Offset of the comma, bracket or colon that ends a plain scalar. */
function plainEnd(text: string, at: number): number {
  for (let end = at; end < text.length; end++) {
    const next = text[end + 1];
    if (",{}[]".includes(text.charAt(end))) return end;
    if (text[end] === ":" && (next === " " || next === undefined || ",{}[]".includes(next)))
      return end;
  }
  return text.length;
}

function readFlowList(text: string, start: number, depth: number): FlowRead | YamlProblem {
  const value: YamlValue[] = [];
  let at = skipBlanks(text, start + 1);
  while (text[at] !== "]") {
    const item = readFlow(text, at, depth + 1);
    if (isProblem(item)) return item;
    value.push(item.value);
    const next = afterItem(text, item.end, "]");
    if (next === undefined) return { problem: "a list does not end in its line", at: item.end };
    at = next;
  }
  return { value, end: at + 1 };
}

function readFlowMap(text: string, start: number, depth: number): FlowRead | YamlProblem {
  const value = makeMap();
  let at = skipBlanks(text, start + 1);
  while (text[at] !== "}") {
    const key = readFlow(text, at, depth + 1);
    if (isProblem(key)) return key;
    const colon = skipBlanks(text, key.end);
    if (typeof key.value !== "string" || text[colon] !== ":")
      return { problem: "a key without ':'", at };
    const item = readFlow(text, skipBlanks(text, colon + 1), depth + 1);
    if (isProblem(item)) return item;
    value[key.value] = item.value;
    const next = afterItem(text, item.end, "}");
    if (next === undefined) return { problem: "a map does not end in its line", at: item.end };
    at = next;
  }
  return { value, end: at + 1 };
}

/** Offset of the next item, or of the bracket. */
function afterItem(text: string, end: number, bracket: string): number | undefined {
  const at = skipBlanks(text, end);
  if (text[at] === bracket) return at;
  return text[at] === "," ? skipBlanks(text, at + 1) : undefined;
}

function skipBlanks(text: string, at: number): number {
  let next = at;
  while (text[next] === " ") next += 1;
  return next;
}
