import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { App } from "../db/apps.ts";
import type { Hook } from "../db/hooks.ts";
import { hookBodyInvalid, hookNotFound } from "../hooks/hook-errors.ts";
import { guard } from "./access.ts";
import { limitTime } from "./limit-body.ts";
import type { Service } from "./service.ts";

/** A push of very many commits; GitHub's own limit is larger, and nobody has come near it. */
const maxBytes = 5 * 1024 * 1024;

const limitBody = bodyLimit({
  maxSize: maxBytes,
  onError: () => {
    throw hookBodyInvalid({ reason: `it has more than ${maxBytes} bytes` });
  },
});

interface Found {
  readonly app: App;
  readonly hook: Hook;
}

/** Where forges send their deliveries: `/hooks/<app>/<id>`. Whoever does not know the address sends no body. */
export function hookDoor(service: Service): Hono<{ Variables: { found: Found } }> {
  const { platform, hooks, incoming } = service;
  const find = (c: Context): Found => {
    const id = c.req.param("id") ?? "";
    const app = platform.apps.find(c.req.param("app") ?? "");
    if (app === undefined) throw hookNotFound({ hook: id });
    return { app, hook: hooks.require(app, id) };
  };
  return new Hono<{ Variables: { found: Found } }>().post(
    "/hooks/:app/:id",
    guard({ permission: "open" }),
    async (c, next) => {
      c.set("found", find(c));
      await next();
    },
    limitTime,
    limitBody,
    async (c) => {
      const { app, hook } = c.get("found");
      const body = Buffer.from(await c.req.arrayBuffer());
      const taken = incoming.take(app, hook, { headers: (name) => c.req.header(name), body });
      return c.json(taken, taken.outcome === "accepted" ? 202 : 200);
    },
  );
}
