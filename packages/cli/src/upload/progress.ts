import { line, type Span } from "../blocks.ts";
import type { Output } from "../output.ts";
import { fitLine, formatBytes, formatDuration } from "../text.ts";

export interface Amount {
  readonly files: number;
  readonly bytes: number;
}

/** How far something has come that is counted in files and bytes: a bar on a terminal, now and then a line elsewhere. */
export interface Progress {
  /** Starts to count anew. */
  begin(total: Amount): void;
  add(bytes: number): void;
  fileDone(): void;
  close(): void;
}

const drawMs = 100;
const heartbeatMs = 15_000;
const barWidth = 20;
/** The rate is that of the last few seconds. */
const rateMs = 5_000;

interface Count {
  readonly total: Amount;
  files: number;
  bytes: number;
  /** Moments, and how many bytes there were. */
  readonly marks: (readonly [at: number, bytes: number])[];
}

export function makeProgress(
  verb: string,
  { output, now }: { readonly output: Output; readonly now: () => number },
): Progress {
  const start = (total: Amount): Count => ({ total, files: 0, bytes: 0, marks: [[now(), 0]] });
  let count = start({ files: 0, bytes: 0 });
  const draw = (): void => {
    const at = now();
    count.marks.push([at, count.bytes]);
    while (count.marks.length > 2 && at - (count.marks[0]?.[0] ?? at) > rateMs) count.marks.shift();
    if (output.live) output.redraw(liveLine(verb, count, output.columns));
    else output.print(line(stillLine(verb, count)));
  };
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    clearInterval(timer);
    if (timer !== undefined && output.live) output.redraw([]);
    timer = undefined;
  };
  return {
    begin(total) {
      end();
      count = start(total);
      if (total.files === 0) return;
      timer = setInterval(draw, output.live ? drawMs : heartbeatMs);
      timer.unref();
    },
    add(bytes) {
      count.bytes += bytes;
    },
    fileDone() {
      count.files += 1;
    },
    close: end,
  };
}

function liveLine(verb: string, count: Count, columns: number): Span[] {
  const share = shareOf(count);
  const filled = Math.floor(share * barWidth);
  const bar = `${"█".repeat(filled)}${"░".repeat(barWidth - filled)}`;
  const text = ` ${verb.padEnd(9)}  ${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${amounts(count)}`;
  // One column stays free: some terminals wrap as soon as the last one is taken.
  return [fitLine(text, columns - 1)];
}

function stillLine(verb: string, count: Count): string {
  return `  ${verb.padEnd(9)}  ${amounts(count)}`;
}

function shareOf({ total, files, bytes }: Count): number {
  return total.bytes === 0 ? files / Math.max(1, total.files) : Math.min(1, bytes / total.bytes);
}

function amounts(count: Count): string {
  const { total, files, bytes } = count;
  const rate = rateOf(count);
  const left = rate === 0 ? "" : `, ${formatDuration(((total.bytes - bytes) / rate) * 1000)} left`;
  const sizes = `${formatBytes(bytes)} of ${formatBytes(total.bytes)}`;
  return `${files}/${total.files} files, ${sizes}, ${formatBytes(rate)}/s${left}`;
}

/** Bytes a second. */
function rateOf({ marks, bytes }: Count): number {
  const [first] = marks;
  const last = marks.at(-1);
  if (first === undefined || last === undefined || last[0] <= first[0]) return 0;
  return Math.max(0, ((bytes - first[1]) / (last[0] - first[0])) * 1000);
}
