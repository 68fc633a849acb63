import type { WorkerScale } from "@hop3/core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ApiServer, makeApiServer, sendEvents } from "../test/api-server.ts";
import { call } from "../test/call.ts";
import * as sample from "../test/samples.ts";

const web: WorkerScale = { worker: "web", kind: "web", declared: 1, wanted: 1, up: 1 };
const mail: WorkerScale = { ...web, worker: "mail", kind: "background" };

describe("hop3 scale", () => {
  let api: ApiServer;

  beforeAll(async () => {
    api = makeApiServer();
    await api.start();
  });
  afterAll(() => api.remove());
  beforeEach(() => {
    api.calls.length = 0;
  });

  const scale = (...args: readonly string[]) =>
    call(["scale", "--app", "hello", ...args], { home: api.home });
  const answerWith = (workers: readonly WorkerScale[], deployment?: object) => {
    api.routes = {
      "GET /apps/hello/processes": () => ({ processes: [], workers }),
      "PATCH /apps/hello/scale": () => ({ workers, ...(deployment && { deployment }) }),
      "GET /deployments/7/events": ({ response }) => sendEvents(response, sample.goodEvents),
      "GET /deployments/7": () => sample.succeeded,
    };
  };

  it("shows every worker, and where its number comes from", async () => {
    answerWith([
      { ...web, stored: 0, wanted: 0, up: 0 },
      { ...mail, declared: 2, wanted: 2 },
      { ...mail, worker: "tick", kind: "cron", wanted: 0, up: 0, fixedBecause: "no scheduler" },
      { worker: "old", stored: 4, wanted: 0, up: 0 },
    ]);
    const { stdout } = await scale();
    expect(stdout).toBe(
      [
        "worker  kind        instances  up  from",
        "web     web         0          0   chosen; the Release says 1",
        "mail    background  2          1   the Release",
        "tick    cron        -          0   -",
        "old     -           0          0   chosen: 4, without effect",
        "No instance of web runs: visitors get a page that says so.",
        "tick is not started: no scheduler.",
        "old is no worker of this Release; forget it: hop3 scale old=default --app hello",
        "",
      ].join("\n"),
    );
  });

  it("says so where there are no workers yet", async () => {
    answerWith([]);
    expect((await scale()).stdout).toContain("hello has no workers yet. Deploy it: hop3 deploy");
  });

  it("sends all numbers at once and follows the deployment to its end", async () => {
    answerWith([web, mail], sample.deployment);
    const { stdout, exitCode } = await scale("web=3", "mail=default");
    expect(JSON.parse(String(api.calls[0]?.body))).toEqual({ workers: { web: 3, mail: null } });
    expect(stdout).toMatch(/^Scaling hello: web=3, mail=default\.\n.*✓ switch.*address/s);
    expect(exitCode).toBe(0);
  });

  it.each([
    [["--json"], [{ ...web, stored: 3, wanted: 3, up: 3 }]],
    [["--json", "--detach"], [web]],
  ])("has in %j the workers as they are then", async (options, workers) => {
    answerWith([web], sample.deployment);
    api.routes["GET /apps/hello/processes"] = () => ({
      processes: [],
      workers: [{ ...web, stored: 3, wanted: 3, up: 3 }],
    });
    const json = JSON.parse((await scale("web=3", ...options)).stdout);
    expect(json).toMatchObject({ workers, deployment: { deployment: 7 } });
  });

  it.each([
    [{ ...web, stored: 1 }, "Nothing to start or to stop: web has 1.\n"],
    [
      { worker: "web", stored: 1, wanted: 0, up: 0 },
      "Stored for the next deployment of hello; nothing runs now that it is for.\n",
    ],
  ] as const)("says what it means that nothing is started: %o", async (worker, said) => {
    answerWith([worker]);
    expect(await scale("web=1")).toEqual({ exitCode: 0, stderr: "", stdout: said });
  });

  it.each([
    ["web", "'web' says no number of instances", "Write web=2"],
    ["shop", "'shop' says no number of instances", "another app: hop3 scale --app shop"],
    ["web=65", "'web=65' is no number of instances from 0 to 64", "Write web=2"],
    ["web=-1", "'web=-1' is no number", "web=default for what the Release of hello says"],
    ["web=two", "'web=two' is no number", "Write web=2"],
    ["=2", "'=2' is no number", "Write web=2"],
  ])("refuses %s before it asks", async (text, message, hint) => {
    const { stderr, exitCode } = await scale("--", text);
    expect([exitCode, api.calls]).toEqual([2, []]);
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
  });
});
