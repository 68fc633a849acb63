import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { bodyTooLarge } from "./errors.ts";
import { nodeRequest } from "./node-request.ts";

/** What nobody has to sign in for: a name, a password, the answer of a passkey. */
const strangersBytes = 64 * 1024;
/** The largest is a list of what another server's store has. Files come as streams, which count for themselves. */
const jsonBytes = 8 * 1024 * 1024;
/** A slow line brings a form in this time; whoever sends a byte now and then wants to hold on to a connection. */
const dueMs = 20_000;

/** For a body that is read in one piece: it has to be there in time, or its connection ends. */
export const limitTime: MiddlewareHandler = async (c, next) => {
  const incoming = nodeRequest(c);
  const timer = setTimeout(() => incoming?.destroy(), dueMs);
  incoming?.once("end", () => clearTimeout(timer));
  await next();
  clearTimeout(timer);
};

// The time first: where a body's length is not announced, counting its bytes is reading it.
export const limitStrangers = [limitTime, limitBytes(strangersBytes)] as const;
export const limitJson = [whereJson(limitTime), whereJson(limitBytes(jsonBytes))] as const;

function limitBytes(maxSize: number): MiddlewareHandler {
  const onError = () => {
    throw bodyTooLarge({ limit: maxSize });
  };
  return bodyLimit({ maxSize, onError });
}

/** Uploads are of other types, and have limits of their own. */
function whereJson(limit: MiddlewareHandler): MiddlewareHandler {
  return (c, next) => {
    const type = c.req.header("content-type") ?? "";
    return /^application\/(?:[\w.-]+\+)?json\b/i.test(type) ? limit(c, next) : next();
  };
}
