import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makeEvents } from "./events.ts";
import { collectGarbage, spareMemory } from "./spare-memory.ts";

describe("memory that a made-up clock says is spare", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function makeBed() {
    const events = makeEvents({ now: () => new Date() });
    const stopping = new AbortController();
    const giveBack = vi.fn<() => void>();
    spareMemory({ events, stopping: stopping.signal, afterMs: 1_000, giveBack });
    const tell = (topic: "app" | "deployment"): void => events.emit({ topic, kind: "any" });
    return { stopping, giveBack, tell };
  }

  it("is given back once, when start and deployments are over for a while", () => {
    const { giveBack, tell } = makeBed();
    vi.advanceTimersByTime(900);
    tell("deployment");
    vi.advanceTimersByTime(900);
    expect(giveBack).toHaveBeenCalledTimes(0);
    vi.advanceTimersByTime(3_600_000);
    expect(giveBack).toHaveBeenCalledTimes(1);
    tell("app");
    vi.advanceTimersByTime(3_600_000);
    expect(giveBack).toHaveBeenCalledTimes(1);
    tell("deployment");
    vi.advanceTimersByTime(1_000);
    expect(giveBack).toHaveBeenCalledTimes(2);
  });

  it("stays while the server stops", () => {
    const { stopping, giveBack, tell } = makeBed();
    stopping.abort();
    tell("deployment");
    vi.advanceTimersByTime(3_600_000);
    expect(giveBack).toHaveBeenCalledTimes(0);
  });
});

it("what nothing refers to is collected", () => {
  const kept = new WeakRef(Array.from({ length: 1_000_000 }, (_, number) => ({ number })));
  const used = process.memoryUsage().heapUsed;
  return new Promise<void>((resolve) => {
    // A WeakRef holds its object until the turn is over.
    setImmediate(() => {
      collectGarbage();
      expect(kept.deref()).toBeUndefined();
      expect(process.memoryUsage().heapUsed).toBeLessThan(used);
      resolve();
    });
  });
});
