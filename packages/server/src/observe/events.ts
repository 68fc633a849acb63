import type { ServerEvent } from "@hop3/core";

export type NewEvent = Omit<ServerEvent, "id" | "at">;

/** An event, and the bytes that it is on every stream: it is written down once, however many read it. */
export interface Published {
  readonly event: ServerEvent;
  readonly frame: Uint8Array;
}

type Listener = (published: Published) => void;

/** What happens on this server, for whoever listens now, and for a while for whoever comes back. */
export interface Events {
  emit(event: NewEvent): void;
  listen(listener: Listener): () => void;
  /** For parts of the server itself, which hear everything and do not count as somebody who listens. */
  attach(listener: Listener, until: AbortSignal): void;
  /** Called when the first one listens, and with false when the last one has left. */
  onListening(watcher: (isListening: boolean) => void): void;
  /** Number of the last event; the next one has a higher one. */
  last(): number;
  /** What came after this event; undefined where that is not known any more. */
  since(id: number): readonly Published[] | undefined;
}

interface EventsOptions {
  readonly now: () => Date;
  /** How many events are kept for those who come back. */
  readonly kept?: number;
}

const keptByDefault = 2_000;

export function makeEvents({ now, kept = keptByDefault }: EventsOptions): Events {
  const listeners = new Set<Listener>();
  const attached = new Set<Listener>();
  const watchers: ((isListening: boolean) => void)[] = [];
  const ring: Published[] = [];
  // A run of the server begins above all numbers of the one before, so that nobody mistakes one for the other.
  const first = now().getTime() * 1_000;
  let last = first;
  return {
    last: () => last,
    emit(event) {
      last += 1;
      const full: ServerEvent = { id: last, at: now().toISOString(), ...event };
      const published = { event: full, frame: frameOf(full) };
      ring.push(published);
      if (ring.length > kept) ring.shift();
      for (const listener of [...attached, ...listeners]) listener(published);
    },
    listen(listener) {
      listeners.add(listener);
      if (listeners.size === 1) for (const watch of watchers) watch(true);
      return () => {
        if (!listeners.delete(listener) || listeners.size > 0) return;
        for (const watch of watchers) watch(false);
      };
    },
    attach(listener, until) {
      attached.add(listener);
      until.addEventListener("abort", () => attached.delete(listener), { once: true });
    },
    onListening: (watcher) => void watchers.push(watcher),
    since(id) {
      const oldest = last - ring.length;
      if (id < Math.max(first, oldest) || id > last) return undefined;
      return ring.slice(id - oldest);
    },
  };
}

/** JSON has no line breaks outside its strings, and there they are written as two characters: one line of data. */
function frameOf(event: ServerEvent): Uint8Array {
  return new TextEncoder().encode(`id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`);
}
