import { isJsonArray, isJsonObject, type JsonValue } from "./json-value.ts";
import { checkNumber, checkText } from "./text.ts";

/** JSON text with two spaces of indentation and a line break at the end. */
export function encodeJson(value: JsonValue): string {
  checkValue("JSON", value);
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Refuses texts, keys included, and numbers that the target language has no spelling for. */
export function checkValue(target: string, value: JsonValue): void {
  if (typeof value === "string") checkText(target, value);
  else if (typeof value === "number") checkNumber(target, value);
  else if (isJsonArray(value)) for (const item of value) checkValue(target, item);
  else if (isJsonObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      checkText(target, key);
      checkValue(target, item);
    }
  }
}
