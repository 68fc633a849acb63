import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeApiReference } from "./api-reference.ts";
import { printType } from "./api-type.ts";

describe("the reference of the API", () => {
  it("is what the routes say: node --conditions=hop3-source scripts/generate-reference.ts", async () => {
    const page = join(import.meta.dirname, "../../docs/reference/api.md");
    expect(readFileSync(page, "utf8")).toBe(await makeApiReference());
  });
});

describe("printType", () => {
  it.each([
    [{ type: "integer" }, "number"],
    [{ enum: ["a", "b"] }, '"a" | "b"'],
    [
      { type: "array", items: { anyOf: [{ type: "string" }, { type: "null" }] } },
      "(string | null)[]",
    ],
    [{ type: ["string", "null"] }, "string | null"],
    [
      { type: "object", additionalProperties: { type: "string" } },
      "{\n  [name: string]: string;\n}",
    ],
    [
      { type: "object", properties: { a: { type: "boolean" }, "b-c": {} }, required: ["a"] },
      '{\n  a: boolean;\n  "b-c"?: unknown;\n}',
    ],
    [{ allOf: [{ type: "object" }, { const: 1 }] }, "{} & 1"],
  ])("%j is %s", (shape, text) => expect(printType(shape)).toBe(text));
});
