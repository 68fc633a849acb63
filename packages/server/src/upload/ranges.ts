/** The first number, and the one behind the last. */
export type Range = [from: number, to: number];

/** Rising numbers as runs: of a first upload everything is missing, and that is one run. */
export function toRanges(numbers: readonly number[]): Range[] {
  const ranges: Range[] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last?.[1] === number) last[1] = number + 1;
    else ranges.push([number, number + 1]);
  }
  return ranges;
}
