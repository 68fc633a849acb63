import fc from "fast-check";
import { expect, it } from "vitest";
import { readLines } from "./lines.ts";

it("reads the same values however the answer is cut", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.jsonValue(), { maxLength: 8 }),
      fc.integer({ min: 1, max: 7 }),
      async (values, size) => {
        const text = values.map((value) => `${JSON.stringify(value)}\n`).join("");
        const data = new TextEncoder().encode(text);
        const body = new ReadableStream<Uint8Array>({
          start(controller) {
            for (let at = 0; at < data.length; at += size) {
              controller.enqueue(data.slice(at, at + size));
            }
            controller.close();
          },
        });
        const read: unknown[] = [];
        for await (const value of readLines(new Response(body))) read.push(value);
        expect(JSON.stringify(read)).toBe(JSON.stringify(values));
      },
    ),
    { numRuns: 200 },
  );
});
