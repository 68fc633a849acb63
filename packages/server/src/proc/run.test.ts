import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { until } from "../../test/testbed.ts";
import { run } from "./run.ts";

const shell = (script: string) => ["/bin/sh", "-c", script] as const;

it.each([
  ["of a child that goes on", 5_000_000, nextTurn],
  // The rest fits into the pipe: the child ends while the first part is being taken.
  ["of a child that has ended", 120_000, () => sleep(200)],
] as const)("reads no more while what it has read is not taken, %s", async (_, bytes, take) => {
  const open = { now: 0, most: 0, bytes: 0 };
  await run({
    argv: shell(`head -c ${bytes} /dev/zero`),
    async onData({ length }) {
      open.now += 1;
      open.most = Math.max(open.most, open.now);
      open.bytes += length;
      await take();
      open.now -= 1;
    },
  });
  expect(open).toEqual({ now: 0, most: 1, bytes });
});

it("waits for no reader when it is stopped", async () => {
  const aborting = new AbortController();
  const { promise: never } = Promise.withResolvers<void>();
  const result = await run({
    argv: shell("echo once"),
    onData() {
      setTimeout(() => aborting.abort(), 100);
      return never;
    },
    signal: aborting.signal,
  });
  expect(result).toMatchObject({ stopped: "aborted", exitCode: 0 });
});

describe("run at its time-out", () => {
  it.concurrent.each([
    ["the child itself", "sleep 60", null],
    ["what the child has left in its group", "sleep 60 & exit 0", 0],
    ["a child that no longer speaks", "exec >/dev/null 2>&1; sleep 60", null],
    ["what takes no notice of SIGTERM", "trap '' TERM; sleep 60; sleep 60", null],
  ])("ends %s", async (_, script, exitCode) => {
    const result = await run({ argv: shell(`echo $$; ${script}`), timeoutMs: 200 });
    expect(result).toMatchObject({ stopped: "timeout", exitCode });
    const living = ["pgrep", "--runstates", "R,S,D", "-g", result.stdout.trim()] as const;
    await until(async () => (await run({ argv: living })).stdout === "");
  });

  it.concurrent("does not wait for what has left the group and holds the streams", async () => {
    const result = await run({ argv: shell("setsid sleep 12 & exit 0"), timeoutMs: 200 });
    expect(result).toMatchObject({ stopped: "timeout", exitCode: 0 });
  });
});
