import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { type Metrics, makeMetrics } from "./metrics.ts";
import { groupByRoot, parseStat, readPageBytes, readProcTable } from "./proc-table.ts";
import { makeSampler } from "./sampler.ts";

const started: ChildProcess[] = [];

afterEach(() => {
  for (const { pid } of started.splice(0)) {
    try {
      if (pid !== undefined) process.kill(-pid, "SIGKILL");
    } catch {
      // All of its session has ended already.
    }
  }
});

/** Runs a script in a session of its own until it has said that it is ready. */
async function start(script: string): Promise<number> {
  const child = spawn("sh", ["-c", script], {
    stdio: ["ignore", "pipe", "ignore"],
    detached: true,
  });
  started.push(child);
  await once(child.stdout, "data");
  return child.pid ?? 0;
}

describe("the table of processes", () => {
  it.each([
    ["12 (sh) S 1 12 11 0 -1 4194560 95 0 0 0 3 4 5 6 20 0 1 0 777 2592768 210 99", "12"],
    [
      "12 (a) b (c)\n) S 1 12 11 0 -1 4194560 95 0 0 0 3 4 5 6 20 0 1 0 777 2592768 210 99",
      "a name",
    ],
  ])("is read past any name: %j", (text) => {
    expect(parseStat(text)).toEqual({
      pid: 12,
      parent: 1,
      session: 11,
      ticks: 18,
      startedAt: 777,
      residentPages: 210,
    });
  });

  it.each(["", "12 (sh", "not a process"])("has no entry of %j", (text) => {
    expect(parseStat(text)).toBeUndefined();
  });

  it("shows this very process", () => {
    const own = readProcTable().find(({ pid }) => pid === process.pid);
    expect(own?.parent).toBe(process.ppid);
    const bytes = (own?.residentPages ?? 0) * readPageBytes();
    expect(bytes / process.memoryUsage.rss()).toBeGreaterThan(0.5);
    expect(bytes / process.memoryUsage.rss()).toBeLessThan(2);
  });

  it("is grouped by who started whom, also where a parent has ended or the table is torn", () => {
    const entry = (pid: number, parent: number, session: number) => ({
      pid,
      parent,
      session,
      ticks: 0,
      startedAt: 0,
      residentPages: 0,
    });
    const table = [
      entry(10, 1, 10),
      entry(11, 10, 10),
      entry(12, 11, 12),
      entry(13, 1, 10),
      entry(20, 1, 20),
      entry(30, 31, 30),
      entry(31, 30, 30),
    ];
    const groups = groupByRoot(table, new Set([10, 20]));
    const pids = [...groups].map(([root, group]) => [root, group.map(({ pid }) => pid)]);
    expect(pids).toEqual([
      [10, [10, 11, 12, 13]],
      [20, [20]],
    ]);
  });
});

describe("the sampler", () => {
  interface Bed {
    readonly metrics: Metrics;
    readonly pids: Map<string, number>;
    asked: number;
    sample(now: number): Promise<void>;
  }

  function makeBed(...ids: readonly string[]): Bed {
    const metrics = makeMetrics();
    const pids = new Map<string, number>();
    const bed = { metrics, pids, asked: 0, sample: async () => {} };
    const sample = makeSampler({
      metrics,
      pageBytes: readPageBytes(),
      expected: () => ids.map((id) => ({ id, appId: 1 })),
      async findPids() {
        bed.asked += 1;
        return new Map(pids);
      },
    });
    return Object.assign(bed, { sample });
  }

  it("measures a Process with all that it has started", async () => {
    const bed = makeBed("busy", "idle");
    bed.pids.set("busy", await start("(while :; do :; done) & echo ready; wait"));
    bed.pids.set("idle", await start("echo ready; sleep 60"));
    await bed.sample(1_000_000);
    await sleep(1_000);
    await bed.sample(1_001_000);
    expect(bed.metrics.current("busy")?.cpu).toBeGreaterThan(0.05);
    expect(bed.metrics.current("idle")?.cpu).toBeLessThan(0.05);
    for (const id of ["busy", "idle"]) {
      expect(bed.metrics.current(id)?.memoryBytes).toBeGreaterThan(100_000);
      expect(bed.metrics.current(id)?.memoryBytes).toBeLessThan(20_000_000);
    }
  });

  it("asks the supervisor only where something has changed, and now and then about what does not run", async () => {
    const bed = makeBed("one");
    bed.pids.set("one", await start("echo ready; sleep 60"));
    for (let count = 0; count < 5; count++) await bed.sample(1_000_000 + count * 5_000);
    expect(bed.asked).toBe(1);
    process.kill(bed.pids.get("one") ?? 0, "SIGKILL");
    while (readProcTable().some(({ pid }) => pid === bed.pids.get("one"))) await sleep(5);
    bed.pids.clear();
    await bed.sample(1_025_000);
    expect([bed.asked, bed.metrics.current("one")]).toEqual([2, undefined]);
    await bed.sample(1_030_000);
    expect(bed.asked).toBe(2);
    bed.pids.set("one", await start("echo ready; sleep 60"));
    await bed.sample(1_060_000);
    expect([bed.asked, bed.metrics.current("one")?.cpu]).toEqual([3, 0]);
  });
});
