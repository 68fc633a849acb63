import { encodeUploadHeader, type UploadFrame } from "@hop3/core/node";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readFrames } from "./frames.ts";

const Frames = fc.array(
  fc.record({
    hash: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    offset: fc.integer({ min: 0, max: 2 ** 40 }),
    data: fc.uint8Array({ maxLength: 200 }),
  }),
  { maxLength: 8 },
);

async function* cut(data: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (let index = 0; at < data.length; index += 1) {
    const size = sizes[index % sizes.length] ?? 1;
    yield data.subarray(at, at + size);
    at += size;
  }
}

async function collect(source: AsyncIterable<Uint8Array>) {
  const found: { frame: UploadFrame; data: Buffer; how: string }[] = [];
  const isComplete = await readFrames(source, async (frame) => {
    const entry = { frame, data: Buffer.alloc(0), how: "open" };
    found.push(entry);
    return {
      write: (chunk) => {
        entry.data = Buffer.concat([entry.data, chunk]);
      },
      end: async () => {
        entry.how = "ended";
      },
      cut: () => {
        entry.how = "cut";
      },
    };
  });
  return { isComplete, found };
}

describe("readFrames", () => {
  it("reads what was written, however the line cuts it", async () => {
    const Sizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(Frames, Sizes, async (frames, sizes) => {
        const written = frames.map(({ hash, offset, data }) => ({
          frame: { hash: Buffer.from(hash).toString("hex"), offset, length: data.length },
          data: Buffer.from(data),
          how: "ended",
        }));
        const bytes = written.flatMap(({ frame, data }) => [encodeUploadHeader(frame), data]);
        const read = await collect(cut(Buffer.concat(bytes), sizes));
        expect(read).toEqual({ isComplete: true, found: written });
      }),
    );
  });

  it("tells of a stream that ends anywhere else than behind a frame", async () => {
    const header = encodeUploadHeader({ hash: "ab".repeat(32), offset: 0, length: 10 });
    const whole = Buffer.concat([header, Buffer.alloc(10, 7)]);
    for (let length = 1; length < whole.length; length += 1) {
      const { isComplete, found } = await collect(cut(whole.subarray(0, length), [3]));
      expect(isComplete).toBe(false);
      expect(found.map(({ how }) => how)).toEqual(length < 48 ? [] : ["cut"]);
    }
  });
});
