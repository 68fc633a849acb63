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
 * overwritten by the next event's number.
 */
export function makeTimelines(now: () => Date): Timelines {
  const listeners = new Map<number, Set<Listener>>();
  const lastSeq = new Map<number, number>();

  const read = (app: AppHome, deployment: number): TimelineEvent[] => {
    const file = timelineFile(app, deployment);
    if (!existsSync(file)) return [];
    return readFileSync(file, "utf8").split("\n").flatMap(parseLine);
  };
  const nextSeq = (app: AppHome, deployment: number): number => {
    const known = lastSeq.get(deployment);
    if (known !== undefined) return known + 1;
    const file = timelineFile(app, deployment);
    mkdirSync(dirname(file), { recursive: true });
    if (existsSync(file) && !readFileSync(file, "utf8").endsWith("\n")) appendFileSync(file, "\n");
    return (read(app, deployment).at(-1)?.seq ?? 0) + 1;
  };

  return {
    read,
    append(app, deployment, entry) {
      const seq = nextSeq(app, deployment);
      const event = TimelineEvent.parse({ seq, at: now().toISOString(), ...entry });
      appendFileSync(timelineFile(app, deployment), `${JSON.stringify(event)}\n`, { mode: 0o640 });
      lastSeq.set(deployment, seq);
      for (const listener of listeners.get(deployment) ?? []) listener(event);
      if (event.type === "end") lastSeq.delete(deployment);
      return event;
    },
    async *follow(app, deployment, { after, signal }) {
      const queue: TimelineEvent[] = [];
      let wake = (): void => {};
      const listener: Listener = (event) => {
        queue.push(event);
        wake();
      };
      const watching = listeners.get(deployment) ?? new Set();
      listeners.set(deployment, watching.add(listener));
      const onAbort = (): void => wake();
      signal.addEventListener("abort", onAbort, { once: true });
      try {
        // Nothing is awaited between the read and the listener's first event: none is lost, and `seq` drops repeats.
        queue.unshift(...read(app, deployment));
        let seen = after;
        while (!signal.aborted) {
          const event = queue.shift();
          if (event === undefined) {
            await new Promise<void>((resolve) => {
              wake = resolve;
              if (signal.aborted) resolve();
            });
            continue;
          }
          if (event.seq <= seen) {
            if (event.type === "end") return;
            continue;
          }
          seen = event.seq;
          yield event;
          if (event.type === "end") return;
        }
      } finally {
        signal.removeEventListener("abort", onAbort);
        watching.delete(listener);
        if (watching.size === 0) listeners.delete(deployment);
      }
    },
  };
}

function parseLine(line: string): TimelineEvent[] {
  if (line === "") return [];
  try {
    return [TimelineEvent.parse(JSON.parse(line))];
  } catch {
    return [];
  }
}
