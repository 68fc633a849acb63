import { afterAll, beforeAll, beforeEach } from "vitest";
import { type ApiServer, makeApiServer, type Route } from "./api-server.ts";

/** A server for the tests of a file or a `describe`. Each test begins without calls, and with these routes. */
export function useApiServer(routes?: () => Record<string, Route>): ApiServer {
  const api = makeApiServer();
  beforeAll(() => api.start());
  afterAll(() => api.remove());
  beforeEach(() => {
    api.calls.length = 0;
    if (routes !== undefined) api.routes = routes();
  });
  return api;
}
