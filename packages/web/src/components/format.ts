/** `12.3 MB`: powers of ten, as disks are sold. */
export function bytes(count: number): string {
  if (count < 1000) return `${count} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = count / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** `230 ms`, `4.2 s`, `30 s`, `3 min 5 s`, `2 h 1 min`, `3 d 4 h`: the two largest units are enough. */
export function duration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  const tenths = Math.round(ms / 100);
  if (tenths < 600) return `${tenths % 10 === 0 ? tenths / 10 : (tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return inTwo(seconds, [60, "min", "s"]);
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return inTwo(minutes, [60, "h", "min"]);
  return inTwo(Math.round(minutes / 60), [24, "d", "h"]);
}

function inTwo(count: number, [size, large, small]: readonly [number, string, string]): string {
  const rest = count % size;
  const whole = `${Math.floor(count / size)} ${large}`;
  return rest === 0 ? whole : `${whole} ${rest} ${small}`;
}

/** `1 file`, `12,300 files`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

/** `14:03:12.123` where whoever reads it is, with its date where that is not the day that began at `midnight`. */
export function clock(at: string, midnight: number): string {
  const date = new Date(at);
  const time = `${twoDigits(date.getHours(), date.getMinutes(), date.getSeconds()).join(":")}.${at.slice(20, 23)}`;
  if (date.getTime() >= midnight) return time;
  const day = twoDigits(date.getFullYear(), date.getMonth() + 1, date.getDate()).join("-");
  return `${day} ${time}`;
}

function twoDigits(...numbers: readonly number[]): string[] {
  return numbers.map((number) => String(number).padStart(2, "0"));
}

/** The beginning of a commit, as git shortens it; what is no hash stays whole. */
export function shortRevision(revision: string): string {
  return /^[0-9a-f]{40,}$/.test(revision) ? revision.slice(0, 12) : revision;
}
