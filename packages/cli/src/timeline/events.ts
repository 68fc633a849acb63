import { setTimeout as sleep } from "node:timers/promises";
import type { TimelineEvent } from "@hop3/core";
import { Hop3Error, isError } from "@hop3/core/base";
import type { EventSourceMessage } from "eventsource-parser";
import { tryAnswer } from "../answer-check.ts";
import { type ApiRequest, at, type Client } from "../client.ts";
import { answerNotUnderstood, serverLost, serverUnreachable } from "../errors.ts";

/** How long a server that went away may take to come back. */
const patienceMs = 30_000;
const retryMs = 500;

export interface ReconnectOptions {
  readonly client: Client;
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** Named where the server stays away: `deployment 4`. */
  readonly what: string;
  /** Command that takes up again where this one had to stop. */
  readonly resume: string;
  readonly onLost?: () => void;
  readonly patienceMs?: number;
}

/**
 * Events of a stream that is to go on for ever: a server that restarts is asked again for what follows, until it has been
 * away for too long. `next` makes the request that resumes.
 */
export async function* reconnecting(
  next: () => ApiRequest,
  options: ReconnectOptions,
): AsyncGenerator<EventSourceMessage> {
  let lostAt: number | undefined;
  while (true) {
    try {
      for await (const message of options.client.events(next())) {
        lostAt = undefined;
        yield message;
      }
    } catch (error) {
      // No server is what a restart looks like from here; any other refusal will not go away by waiting.
      if (options.signal.aborted || isFinal(error)) throw error;
    }
    if (lostAt === undefined) options.onLost?.();
    lostAt ??= options.now();
    await waitBeforeRetry(lostAt, options);
  }
}

async function waitBeforeRetry(lostAt: number, options: ReconnectOptions): Promise<void> {
  const patience = options.patienceMs ?? patienceMs;
  if (options.now() - lostAt >= patience) {
    const { what, resume } = options;
    throw serverLost({ what, resume, seconds: Math.round(patience / 1000) });
  }
  await sleep(retryMs, undefined, { signal: options.signal });
}

function isFinal(error: unknown): boolean {
  return error instanceof Hop3Error && !isError(error, serverUnreachable);
}

/** The timeline of a Deployment from its beginning to its end, whatever happens to the connection. */
export async function* timelineEvents(
  id: number,
  options: ReconnectOptions,
): AsyncGenerator<TimelineEvent> {
  let seen = 0;
  const path = at`/deployments/${id}/events`;
  const next = (): ApiRequest => ({
    path,
    signal: options.signal,
    ...(seen === 0 ? {} : { headers: { "last-event-id": String(seen) } }),
  });
  for await (const message of reconnecting(next, options)) {
    const event = await parseEvent(message.data, path);
    if (event.seq <= seen) continue;
    seen = event.seq;
    yield event;
    if (event.type === "end") return;
  }
}

async function parseEvent(data: string, path: string): Promise<TimelineEvent> {
  const event = await tryAnswer(data, "TimelineEvent");
  if (event.success) return event.data;
  const because = `event ${data.slice(0, 200)}`;
  throw answerNotUnderstood({ request: `GET ${path}`, because }, { cause: event.error });
}
