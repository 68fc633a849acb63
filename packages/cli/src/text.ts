/** Text as a person reads it on a terminal: sizes, durations, ages, and what must never reach a terminal raw. */

import { plural } from "@hop3/core/base";

export { formatDuration, plural, safeLine } from "@hop3/core/base";

const units = ["B", "kB", "MB", "GB", "TB"] as const;

/** `1.2 MB`; powers of 1000, as disks are sold and closures compared. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

const ages = [
  { name: "year", seconds: 31_557_600 },
  { name: "month", seconds: 2_629_800 },
  { name: "day", seconds: 86_400 },
  { name: "hour", seconds: 3_600 },
  { name: "minute", seconds: 60 },
] as const;

/** `3 minutes ago`; `at` is an ISO date. */
export function formatAge(at: string, now: number): string {
  const seconds = Math.floor((now - Date.parse(at)) / 1000);
  for (const age of ages) {
    const count = Math.floor(seconds / age.seconds);
    if (count >= 1) return `${plural(count, age.name)} ago`;
  }
  return "just now";
}

/** `2026-11-23 14:00`, in UTC; `at` is an ISO date. */
export function formatMinute(at: string): string {
  return at.slice(0, 16).replace("T", " ");
}

let segmenter: Intl.Segmenter | undefined;
const plainAscii = /^[\u0020-\u007e]*$/;
const invisible = /^[\p{Mark}\p{Format}]+$/u;
const wide =
  /\p{Emoji_Presentation}|\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]/u;

/** What is one character to a reader. Made on first use: Node takes 10 ms for it, and most text is ASCII. */
function graphemes(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return segmenter.segment(text);
}

/** Columns that a line takes on a terminal. */
export function displayWidth(text: string): number {
  if (plainAscii.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes(text)) {
    if (invisible.test(segment)) continue;
    width += wide.test(segment) ? 2 : 1;
  }
  return width;
}

/** The line cut to `columns`, with a mark where something is missing. */
export function fitLine(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let fitted = "";
  let width = 1;
  for (const { segment } of graphemes(text)) {
    width += displayWidth(segment);
    if (width > columns) break;
    fitted += segment;
  }
  return `${fitted}…`;
}
