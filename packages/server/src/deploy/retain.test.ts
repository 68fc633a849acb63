import type { ReleaseState } from "@hop3/core";
import { describe, expect, it } from "vitest";
import type { Release } from "../db/releases.ts";
import { chooseArchived } from "./retain.ts";

const now = new Date("2026-03-31T00:00:00Z");

function release(number: number, state: ReleaseState, daysAgo: number): Release {
  return {
    appId: 1,
    number,
    state,
    createdAt: new Date(now.getTime() - daysAgo * 86_400_000).toISOString(),
    createdBy: "deploy",
    sourceHash: undefined,
    sourceRevision: undefined,
    inputHash: undefined,
    artifact: undefined,
    newerSchema: undefined,
    settings: undefined,
    config: undefined,
    configKeys: [],
    configDigest: undefined,
    closure: undefined,
    prepared: true,
    failure: undefined,
    verification: undefined,
  };
}

const history = [
  release(6, "running", 1),
  release(5, "failed", 8),
  release(4, "previous", 8),
  release(3, "previous", 9),
  release(2, "previous", 2),
  release(1, "archived", 90),
];

describe("which releases lose their root", () => {
  it.each([
    [10, []],
    [3, []],
    [2, [3]],
    [1, [4, 3]],
    [0, [4, 3]],
  ])("with keep = %i: %j; never a young one, never the one that runs", (keep, expected) => {
    expect(chooseArchived(history, keep, now).map(({ number }) => number)).toEqual(expected);
  });
});
