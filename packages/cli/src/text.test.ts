import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderBlocks, table } from "./blocks.ts";
import {
  displayWidth,
  fitLine,
  formatAge,
  formatBytes,
  formatDuration,
  plural,
  safeLine,
} from "./text.ts";

describe("formatBytes", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1_000, "1.0 kB"],
    [152_300_000, "152 MB"],
    [999_600, "1.0 MB"],
    [99_960, "100 kB"],
    [1_234_567_890, "1.2 GB"],
    [5e15, "5000 TB"],
  ])("%d", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe("formatDuration", () => {
  it.each([
    [0, "0 ms"],
    [340.4, "340 ms"],
    [999.6, "1.0 s"],
    [1_234, "1.2 s"],
    [59_960, "1 min"],
    [125_000, "2 min 5 s"],
    [1_800_000, "30 min"],
    [10_920_000, "3 h 2 min"],
    [90_000_000, "1 d 1 h"],
  ])("%d ms", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe("formatAge", () => {
  const now = Date.parse("2026-11-23T07:00:00Z");
  it.each([
    ["2026-11-23T07:00:00Z", "just now"],
    ["2026-11-23T07:00:05Z", "just now"],
    ["2026-11-23T06:59:00Z", "1 minute ago"],
    ["2026-11-23T06:57:00Z", "3 minutes ago"],
    ["2026-11-23T05:00:00Z", "2 hours ago"],
    ["2026-11-21T06:00:00Z", "2 days ago"],
    ["2026-09-01T00:00:00Z", "2 months ago"],
    ["2024-01-01T00:00:00Z", "2 years ago"],
  ])("%s", (at, text) => {
    expect(formatAge(at, now)).toBe(text);
  });
});

describe("safeLine", () => {
  it.each([
    ["plain text\twith a tab", "plain text\twith a tab"],
    ["\u001b[1;31mred\u001b[0m", "red"],
    ["\u001b]0;owned\u0007", "\\x1b]0;owned\\x07"],
    ["\u001b[2J\u001b[H", "\\x1b[2J\\x1b[H"],
    ["a\rb\nc\bd", "a\\rb\\nc\\x08d"],
    ["\u009b31m", "\\x9b31m"],
    ["user\u202etxt.exe", "user\\u202etxt.exe"],
    ["\u001b[3\u001b[0m1m", "\\x1b[31m"],
    ["\ud800 alone", "\ufffd alone"],
    ["héllo 世界 😀", "héllo 世界 😀"],
  ])("%j", (text, safe) => {
    expect(safeLine(text)).toBe(safe);
  });

  it("leaves nothing that a terminal obeys, whatever it is given", () => {
    const unit = fc.constantFrom("\u001b", "[", "0", "m", "]", "\u0007", "\u009b", "\n", "\r", "a");
    const text = fc.oneof(fc.string({ unit }), fc.string({ unit: "binary" }));
    fc.assert(
      fc.property(text, (raw) => {
        for (const character of safeLine(raw)) {
          const code = character.codePointAt(0) ?? 0;
          const obeyed = (code < 0x20 && code !== 9) || (code >= 0x7f && code <= 0x9f);
          expect(obeyed).toBe(false);
        }
      }),
    );
  });

  it("keeps printable text as it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme-ascii" }), (text) => {
        expect(safeLine(text)).toBe(text);
      }),
    );
  });
});

describe("displayWidth and fitLine", () => {
  it.each([
    ["abc", 3],
    ["世界", 4],
    ["e\u0301", 1],
    ["😀", 2],
    ["👩‍👩‍👧", 2],
    ["", 0],
  ])("%s takes %d columns", (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  it("fits any text into any room", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }),
        fc.integer({ min: 1, max: 40 }),
        (text, room) => {
          const fitted = fitLine(safeLine(text), room);
          expect(displayWidth(fitted)).toBeLessThanOrEqual(room);
        },
      ),
    );
  });
});

describe("tables", () => {
  const cell = fc.string({ unit: "grapheme", maxLength: 12 });

  it("start every column at the same place, whatever is in it", () => {
    const rows = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(rows, (content) => {
        const marked = content.map(([first, second]) => [first, second, "|"]);
        const lines = renderBlocks([table(["a", "b", "|"], marked)], { colour: false });
        const starts = lines.map((text) => displayWidth(text));
        expect(new Set(starts).size).toBe(1);
        expect(lines.every((text) => text.endsWith("|"))).toBe(true);
      }),
    );
  });

  it("have one line for each row", () => {
    const rows = fc.array(fc.tuple(cell, fc.constantFrom("", "x")), { maxLength: 6 });
    fc.assert(
      fc.property(rows, (content) => {
        const lines = renderBlocks([table(["a", "b"], content)], { colour: false });
        expect(lines).toHaveLength(content.length + 1);
        for (const text of lines) expect(text).not.toMatch(/\n/);
      }),
    );
  });

  it("look the same with colour as without", () => {
    const rows = [[{ text: "世界", tone: "good" }, "x"] as const, ["ab", "y"] as const];
    const plain = renderBlocks([table(["a", "b"], rows)], { colour: false });
    const coloured = renderBlocks([table(["a", "b"], rows)], { colour: true });
    expect(coloured.map(safeLine)).toEqual(plain);
    expect(coloured.join("")).not.toBe(plain.join(""));
  });
});

describe("plural", () => {
  it.each([
    [0, "0 files"],
    [1, "1 file"],
    [2, "2 files"],
  ])("%d", (count, text) => {
    expect(plural(count, "file")).toBe(text);
  });
});
