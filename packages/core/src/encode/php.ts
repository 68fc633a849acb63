import { checkValue } from "./json.ts";
import { isJsonArray, isJsonObject, type JsonValue } from "./json-value.ts";
import { decimal } from "./text.ts";

/** A PHP expression; objects become arrays with keys. PHP itself turns a key like "7" into 7. */
export function encodePhp(value: JsonValue): string {
  checkValue("PHP", value);
  return print(value, "");
}

function print(value: JsonValue, indent: string): string {
  if (typeof value === "string") return quote(value);
  if (typeof value === "number") return decimal(value);
  const inner = `${indent}    `;
  if (isJsonArray(value)) {
    return brackets(
      value.map((item) => print(item, inner)),
      indent,
    );
  }
  if (!isJsonObject(value)) return String(value);
  const entries = Object.entries(value);
  return brackets(
    entries.map(([key, item]) => `${quote(key)} => ${print(item, inner)}`),
    indent,
  );
}

function brackets(items: readonly string[], indent: string): string {
  if (items.length === 0) return "[]";
  return `[\n${items.map((item) => `${indent}    ${item},\n`).join("")}${indent}]`;
}

/** Single quotes expand nothing. */
function quote(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}
