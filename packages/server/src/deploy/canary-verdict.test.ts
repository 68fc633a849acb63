import type { UpstreamTraffic } from "@hop3/core/plugin";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  canaryWeights,
  describeShare,
  describeTraffic,
  isWorse,
  makeTally,
} from "./canary-verdict.ts";

const given = (requests: number, failed: number): UpstreamTraffic => ({ requests, failed });

describe("the share of a canary", () => {
  it.each([
    [10, { fresh: 1, old: 1 }],
    [10, { fresh: 2, old: 2 }],
    [50, { fresh: 1, old: 3 }],
    [90, { fresh: 1, old: 1 }],
    [25, { fresh: 3, old: 1 }],
  ])("is %s %% with these numbers of Processes: %o", (share, count) => {
    const weights = canaryWeights(share, count);
    const fresh = weights.fresh * count.fresh;
    expect(fresh / (fresh + weights.old * count.old)).toBeCloseTo(share / 100, 2);
  });

  it("is always made of weights that haproxy takes", () => {
    const processes = fc.integer({ min: 1, max: 64 });
    const share = fc.double({ min: 1, max: 99, noNaN: true });
    fc.assert(
      fc.property(share, processes, processes, (percent, fresh, old) => {
        for (const weight of Object.values(canaryWeights(percent, { fresh, old }))) {
          expect(Number.isInteger(weight) && weight >= 1 && weight <= 256).toBe(true);
        }
      }),
    );
  });
});

describe("the verdict on a canary", () => {
  const cases: readonly [string, UpstreamTraffic, UpstreamTraffic, boolean][] = [
    ["nothing was asked", given(0, 0), given(0, 0), false],
    ["two failures are no rate", given(2, 2), given(100, 0), false],
    ["three of three", given(3, 3), given(100, 0), true],
    ["five in a hundred are tolerated", given(100, 5), given(900, 0), false],
    ["six in a hundred are not", given(100, 6), given(900, 0), true],
    ["as bad as the old one", given(100, 30), given(900, 250), false],
    ["much worse than a bad old one", given(100, 60), given(900, 250), true],
    ["refused before it was counted", given(0, 3), given(10, 0), true],
    ["more tries than requests", given(10, 12), given(10, 10), false],
  ];
  it.each(cases.map(([what, fresh, old, verdict]) => ({ what, fresh, old, verdict })))(
    "$what",
    ({ fresh, old, verdict }) => expect(isWorse({ fresh, old })).toBe(verdict),
  );

  it("names what was seen", () => {
    expect(describeTraffic(given(104, 3))).toBe("3 of 104 requests failed (2.9 %)");
    expect(describeTraffic(given(0, 0))).toBe("0 of 0 requests failed (0 %)");
    expect(describeShare({ fresh: given(104, 0), old: given(908, 0) })).toBe(
      "104 of 1012 requests (10.3 %)",
    );
    expect(describeShare({ fresh: given(0, 0), old: given(0, 0) })).toBe("0 of 0 requests (0 %)");
  });
});

describe("the tally", () => {
  it("counts from the first reading on, through a new start of the router", () => {
    const tally = makeTally(new Map([["old", given(1000, 7)]]));
    tally.add(
      new Map([
        ["old", given(1010, 7)],
        ["new", given(2, 1)],
      ]),
    );
    tally.add(
      new Map([
        ["old", given(4, 0)],
        ["new", given(3, 0)],
      ]),
    );
    tally.add(new Map([["old", given(5, 1)]]));
    expect([tally.of(["old"]), tally.of(["new"]), tally.of(["old", "new", "none"])]).toEqual([
      given(15, 1),
      given(5, 1),
      given(20, 2),
    ]);
  });
});
