import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiServer, makeApiServer } from "../test/api-server.ts";
import { call } from "../test/call.ts";
import * as sample from "../test/samples.ts";

describe("hop3 canary", () => {
  let api: ApiServer;

  beforeAll(async () => {
    api = makeApiServer();
    await api.start();
    api.routes = { "POST /apps/hello/canary": () => ({ ...sample.deployment, release: 3 }) };
  });
  afterAll(() => api.remove());

  it.each([
    ["promote", "All requests go to release 3 of hello now.\n"],
    [
      "abort",
      "No more requests go to release 3 of hello; those it has are finished, then it is stopped.\n",
    ],
  ])("%s says where requests go from now on", async (decision, said) => {
    api.calls.length = 0;
    const result = await call(["canary", decision, "--app", "hello"], { home: api.home });
    expect(result).toEqual({ exitCode: 0, stderr: "", stdout: said });
    expect(api.calls.map(({ body }) => JSON.parse(String(body)))).toEqual([{ decision }]);
  });
});
