import type { Events } from "./events.ts";

/** What is compared of a Process from one look to the next. */
export interface SeenProcess {
  readonly id: string;
  readonly app: string;
  readonly state: string;
  readonly pid: number | undefined;
  readonly deaths: number;
}

interface ProcessWatchParts {
  readonly events: Events;
  /** Asks the supervisor about every Process that there should be. */
  look(): Promise<readonly SeenProcess[]>;
  onError(error: unknown): void;
  readonly stopping: AbortSignal;
  readonly everyMs?: number;
}

const everyMsByDefault = 2_000;

/**
 * Tells of Processes that came up, went down or were restarted by their supervisor. It looks only while somebody
 * listens; what has changed meanwhile is told at the first look.
 */
export function watchProcesses(parts: ProcessWatchParts): void {
  const { events, stopping, everyMs = everyMsByDefault } = parts;
  let known: ReadonlyMap<string, SeenProcess> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let round = 0;

  const look = async (): Promise<void> => {
    try {
      const found = new Map((await parts.look()).map((each) => [each.id, each]));
      if (known !== undefined) tellChanges(events, known, found);
      known = found;
    } catch (error) {
      parts.onError(error);
    }
  };
  const begin = (afterMs: number): void => {
    const own = round;
    const next = async (): Promise<void> => {
      await look();
      if (own === round && !stopping.aborted) begin(everyMs);
    };
    timer = setTimeout(next, afterMs).unref();
  };
  events.onListening((isListening) => {
    clearTimeout(timer);
    // A look that is under way belongs to those who have left: it is not followed by another one.
    round += 1;
    if (isListening && !stopping.aborted) begin(0);
  });
  stopping.addEventListener("abort", () => clearTimeout(timer), { once: true });
}

function tellChanges(
  events: Events,
  before: ReadonlyMap<string, SeenProcess>,
  after: ReadonlyMap<string, SeenProcess>,
): void {
  for (const process of after.values()) {
    if (!isSame(before.get(process.id), process)) tell(events, process, process.state);
  }
  for (const process of before.values()) {
    if (!after.has(process.id)) tell(events, process, "gone");
  }
}

function isSame(before: SeenProcess | undefined, now: SeenProcess): boolean {
  if (before === undefined) return false;
  return before.state === now.state && before.pid === now.pid && before.deaths === now.deaths;
}

function tell(events: Events, { id, app }: SeenProcess, state: string): void {
  events.emit({ topic: "app", kind: "process.changed", app, data: { process: id, state } });
}
