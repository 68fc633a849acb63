import { parseDuration } from "../config/values.ts";

/** Seconds of `15`, `"15s"`, `"500ms"`, `"1m30s"` or `"15"`; undefined where it is none of these. */
export function parseSeconds(value: string | number): number | undefined {
  if (typeof value === "number") return value < 0 ? undefined : value;
  const text = value.trim();
  const millis = /^(\d+(?:\.\d+)?)ms$/.exec(text)?.[1];
  if (millis !== undefined) return Number(millis) / 1000;
  return /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : parseDuration(text);
}
