import type { IncomingMessage } from "node:http";
import type { Context } from "hono";

/** Node's own request; requests made in the process itself have none. */
export function nodeRequest(c: Context): IncomingMessage | undefined {
  return c.env?.incoming;
}
