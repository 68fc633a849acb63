import { stringify } from "smol-toml";
import { encodeImpossible } from "./encode-errors.ts";
import { checkValue } from "./json.ts";
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from "./json-value.ts";

/** TOML 1.0; it has no null. */
export function encodeToml(value: JsonObject): string {
  checkValue("TOML", value);
  refuseNull(value, "the document");
  return `${stringify(value).trimEnd()}\n`;
}

function refuseNull(value: JsonValue, place: string): void {
  if (value === null) throw encodeImpossible({ target: "TOML", what: "null", value: place });
  if (isJsonArray(value)) for (const item of value) refuseNull(item, place);
  if (isJsonObject(value)) for (const [key, item] of Object.entries(value)) refuseNull(item, key);
}
