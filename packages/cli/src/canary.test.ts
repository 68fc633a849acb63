import { describe, expect, it } from "vitest";
import { call } from "../test/call.ts";
import * as sample from "../test/samples.ts";
import { useApiServer } from "../test/use-api-server.ts";

describe("hop3 canary", () => {
  const api = useApiServer(() => ({
    "POST /apps/hello/canary": () => ({ ...sample.deployment, release: 3 }),
  }));

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
