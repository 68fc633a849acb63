import { createRoute, z } from "@hono/zod-openapi";
import {
  type NoticeInfo,
  ReceiverCreated,
  type ReceiverInfo,
  ReceiverInfos,
  ReceiverRequest,
  withoutGaps,
} from "@hop3/core";
import type { App } from "../../db/apps.ts";
import type { Receiver } from "../../db/receivers.ts";
import { changes, describeChange, reads } from "../access.ts";
import { json, jsonBody, makeRoutes, problems } from "../openapi.ts";
import type { Service } from "../service.ts";

/** Without an app it is about receivers that are told of all, which wants the permission for all. */
const AppQuery = z.object({ app: z.string().optional() });
const ReceiverParams = z.object({ receiver: z.string() });
const NoticeParams = ReceiverParams.extend({ notice: z.coerce.number().int() });

// Addresses of receivers may be secrets themselves: not for viewers.
const listReceivers = createRoute({
  ...reads("app.configure", "query"),
  method: "get",
  path: "/notify",
  request: { query: AppQuery },
  responses: { 200: json(ReceiverInfos, "Of the app, or of all without one"), ...problems },
});
const addReceiver = createRoute({
  ...changes("app.configure", "receiver.add", "query"),
  method: "post",
  path: "/notify",
  request: { query: AppQuery, body: jsonBody(ReceiverRequest) },
  responses: { 200: json(ReceiverCreated, "It is told from now on"), ...problems },
});
const removeReceiver = createRoute({
  ...changes("app.configure", "receiver.remove", "query"),
  method: "delete",
  path: "/notify/{receiver}",
  request: { query: AppQuery, params: ReceiverParams },
  responses: { 204: { description: "It is told nothing any more" }, ...problems },
});
const testReceiver = createRoute({
  ...changes("app.configure", "receiver.test", "query"),
  method: "post",
  path: "/notify/{receiver}/test",
  request: { query: AppQuery, params: ReceiverParams },
  responses: { 204: { description: "A notice of the event `test` is on its way" }, ...problems },
});
const tellAgain = createRoute({
  ...changes("app.configure", "receiver.redeliver", "query"),
  method: "post",
  path: "/notify/{receiver}/notices/{notice}/redeliver",
  request: { query: AppQuery, params: NoticeParams },
  responses: { 204: { description: "It is on its way again" }, ...problems },
});

const byDefault = ["deployment.live", "deployment.failed", "deployment.cancelled"] as const;

export function notifyRoutes(service: Service) {
  const { deployer } = service;
  const appOf = ({ app }: { app?: string | undefined }): App | undefined =>
    app === undefined ? undefined : deployer.requireApp(app);
  return makeRoutes()
    .openapi(listReceivers, (c) => {
      const app = appOf(c.req.valid("query"));
      const found = service.notify.store.of(app?.id);
      return c.json({ receivers: found.map((each) => show(service, app, each)) }, 200);
    })
    .openapi(addReceiver, async (c) => {
      const app = appOf(c.req.valid("query"));
      const { url, events = byDefault } = c.req.valid("json");
      const { receiver, secret } = await service.notify.add({ app, url, events });
      describeChange(c, { target: receiver.id, after: new URL(receiver.url).origin });
      return c.json({ receiver: show(service, app, receiver), secret }, 200);
    })
    .openapi(removeReceiver, (c) => {
      const app = appOf(c.req.valid("query"));
      const receiver = service.notify.require(app, c.req.valid("param").receiver);
      service.notify.store.remove(receiver.id);
      describeChange(c, { target: receiver.id, before: new URL(receiver.url).origin });
      return c.body(null, 204);
    })
    .openapi(testReceiver, (c) => {
      const app = appOf(c.req.valid("query"));
      const receiver = service.notify.require(app, c.req.valid("param").receiver);
      service.notify.test(receiver);
      describeChange(c, { target: receiver.id });
      return c.body(null, 204);
    })
    .openapi(tellAgain, (c) => {
      const app = appOf(c.req.valid("query"));
      const { receiver: id, notice } = c.req.valid("param");
      const receiver = service.notify.require(app, id);
      service.notify.again(receiver, notice);
      describeChange(c, { target: `${receiver.id} ${notice}` });
      return c.body(null, 204);
    });
}

const shownNotices = 10;

function show({ notify }: Service, app: App | undefined, receiver: Receiver): ReceiverInfo {
  const { id, url, events, createdAt } = receiver;
  const notices = notify.store
    .notices(id, shownNotices)
    .map(({ body: _body, receiverId: _id, ...notice }) => withoutGaps(notice)) as NoticeInfo[];
  const about = { id, url, events: [...events], createdAt, notices };
  return app === undefined ? about : { ...about, app: app.name };
}
