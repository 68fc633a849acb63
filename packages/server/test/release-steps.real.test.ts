import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DeploymentSummary } from "@hop3/core";
import { afterEach, describe, expect, it } from "vitest";
import { timelineFile } from "../src/deploy/timelines.ts";
import { openHome } from "../src/home.ts";
import { run } from "../src/proc/run.ts";
import { pageApp } from "./support/apps.ts";
import { useTestServer } from "./support/use-test-server.ts";
import { until } from "./testbed.ts";

describe("release steps", () => {
  const server = useTestServer("steps");
  afterEach(() => server.api("DELETE", "/apps/page"));
  const appHome = () => openHome(server.home, process.env).app("page");
  const stepApp = (text: string, steps: readonly string[], more = "") =>
    pageApp(text, { "hop3.toml": `[run]\nbefore-run = ${JSON.stringify(steps)}\n${more}` });
  const noted = async (): Promise<readonly string[]> => {
    const text = await readFile(join(appHome().data, "steps"), "utf8").catch(() => "");
    return text.split("\n").filter((line) => line !== "");
  };
  const timelineOf = ({ id }: DeploymentSummary) => readFile(timelineFile(appHome(), id), "utf8");
  const begun = async (path: string, body: unknown = {}): Promise<DeploymentSummary> =>
    server.ended((await server.json<DeploymentSummary>("POST", path, body)).id);
  /** Processes of this home that sleep; only steps of these tests do. */
  const sleepers = async (): Promise<string> =>
    (await run({ argv: ["pgrep", "-af", `^(.*/)?(busybox )?sleep 98[0-9]$`] })).stdout;

  it("run in order, once for each Release and for nothing else", async () => {
    const steps = ['echo "one $HOP3_RELEASE $GREETING" >>steps', "echo two >>$HOP3_DATA_DIR/steps"];
    const app = (text: string) =>
      stepApp(text, ['cd "$HOP3_DATA_DIR" && '.concat(steps[0] ?? ""), steps[1] ?? ""]);
    await server.deployed("page", await app("a"));
    expect(await noted()).toEqual(["one 1 ", "two"]);
    await server.deployed("page", await app("b"));
    expect(await noted()).toEqual(["one 1 ", "two", "one 2 ", "two"]);

    expect(await begun("/apps/page/rollback")).toMatchObject({ state: "succeeded", release: 1 });
    expect(await begun("/apps/page/restart")).toMatchObject({ state: "succeeded", release: 1 });
    expect(await noted()).toHaveLength(4);

    // What they were made for may have changed: a database that is another one now has to be made ready too.
    const changed = await server.json<{ deployment: DeploymentSummary }>(
      "PATCH",
      "/apps/page/config",
      {
        values: { GREETING: "hi" },
      },
    );
    expect(await server.ended(changed.deployment.id)).toMatchObject({ state: "succeeded" });
    expect((await noted()).slice(4)).toEqual(["one 3 hi", "two"]);
  });

  it("are the `release` line of a Procfile too", async () => {
    const dir = await pageApp("a", {
      Procfile: 'release: echo procfile >>"$HOP3_DATA_DIR/steps"\n',
    });
    expect(await server.deployed("page", dir)).toMatchObject({ state: "succeeded" });
    expect(await noted()).toEqual(["procfile"]);
  });

  it("stop the deployment where one fails, before anything is switched", async () => {
    await server.deployed("page", await pageApp("old"));
    const steps = [
      "echo fine",
      "echo cannot migrate >&2; exit 3",
      'echo no >>"$HOP3_DATA_DIR/steps"',
    ];
    const ended = await server.deployed("page", await stepApp("new", steps));
    expect(ended).toMatchObject({ state: "failed" });
    expect(ended.failure).toMatchObject({
      code: "RELEASE_STEP_FAILED",
      message: `the release step '${steps[1]}' (2 of 3) ended with exit code 3`,
      hint: expect.stringContaining("deploy again"),
      detail: "cannot migrate",
    });
    expect(await timelineOf(ended)).toMatch(
      /"log","phase":"provision","text":"fine"[\s\S]*"cannot migrate"/,
    );
    expect(await noted()).toEqual([]);
    expect((await server.get("page")).text).toBe("old\n");
    expect(ended.phases.map(({ name }) => name)).not.toContain("start");
  });

  it("end at their time-out with all that they have started", async () => {
    await server.deployed("page", await pageApp("old"));
    const step = "trap '' TERM; sleep 981 & setsid sleep 982 & echo waiting; sleep 983; sleep 984";
    const more = "before-run-timeout = '1s'\n";
    const ended = await server.deployed("page", await stepApp("new", [step], more));
    expect(ended.failure).toMatchObject({
      code: "RELEASE_STEP_TIMEOUT",
      message: expect.stringContaining("was stopped: it had not ended after 1 s"),
      hint: expect.stringContaining("before-run-timeout"),
      detail: "waiting",
    });
    expect(await sleepers()).toBe("");
    expect((await server.get("page")).text).toBe("old\n");
  });

  it("leave nothing running when they end by themselves", async () => {
    const step = "sleep 985 >/dev/null 2>&1 &";
    const ended = await server.deployed("page", await stepApp("new", [step]));
    expect(ended).toMatchObject({ state: "succeeded" });
    expect(await timelineOf(ended)).toContain(
      "Ended 1 process(es) that the release step had left running",
    );
    expect(await sleepers()).toBe("");
  });

  it("do not go on when the control plane is killed, and the next start says so", async () => {
    await server.deployed("page", await pageApp("old"));
    const step =
      'echo begun >>"$HOP3_DATA_DIR/steps"; sleep 986; echo done >>"$HOP3_DATA_DIR/steps"';
    const { id } = await server.deploy("page", await stepApp("new", [step]));
    await until(async () => (await noted()).length > 0 && (await sleepers()) !== "");
    await server.kill();
    await server.restart();
    expect((await server.ended(id)).failure).toMatchObject({
      code: "DEPLOY_INTERRUPTED",
      message: expect.stringContaining("release 1 went on serving"),
      hint: expect.stringContaining("stays done, and they run again"),
    });
    expect(await sleepers()).toBe("");
    const next = await server.deployed("page", await stepApp("next", ["echo ok"]));
    expect(next).toMatchObject({ state: "succeeded", release: 3 });
    expect(await noted()).toEqual(["begun"]);
  });
});
