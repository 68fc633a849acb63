import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytes, duration, plural } from "./format.ts";

describe("duration", () => {
  it.each([
    [0, "0 ms"],
    [230.4, "230 ms"],
    [999.6, "1 s"],
    [4230, "4.2 s"],
    [30_000, "30 s"],
    [59_960, "1 min"],
    [119_600, "2 min"],
    [185_000, "3 min 5 s"],
    [3_599_700, "1 h"],
    [7_260_000, "2 h 1 min"],
    [86_399_000, "1 d"],
    [273_600_000, "3 d 4 h"],
  ])("%d ms are %s", (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  it("never says sixty of a unit that the next larger one begins with", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e10, noNaN: true }), (ms) => {
        expect(duration(ms)).not.toMatch(/\b60(?:\.0)? (?:s|min)\b|\b24 h\b|\b1000 ms\b/);
      }),
    );
  });
});

describe("bytes", () => {
  it.each([
    [999, "999 B"],
    [1000, "1.0 kB"],
    [12_345_678, "12 MB"],
    [999_600_000, "1.0 GB"],
  ])("%d are %s", (count, text) => {
    expect(bytes(count)).toBe(text);
  });
});

describe("plural", () => {
  it.each([
    [1, "1 path"],
    [0, "0 paths"],
    [12_300, "12,300 paths"],
  ])("%d", (count, text) => {
    expect(plural(count, "path")).toBe(text);
  });
});
