/** Up to three of the known names that `wanted` was probably meant to be, the nearest first. */
export function nearest(wanted: string, known: Iterable<string>): readonly string[] {
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  const scored: { name: string; distance: number }[] = [];
  for (const name of known) {
    if (Math.abs(name.length - wanted.length) > limit) continue;
    const distance = editDistance(wanted.toLowerCase(), name.toLowerCase(), limit);
    if (distance <= limit) scored.push({ name, distance });
  }
  scored.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return scored.slice(0, 3).map((entry) => entry.name);
}

/** Damerau-Levenshtein with adjacent swaps; anything above `limit` may be reported as `limit + 1`. */
function editDistance(a: string, b: string, limit: number): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = nextRow({ a, b, last, beforeLast }, i);
    if (Math.min(...row) > limit) return limit + 1;
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? limit + 1;
}

interface Rows {
  readonly a: string;
  readonly b: string;
  readonly last: readonly number[];
  readonly beforeLast: readonly number[];
}

/** Distances of the first `i` characters of `a` from every beginning of `b`. */
function nextRow({ a, b, last, beforeLast }: Rows, i: number): readonly number[] {
  const row = [i];
  for (let j = 1; j <= b.length; j++) {
    const cost = a[i - 1] === b[j - 1] ? 0 : 1;
    const edited = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
    const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
    row[j] = isSwap ? Math.min(edited, (beforeLast[j - 2] ?? 0) + 1) : edited;
  }
  return row;
}
