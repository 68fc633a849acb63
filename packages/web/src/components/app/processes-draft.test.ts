import type { WorkerScale } from "@hop3/core/api";
import { describe, expect, it } from "vitest";
import { type Draft, describeChange, isChanged, numberOf } from "./processes-draft.ts";

const plain: WorkerScale = { worker: "web", kind: "web", declared: 2, wanted: 2, up: 2 };
const chosen: WorkerScale = { ...plain, stored: 5, wanted: 5 };
const gone: WorkerScale = { worker: "web", stored: 3, wanted: 0, up: 0 };

describe("a draft of numbers of instances", () => {
  it.each<readonly [string, WorkerScale, Draft, number, boolean, string]>([
    ["of other workers changes nothing", plain, { mail: 3 }, 2, false, ""],
    ["with another number does", plain, { web: 3 }, 3, true, "web 2 → 3"],
    ["with the number there is does not", plain, { web: 2 }, 2, false, ""],
    ["may stop a worker", plain, { web: 0 }, 0, true, "web 2 → 0"],
    ["goes back to the release", chosen, { web: null }, 2, true, "web 5 → 2"],
    ["has nowhere to go back to", plain, { web: null }, 2, false, ""],
    ["forgets what has no effect", gone, { web: null }, 0, true, "web as the release says"],
  ])("%s", (...[, worker, draft, number, changed, text]) => {
    expect(numberOf(worker, draft)).toBe(number);
    expect(isChanged(worker, draft)).toBe(changed);
    expect(describeChange(changed ? [worker] : [], draft)).toBe(text);
  });
});
