import { readFile } from "node:fs/promises";

/** The middle of an odd number of values, the mean of the two middle ones of an even number. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Milliseconds that one run of `work` takes. */
export async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Runs `work` `count` times, one after the other, and returns what each run gave. */
export async function sample<Value>(
  count: number,
  work: (index: number) => Promise<Value>,
): Promise<Value[]> {
  const values: Value[] = [];
  for (let index = 0; index < count; index += 1) values.push(await work(index));
  return values;
}

/** One line of the report. */
export interface Figure {
  readonly figure: string;
  readonly unit: "ms" | "kB" | "MB" | "requests/s" | "derivations" | "events" | "lines";
  readonly floor: number;
  readonly value: number;
  readonly ratio: number;
  /** What the ratio (or, for MB, the value) has to reach. */
  readonly reach: string;
  readonly ok: boolean;
}

interface Limits {
  /** Highest ratio that is good. */
  readonly atMost?: number;
  /** Lowest ratio that is good. */
  readonly atLeast?: number;
}

/** Floor and value of one round, measured one right after the other. */
export interface Round {
  readonly floor: number;
  readonly value: number;
}

interface Measured extends Round {
  /** Median of the ratios of rounds, where floor and value were measured in turns. */
  readonly ratio?: number;
}

/** What rounds come to: a machine that is slow for a while is so for both sides of a round. */
export function summarize(rounds: readonly Round[]): Required<Measured> {
  return {
    floor: median(rounds.map(({ floor }) => floor)),
    value: median(rounds.map(({ value }) => value)),
    ratio: median(rounds.map(({ floor, value }) => value / floor)),
  };
}

/** A figure that is judged by its ratio to a floor measured in the same run. */
export function makeFigure(
  named: Pick<Figure, "figure" | "unit">,
  { floor, value, ratio = value / floor }: Measured,
  { atMost, atLeast }: Limits,
): Figure {
  const isBelow = atMost === undefined || ratio <= atMost;
  const isAbove = atLeast === undefined || ratio >= atLeast;
  const reaches = [
    ...(atMost === undefined ? [] : [`<= ${atMost}`]),
    ...(atLeast === undefined ? [] : [`>= ${atLeast}`]),
  ];
  return {
    ...named,
    floor: round(floor),
    value: round(value),
    ratio: round(ratio),
    reach: reaches.join(" and ") || "for information",
    ok: isBelow && isAbove,
  };
}

/** Three digits behind the point are more than any of these figures means. */
export function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** What a process holds in memory, Node's own file included. */
export async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}
