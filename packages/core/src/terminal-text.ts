/** Text for people on a terminal, at either end of a wire. */

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
