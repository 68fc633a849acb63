import { checkValue } from "./json.ts";
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from "./json-value.ts";
import { decimal } from "./text.ts";

/** Longer keys need the explicit form: readers look no further for the colon. */
const MAX_SIMPLE_KEY = 120;
const PLAIN_KEY = /^[A-Za-z][A-Za-z0-9_-]*$/;
/** What YAML 1.1 takes for a boolean or null; 1.2 has fewer. */
const WORDS: ReadonlySet<string> = new Set("y n yes no on off true false null".split(" "));
/** Printable in JSON, but line breaks, marks or not printable in YAML. */
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/**
 * YAML that readers of version 1.1 and 1.2 take for the same value: block style, every text in
 * double quotes, written as JSON writes it.
 */
export function encodeYaml(value: JsonValue): string {
  checkValue("YAML", value);
  return `${block(value, "").join("\n")}\n`;
}

/** The lines of a value that begins on a line of its own. */
function block(value: JsonValue, indent: string): readonly string[] {
  if (isJsonArray(value) && value.length > 0) {
    return value.flatMap((item) => entry(`${indent}-`, item, indent));
  }
  if (isJsonObject(value) && Object.keys(value).length > 0) return mapping(value, indent);
  return [indent + scalar(value)];
}

function mapping(value: JsonObject, indent: string): readonly string[] {
  return Object.entries(value).flatMap(([key, item]) => {
    const name = encodeKey(key);
    if (name.length <= MAX_SIMPLE_KEY) return entry(`${indent}${name}:`, item, indent);
    return [`${indent}? ${name}`, ...entry(`${indent}:`, item, indent)];
  });
}

function entry(head: string, value: JsonValue, indent: string): readonly string[] {
  const isNested = typeof value === "object" && value !== null && Object.keys(value).length > 0;
  return isNested ? [head, ...block(value, `${indent}  `)] : [`${head} ${scalar(value)}`];
}

function scalar(value: JsonValue): string {
  if (typeof value === "string") return quote(value);
  if (typeof value === "number") return decimal(value);
  if (typeof value === "object" && value !== null) return isJsonArray(value) ? "[]" : "{}";
  return String(value);
}

function encodeKey(key: string): string {
  return PLAIN_KEY.test(key) && !WORDS.has(key.toLowerCase()) ? key : quote(key);
}

function quote(text: string): string {
  return JSON.stringify(text).replace(
    UNPRINTABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
