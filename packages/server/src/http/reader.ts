import type { Permission } from "@hop3/core";
import type { Context } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { may, type Principal } from "../accounts/principal.ts";

/** Whoever asks by what they sent, as it stands now; undefined where that opens nothing any more. */
export function recogniseAgain(c: Context): Principal | undefined {
  try {
    return c.get("access").recognise();
  } catch {
    // A token that is not known any more is refused in this way.
    return undefined;
  }
}

interface Need {
  readonly permission: Permission;
  readonly app: string;
}

/** Sessions and tokens end by the clock too, and nothing tells of it. */
const lookEveryMs = 15_000;

/** Server-sent events until their reader leaves, or may not read them any more: a stream outlives a session, a role, a token. */
export function streamToReader(
  c: Context,
  { permission, app }: Need,
  work: (stream: SSEStreamingApi, signal: AbortSignal) => Promise<void>,
): Response {
  return streamSSE(c, async (stream) => {
    const ended = new AbortController();
    stream.onAbort(() => ended.abort());
    const look = (): void => {
      const principal = recogniseAgain(c);
      if (principal === undefined || !may(principal, permission, app)) stream.abort();
    };
    const timer = setInterval(look, lookEveryMs).unref();
    c.get("access").events.attach(({ event: { topic, kind } }) => {
      // Among these are changes of sessions and tokens; a role for one app is that app's.
      if (topic === "server" || kind === "user.changed") look();
    }, ended.signal);
    try {
      await work(stream, ended.signal);
    } finally {
      clearInterval(timer);
      ended.abort();
    }
  });
}
