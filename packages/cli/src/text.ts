/** Text as a person reads it on a terminal: sizes, durations, ages, and what must never reach a terminal raw. */

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

/** `340 ms`, `1.2 s`, `2 min 5 s`, `30 min`, `3 h 2 min`. */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return twoUnits(seconds, 60, ["min", "s"]);
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return twoUnits(minutes, 60, ["h", "min"]);
  return twoUnits(Math.round(minutes / 60), 24, ["d", "h"]);
}

function twoUnits(count: number, size: number, [large, small]: readonly [string, string]): string {
  const rest = count % size;
  const whole = `${Math.floor(count / size)} ${large}`;
  return rest === 0 ? whole : `${whole} ${rest} ${small}`;
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

/** `1 path`, `2 paths`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose.
const colourSequence = /\u001b\[[0-9;:]*m/g;
// C0, DEL, C1, line separators and the marks that reorder text; a tab is harmless.
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose.
const unsafe = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * One line that a terminal shows as text and never obeys: colours go, every other control character is spelled out.
 * Whoever writes a log line must not be able to move our cursor, set a title or fill a clipboard.
 */
export function safeLine(text: string): string {
  return text
    .replace(colourSequence, "")
    .replace(unsafe, spellOut)
    .replace(loneSurrogate, "\ufffd");
}

function spellOut(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\r") return "\\r";
  const code = character.charCodeAt(0);
  const digits = code < 0x100 ? 2 : 4;
  return `\\${digits === 2 ? "x" : "u"}${code.toString(16).padStart(digits, "0")}`;
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
