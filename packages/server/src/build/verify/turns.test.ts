import { describe, expect, it } from "vitest";
import { makeTurns } from "./turns.ts";

describe("makeTurns", () => {
  it("lets one work at a time, in order, whatever became of the one before", async () => {
    const turns = makeTurns();
    const seen: string[] = [];
    const work = (name: string, fails = false) =>
      turns(
        async () => {
          seen.push(`${name} begins`);
          await Promise.resolve();
          seen.push(`${name} ends`);
          if (fails) throw new Error(name);
        },
        () => seen.push(`${name} waits`),
      );
    const results = await Promise.allSettled([work("a", true), work("b"), work("c")]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
    expect(seen.filter((text) => !text.endsWith("waits"))).toEqual([
      "a begins",
      "a ends",
      "b begins",
      "b ends",
      "c begins",
      "c ends",
    ]);
    expect(seen.filter((text) => text.endsWith("waits"))).toEqual(["b waits", "c waits"]);
    await work("d");
    expect(seen).not.toContain("d waits");
  });
});
