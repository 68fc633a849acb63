import type { TimelineEvent } from "@hop3/core/api";
import { describe, expect, it } from "vitest";
import { readTimeline } from "./timeline.ts";

const at = "2026-11-23T12:00:00.000Z";
type Entry = TimelineEvent extends infer Each
  ? Each extends unknown
    ? Omit<Each, "seq" | "at">
    : never
  : never;

function events(...entries: readonly Entry[]): TimelineEvent[] {
  return entries.map((entry, index) => ({ ...entry, seq: index + 1, at }) as TimelineEvent);
}

describe("readTimeline", () => {
  it("is empty before anything was said", () => {
    expect(readTimeline([])).toEqual({
      phases: [],
      lines: [],
      notes: [],
      waitsBehind: undefined,
      failure: undefined,
      isOver: false,
    });
  });

  it("says behind how many it waits, until it has begun", () => {
    const queued = events({ type: "queued", behind: 2 });
    expect(readTimeline(queued).waitsBehind).toBe(2);
    const begun = events({ type: "queued", behind: 2 }, { type: "phase-start", phase: "receive" });
    expect(readTimeline(begun).waitsBehind).toBeUndefined();
  });

  it("knows which phase runs and how the others ended", () => {
    const { phases } = readTimeline(
      events(
        { type: "phase-start", phase: "plan" },
        { type: "phase-end", phase: "plan", ms: 12, ok: true },
        { type: "phase-start", phase: "build" },
      ),
    );
    expect(phases).toEqual([
      { name: "plan", ms: 12, ok: true },
      { name: "build", ms: undefined, ok: undefined },
    ]);
  });

  it("has the failure of the end", () => {
    const failure = { code: "X", message: "no", exitCode: 8 };
    const timeline = readTimeline(events({ type: "end", state: "failed", failure }));
    expect(timeline).toMatchObject({ failure, isOver: true });
  });
});
