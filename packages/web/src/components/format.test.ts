import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytes, clock, duration, plural, shortRevision } from "./format.ts";

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

describe("clock", () => {
  const at = "2026-03-04T23:05:06.789Z";
  // Whatever the time zone of the machine is.
  const there = new Date(at);
  const hours = String(there.getHours()).padStart(2, "0");
  const midnight = new Date(at).setHours(0, 0, 0, 0);

  it("is that of the reader, with the date of another day", () => {
    expect(clock(at, midnight)).toMatch(new RegExp(`^${hours}:\\d\\d:06\\.789$`, "v"));
    const day = `2026-03-0${there.getDate()}`;
    expect(clock(at, midnight + 86_400_000)).toBe(`${day} ${clock(at, midnight)}`);
  });
});

describe("shortRevision", () => {
  it.each([
    ["6a8da88d4f2c9e0b1a3c5d7e9f1b2d4c6e8f0a1b", "6a8da88d4f2c"],
    ["catalogue/landing-page@1.0", "catalogue/landing-page@1.0"],
  ])("%s is %s", (revision, text) => {
    expect(shortRevision(revision)).toBe(text);
  });
});
