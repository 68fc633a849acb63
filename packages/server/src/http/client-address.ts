import { getConnInfo } from "@hono/node-server/conninfo";
import type { Context } from "hono";

/** The other end of the connection. What a header says of it anybody could have written. */
export function addressOf(c: Context): string {
  // Requests made in the process itself have no connection.
  if (c.env?.incoming === undefined) return "unknown";
  const { address } = getConnInfo(c).remote;
  return address?.replace(/^::ffff:(?=\d+\.)/, "") ?? "unknown";
}
