import { createRoute, z } from "@hono/zod-openapi";
import { LogRecord } from "@hop3/core";
import { reads } from "../access.ts";
import { followAppLogs, type LogQuery, readAppLogs } from "../app-logs.ts";
import { AppParams, Count, json, makeRoutes, problems } from "../openapi.ts";
import { streamToReader } from "../reader.ts";
import type { Service } from "../service.ts";

const Query = z.object({ worker: z.string().optional(), release: Count, lines: Count });
const defaultLines = 100;

const readLog = createRoute({
  ...reads("app.logs"),
  method: "get",
  path: "/apps/{app}/logs",
  request: { params: AppParams, query: Query },
  responses: {
    200: json(z.object({ records: z.array(LogRecord) }), "Oldest first"),
    ...problems,
  },
});
const streamLog = createRoute({
  ...reads("app.logs"),
  method: "get",
  path: "/apps/{app}/logs/stream",
  request: { params: AppParams, query: Query },
  responses: {
    200: { content: { "text/event-stream": { schema: z.string() } }, description: "LogRecord" },
    ...problems,
  },
});

export function logRoutes({ platform, deployer }: Service) {
  const toQuery = (query: z.infer<typeof Query>): LogQuery => ({
    ...query,
    lines: query.lines ?? defaultLines,
  });
  return makeRoutes()
    .openapi(readLog, async (c) => {
      const app = deployer.requireApp(c.req.valid("param").app);
      const home = platform.home.app(app.name);
      return c.json(
        { records: [...(await readAppLogs(home, toQuery(c.req.valid("query"))))] },
        200,
      );
    })
    .openapi(streamLog, (c) => {
      const app = deployer.requireApp(c.req.valid("param").app);
      const query = toQuery(c.req.valid("query"));
      const need = { permission: "app.logs", app: app.name } as const;
      return streamToReader(c, need, async (stream, signal) => {
        const send = (record: LogRecord): Promise<void> =>
          stream.writeSSE({ event: "log", data: JSON.stringify(record) });
        await followAppLogs(platform.home.app(app.name), query, { signal, send });
      });
    });
}
