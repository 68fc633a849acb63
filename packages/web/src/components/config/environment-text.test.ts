import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readEnvironment } from "./environment-text.ts";

describe("readEnvironment", () => {
  it.each([
    ["A=1", { A: "1" }],
    ["export A=1", { A: "1" }],
    ["# note\n\nA = 1 # one", { A: "1" }],
    ["A='x # y'", { A: "x # y" }],
    ['A="two\\nlines"', { A: "two\nlines" }],
    ['KEY="-----BEGIN\nabc\n-----END"\nB=2', { KEY: "-----BEGIN\nabc\n-----END", B: "2" }],
    ["URL=https://x/?a=b=c", { URL: "https://x/?a=b=c" }],
    ['A="one\u2028line"', { A: "one\u2028line" }],
    ["A=\r\nB=2", { A: "", B: "2" }],
  ])("%j", (text, values) => {
    expect(readEnvironment(text)).toEqual({ values, problems: [] });
  });

  it.each([
    ["not a variable", "Line 1 is not NAME=value"],
    ["A=1\n2B=3", "Line 2 is not NAME=value"],
    ['A=1\nB="open\nand open', "Line 2 opens a quote that is not closed"],
  ])("%j", (text, problem) => {
    expect(readEnvironment(text).problems).toEqual([problem]);
  });

  it("reads back what was quoted", () => {
    // The line that opens the quote is trimmed, as editors do it; what ends in a blank is written with \n.
    const quote = (value: string) =>
      `"${value
        .replaceAll("\\", "\\\\")
        .replaceAll('"', '\\"')
        .replaceAll("\r", "\\r")
        .replaceAll("\n", "\\n")}"`;
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        expect(readEnvironment(`A=${quote(value)}`)).toEqual({
          values: { A: value },
          problems: [],
        });
      }),
      { numRuns: 500 },
    );
  });
});
