import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Hop3Error } from "../errors.ts";
import { readJson } from "./read-json.ts";

const runs = { numRuns: 1000 };

describe("readJson", () => {
  it("reads what JSON.parse reads", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, "\t"), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(readJson(text, "f.json").value).toEqual(JSON.parse(text));
      }),
      runs,
    );
  });

  it("accepts and refuses what JSON.parse does, and always with a place", () => {
    const piece = fc.constantFrom(
      ...'{}[]:,"\\ \n-+.eE0123ax',
      "true",
      "null",
      '"a"',
      "\\u12",
      "\u0001",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const text = pieces.join("");
        expect(attempt(() => readJson(text, "f.json").value)).toEqual(
          attempt(() => JSON.parse(text)),
        );
      }),
      { numRuns: 5000 },
    );
  });

  function attempt(read: () => unknown): unknown {
    try {
      return { value: read() };
    } catch (error) {
      if (error instanceof Hop3Error) expect(error.failure.place?.column).toBeGreaterThan(0);
      return "refused";
    }
  }

  it("knows where things stand", () => {
    const document = readJson('{\n  "a": [1,\n    {"b": 2}]\n}', "f.json");
    expect(document.placeOf(["a"])).toEqual({ file: "f.json", line: 2, column: 3 });
    expect(document.placeOf(["a", 1, "b"])).toEqual({ file: "f.json", line: 3, column: 6 });
    expect(document.placeOf(["a", 1, "none", "x"])).toEqual({ file: "f.json", line: 3, column: 5 });
  });

  it("refuses what is nested too deep", () => {
    expect(() => readJson("[".repeat(100_000), "f.json")).toThrow("more than 100 levels deep");
  });

  it("keeps a key that means something to JavaScript a key", () => {
    const { value } = readJson('{"__proto__":{"x":1}}', "f.json");
    expect(Object.keys(value as object)).toEqual(["__proto__"]);
  });
});
