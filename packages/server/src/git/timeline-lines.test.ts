import type { TimelineEvent } from "@hop3/core";
import { describe, expect, it } from "vitest";
import { parsePushOptions } from "./push-options.ts";
import { failureLines, timelineLines } from "./timeline-lines.ts";
import { makeTurns } from "./turns.ts";

const stamp = { seq: 1, at: "2026-01-01T00:00:00.000Z" };

describe("what the pusher reads", () => {
  it.each<[TimelineEvent, readonly string[]]>([
    [{ ...stamp, type: "queued", behind: 2 }, ["waits for 2 before it"]],
    [{ ...stamp, type: "phase-start", phase: "build" }, []],
    [{ ...stamp, type: "phase-end", phase: "build", ms: 1234, ok: true }, ["✓ build      1.2 s"]],
    [{ ...stamp, type: "phase-end", phase: "build", ms: 5, ok: false }, ["✗ build      5 ms"]],
    [
      { ...stamp, type: "log", phase: "build", text: "a\r\nb\u001b[31m\u0007\n" },
      ["    a", "    b\\x07"],
    ],
    [{ ...stamp, type: "note", level: "warning", text: "mind this" }, ["warning  mind this"]],
    [
      { ...stamp, type: "live", release: 3, url: "http://x", unchanged: true },
      ["release 3 goes on running"],
    ],
  ])("%j", (event, lines) => {
    expect(timelineLines(event)).toEqual(lines);
  });

  it("is a failure with its place, evidence and hint", () => {
    const failure = {
      code: "A_CODE",
      message: "it broke\u001b]0;x\u0007",
      place: { file: "hop3.toml", line: 3 },
      detail: "one\ntwo",
      hint: "mend it",
      exitCode: 8,
    };
    expect(failureLines(failure)).toEqual([
      "error  A_CODE: it broke\\x1b]0;x\\x07",
      "at     hop3.toml:3",
      "    one",
      "    two",
      "hint   mend it",
    ]);
  });
});

describe("push options", () => {
  it("are the documented ones", () => {
    expect(parsePushOptions([])).toEqual({ force: false, allowLfsPointers: false });
    expect(parsePushOptions(["force", "lfs-pointers"])).toEqual({
      force: true,
      allowLfsPointers: true,
    });
    expect(() => parsePushOptions(["force", "GIT_DIR=/"])).toThrow("'GIT_DIR=/'");
  });
});

describe("turns", () => {
  it("come one after the other for one key, at once for two", async () => {
    const turns = makeTurns();
    const seen: string[] = [];
    const endFirst = await turns.take("a", () => seen.push("never"));
    const second = turns.take("a", () => seen.push("second waits"));
    await turns.take("b", () => seen.push("never"));
    const third = turns.take("a", () => seen.push("third waits"));
    seen.push("first ends");
    endFirst();
    const endSecond = await second;
    seen.push("second ends");
    endSecond();
    await third;
    expect(seen).toEqual(["second waits", "third waits", "first ends", "second ends"]);
  });
});
