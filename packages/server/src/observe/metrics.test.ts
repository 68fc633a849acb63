import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeMetrics, sampleMs, sparkPoints } from "./metrics.ts";
import { makeSeries } from "./series.ts";

const start = Date.parse("2026-11-23T12:00:00.000Z");

describe("a series", () => {
  it("has what was added within its length, whatever gaps there were", () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 25 }), { maxLength: 60 });
    const check = (steps: readonly number[], length: number): void => {
      const series = makeSeries(1_000, length);
      const added: number[] = [];
      let step = start / 1_000;
      for (const gap of steps) {
        step += gap;
        added.push(step);
        series.add(step * 1_000, { memoryBytes: step % 1_000, cpu: 0.5 });
      }
      const kept = added.filter((each) => each > step - length);
      expect(series.since(0).map(({ at }) => at / 1_000)).toEqual(kept);
      expect(series.since(0).map(({ memoryBytes }) => memoryBytes)).toEqual(
        kept.map((each) => each % 1_000),
      );
      expect(series.since((step - 2) * 1_000)).toEqual(
        series.since(0).filter(({ at }) => at >= (step - 2) * 1_000),
      );
    };
    fc.assert(fc.property(gaps, fc.integer({ min: 1, max: 20 }), check));
  });

  it("has the mean of what falls into one step", () => {
    const series = makeSeries(60_000, 5);
    for (const memoryBytes of [1, 2, 6])
      series.add(start + memoryBytes, { memoryBytes, cpu: memoryBytes });
    expect(series.since(0)).toEqual([{ at: start, memoryBytes: 3, cpu: 3 }]);
  });

  it("begins anew where the clock was set back", () => {
    const series = makeSeries(1_000, 10);
    series.add(start, { memoryBytes: 1, cpu: 0 });
    series.add(start - 60_000, { memoryBytes: 2, cpu: 0 });
    expect(series.since(0).map(({ memoryBytes }) => memoryBytes)).toEqual([2]);
  });
});

describe("metrics", () => {
  const sample = (id: string, appId: number, memoryBytes: number) => ({
    id,
    appId,
    memoryBytes,
    cpu: 0.25,
  });

  it("add up per app, finely for an hour and roughly for a day", () => {
    const metrics = makeMetrics();
    let at = start;
    for (let count = 0; count < 1_500; count++, at += sampleMs) {
      metrics.record(at, [
        sample("a1.web.0", 1, 100),
        sample("a1.web.1", 1, 50),
        sample("a2", 2, 7),
      ]);
    }
    const now = at - sampleMs;
    expect(metrics.currentOfApp(1)).toEqual({ memoryBytes: 150, cpu: 0.5 });
    expect(metrics.current("a2")).toMatchObject({ memoryBytes: 7 });
    const hour = metrics.ofApp(1, { now, minutes: 60 });
    expect([hour.stepMs, hour.samples.length]).toEqual([sampleMs, 720]);
    expect(hour.samples.at(-1)).toEqual({ at: now, memoryBytes: 150, cpu: 0.5 });
    const day = metrics.ofProcess("a1.web.1", { now, minutes: 61 });
    expect([day.stepMs, day.samples.length]).toEqual([60_000, 61]);
    expect(metrics.spark(1, now)).toHaveLength(sparkPoints);
  });

  it("forget what runs no more, and the app with its last Process", () => {
    const metrics = makeMetrics();
    metrics.record(start, [sample("old", 1, 1)]);
    metrics.record(start + sampleMs, [sample("new", 1, 2)]);
    expect(metrics.current("old")).toBeUndefined();
    expect(metrics.ofApp(1, { now: start + sampleMs, minutes: 1 }).samples).toHaveLength(2);
    metrics.record(start + 2 * sampleMs, []);
    expect(metrics.currentOfApp(1)).toBeUndefined();
    expect(metrics.spark(1, start)).toEqual([]);
  });
});
