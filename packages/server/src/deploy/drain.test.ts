import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ProcessRecord } from "../db/processes.ts";
import { type EndingPlatform, retireOne } from "./drain.ts";

interface Course {
  /** Connections that the Router counts at each look; the last number stays. */
  readonly open: readonly number[];
  /** Looks until the drain time is over. */
  readonly patience: number;
  /** Look at which somebody is in a hurry. */
  readonly hurryAt: number | undefined;
}

interface Trace {
  readonly steps: readonly string[];
  readonly cuts: readonly string[];
  readonly lastOpen: number;
  readonly looks: number;
}

const record: ProcessRecord = {
  id: "a1.r1.web.0.d1",
  appId: 1,
  release: 1,
  deploymentId: 1,
  worker: "web",
  instance: 0,
  kind: "web",
  port: 20_000,
  address: { kind: "unix", path: "/run/http.sock" },
  role: "draining",
  drainUntil: new Date(1_000).toISOString(),
};

/** Stand-ins for what a Process is ended with; they note what is done. */
function makeEdges(
  steps: string[],
  edges: { openSessions(): Promise<number>; now(): Date },
): EndingPlatform {
  return {
    apps: {
      findById: () => ({ id: 1, name: "one", backend: 0, currentRelease: 2, createdAt: "" }),
    },
    processes: { remove: () => steps.push("forget") },
    router: { openSessions: edges.openSessions, remove: async () => void steps.push("unroute") },
    supervisor: { stop: async () => void steps.push("stop") },
    stopping: new AbortController().signal,
    now: edges.now,
  };
}

/** The clock goes on with each look. */
async function follow({ open, patience, hurryAt }: Course): Promise<Trace> {
  const steps: string[] = [];
  const cuts: string[] = [];
  const hurry = new AbortController();
  let looks = 0;
  let lastOpen = 0;
  const openSessions = async (): Promise<number> => {
    lastOpen = open[Math.min(looks, open.length - 1)] ?? 0;
    if (looks === hurryAt) hurry.abort();
    looks++;
    return lastOpen;
  };
  const now = (): Date => new Date(looks > patience ? 2_000 : 0);
  const platform = makeEdges(steps, { openSessions, now });
  const onCut = (text: string): void => void cuts.push(text);
  await retireOne(platform, record, { hurried: hurry.signal, onCut });
  return { steps, cuts, lastOpen, looks };
}

const course = fc.record({
  open: fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 4 }),
  patience: fc.nat({ max: 3 }),
  hurryAt: fc.option(fc.nat({ max: 3 }), { nil: undefined }),
});

describe("the end of a Process", () => {
  it("comes after the last of its requests, or after its time", async () => {
    await fc.assert(
      fc.asyncProperty(course, async (given) => {
        const { steps, cuts, lastOpen, looks } = await follow(given);
        const isDrained = lastOpen === 0;
        const isHurried = given.hurryAt !== undefined && looks > given.hurryAt;
        if (isDrained) expect(steps).toEqual(["unroute", "stop", "forget"]);
        else expect(steps).toEqual(["stop", "unroute", "stop", "forget"]);
        if (!isDrained) expect(isHurried || looks > given.patience).toBe(true);
        expect(cuts).toHaveLength(isDrained || isHurried ? 0 : 1);
        // Never waits on once nothing is open.
        expect(given.open.slice(0, looks - 1)).not.toContain(0);
      }),
      { numRuns: 40 },
    );
  });

  it("leaves what is open to the next start when the server ends", async () => {
    const stopping = new AbortController();
    const steps: string[] = [];
    const openSessions = async (): Promise<number> => 1;
    const edges = makeEdges(steps, { openSessions, now: () => new Date(0) });
    const platform = { ...edges, stopping: stopping.signal };
    const end = retireOne(platform, record, { onCut: () => {} });
    stopping.abort();
    await expect(end).rejects.toThrow();
    expect(steps).toEqual([]);
  });
});
