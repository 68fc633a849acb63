import { createRoute, z } from "@hono/zod-openapi";
import type { ServerEvent } from "@hop3/core";
import type { Context } from "hono";
import { may, type Principal } from "../../accounts/principal.ts";
import { principalOf, reads } from "../access.ts";
import { makeEventStreams, type Reader } from "../event-stream.ts";
import { makeRoutes, problems } from "../openapi.ts";
import { recogniseAgain } from "../reader.ts";
import type { Service } from "../service.ts";

const followEvents = createRoute({
  ...reads("server.read"),
  method: "get",
  path: "/events",
  description:
    "What happens on this server, as server-sent events whose data is a ServerEvent; only of apps that whoever asks may read. Last-Event-ID resumes. Where what came meanwhile is not known any more, an event named `reset` comes first: read everything again.",
  responses: {
    200: { content: { "text/event-stream": { schema: z.string() } }, description: "ServerEvent" },
    ...problems,
  },
});

export function eventRoutes({ platform }: Service) {
  const streams = makeEventStreams(platform.events);
  return makeRoutes().openapi(followEvents, (c) => {
    const last = Number(c.req.header("last-event-id") || Number.NaN);
    const body = streams.open(readerOf(c), Number.isSafeInteger(last) ? last : undefined);
    return c.body(body, 200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      // Proxies that collect answers would keep the events back.
      "x-accel-buffering": "no",
    });
  });
}

function readerOf(c: Context): Reader {
  let principal: Principal | undefined = principalOf(c);
  return {
    isStillThere() {
      principal = recogniseAgain(c);
      return principal !== undefined && may(principal, "server.read");
    },
    mayRead: ({ app }: ServerEvent) =>
      principal !== undefined && (app === undefined || may(principal, "app.read", app)),
  };
}
