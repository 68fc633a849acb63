import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type TimelineEntry, TimelineEvent } from "@hop3/core";
import type { AppHome } from "../home.ts";

type Listener = (event: TimelineEvent) => void;

/** Writes and reads the timelines of Deployments, and hands each event to whoever is watching. */
export interface Timelines {
  append(app: AppHome, deployment: number, entry: TimelineEntry): TimelineEvent;
  /** Everything after event number `after`, then what comes, until the end event or the abort. */
  follow(
    app: AppHome,
    deployment: number,
    options: { readonly after: number; readonly signal: AbortSignal },
  ): AsyncGenerator<TimelineEvent>;
  read(app: AppHome, deployment: number): readonly TimelineEvent[];
}

export function timelineFile(app: AppHome, deployment: number): string {
  return join(app.deployments, `${deployment}.jsonl`);
}

/**
 * One JSON object a line, appended as it happens: a killed server leaves at worst half a last line, which is skipped and
 * whose number the next event takes.
 */
export function makeTimelines(now: () => Date): Timelines {
  const listeners = new Map<number, Set<Listener>>();
  const lastSeq = new Map<number, number>();
  return {
    read,
    append(app, deployment, entry) {
      const seq = (lastSeq.get(deployment) ?? prepareFile(app, deployment)) + 1;
      const event = TimelineEvent.parse({ seq, at: now().toISOString(), ...entry });
      appendFileSync(timelineFile(app, deployment), `${JSON.stringify(event)}\n`, { mode: 0o640 });
      lastSeq.set(deployment, seq);
      for (const listener of listeners.get(deployment) ?? []) listener(event);
      if (event.type === "end") lastSeq.delete(deployment);
      return event;
    },
    async *follow(app, deployment, { after, signal }) {
      const queue = makeEventQueue(signal);
      const watching = listeners.get(deployment) ?? new Set();
      listeners.set(deployment, watching.add(queue.push));
      try {
        // Nothing is awaited between this read and the listener's first event: none is lost, `seq` drops repeats.
        const events = read(app, deployment);
        yield* unseen(events, queue.next, after);
      } finally {
        watching.delete(queue.push);
        if (watching.size === 0) listeners.delete(deployment);
      }
    },
  };
}

/** Each event once, first those on record, then those that come, up to the end event. */
async function* unseen(
  recorded: readonly TimelineEvent[],
  next: () => Promise<TimelineEvent | undefined>,
  after: number,
): AsyncGenerator<TimelineEvent> {
  let seen = after;
  const waiting = [...recorded];
  for (;;) {
    const event = waiting.shift() ?? (await next());
    if (event === undefined) return;
    if (event.seq > seen) yield event;
    seen = Math.max(seen, event.seq);
    if (event.type === "end") return;
  }
}

interface EventQueue {
  readonly push: Listener;
  /** undefined when the signal has been given. */
  readonly next: () => Promise<TimelineEvent | undefined>;
}

function makeEventQueue(signal: AbortSignal): EventQueue {
  const events: TimelineEvent[] = [];
  let wake = (): void => {};
  signal.addEventListener("abort", () => wake(), { once: true });
  return {
    push(event) {
      events.push(event);
      wake();
    },
    async next() {
      while (events.length === 0 && !signal.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return events.shift();
    },
  };
}

function read(app: AppHome, deployment: number): TimelineEvent[] {
  const file = timelineFile(app, deployment);
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8").split("\n").flatMap(parseLine);
}

/** Makes the file ready for the next line; returns the last number in it. */
function prepareFile(app: AppHome, deployment: number): number {
  const file = timelineFile(app, deployment);
  mkdirSync(dirname(file), { recursive: true });
  if (existsSync(file) && !readFileSync(file, "utf8").endsWith("\n")) appendFileSync(file, "\n");
  return read(app, deployment).at(-1)?.seq ?? 0;
}

function parseLine(line: string): TimelineEvent[] {
  if (line === "") return [];
  try {
    return [TimelineEvent.parse(JSON.parse(line))];
  } catch {
    return [];
  }
}
