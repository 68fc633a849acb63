import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeLine, encodeSection, makeSectionReader } from "./pkt-line.ts";

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** A line as git has it: text without a line feed at its end, which would be taken off. */
const line = fc.string({ unit: "grapheme", maxLength: 200 }).filter((text) => !text.endsWith("\n"));

describe("packet lines", () => {
  it("come out as they went in, however the stream is cut", async () => {
    const sections = fc.array(fc.array(line, { maxLength: 5 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(sections, fc.integer({ min: 1, max: 50 }), async (written, size) => {
        const bytes = Buffer.concat(written.map(encodeSection));
        const reader = makeSectionReader(inPieces(bytes, size));
        for (const section of written) expect(await reader.next()).toEqual(section);
        expect(await reader.next()).toBeUndefined();
      }),
    );
  });

  it("are what git writes", () => {
    expect(encodeSection(["version=1\0push-options"]).toString()).toBe(
      "001aversion=1\0push-options0000",
    );
  });

  it("end where bytes are no packet lines", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const reader = makeSectionReader(inPieces(Buffer.from(bytes), 7));
        let sections = 0;
        while ((await reader.next()) !== undefined) sections += 1;
        expect(sections).toBeLessThanOrEqual(bytes.length / 4);
      }),
    );
  });

  it("are never longer than git takes", () => {
    expect(() => encodeLine("x".repeat(70_000))).toThrow("70004 bytes");
  });
});
