import { setImmediate as turn } from "node:timers/promises";
import type { ServerEvent } from "@hop3/core";
import { describe, expect, it } from "vitest";
import { makeEvents } from "../observe/events.ts";
import { makeEventStreams, type Reader } from "./event-stream.ts";

const everything: Reader = { isStillThere: () => true, mayRead: () => true };

function makeBed(options: { kept?: number; waitingBytes?: number; heartbeatMs?: number } = {}) {
  const { kept, ...more } = options;
  const now = (): Date => new Date();
  const events = makeEvents({ now, ...(kept === undefined ? {} : { kept }) });
  return {
    events,
    streams: makeEventStreams(events, more),
    emit: (app: string) => events.emit({ topic: "app", kind: "app.changed", app }),
  };
}

/** Reads a stream as it comes, as a browser does. */
function follow(stream: ReadableStream<Uint8Array>) {
  const reader = stream.getReader();
  const got = { text: "", failure: "" };
  const pump = async (): Promise<void> => {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      got.text += Buffer.from(value).toString();
    }
  };
  const ended = pump().catch((error: unknown) => {
    got.failure = String(error);
  });
  return {
    got,
    ended,
    /** What has come, when nothing more is under way. */
    async read(): Promise<string> {
      await turn();
      return got.text;
    },
    close: () => reader.cancel(),
  };
}

function appsIn(text: string): readonly string[] {
  return [...text.matchAll(/"app":"([^"]+)"/g)].map(([, app = ""]) => app);
}

describe("an event stream", () => {
  it("begins with where it stands, then has what comes and may be read", async () => {
    const { streams, events, emit } = makeBed();
    const start = events.last();
    const reader = { ...everything, mayRead: (event: ServerEvent) => event.app !== "secret" };
    const stream = follow(streams.open(reader, undefined));
    for (const app of ["shop", "secret", "wiki"]) emit(app);
    const text = await stream.read();
    expect(text).toMatch(new RegExp(`^retry: \\d+\\nid: ${start}\\n\\nid: ${start + 1}\\n`));
    expect(appsIn(text)).toEqual(["shop", "wiki"]);
    await stream.close();
  });

  it("resumes where it was left, without gap or repeat", async () => {
    const { streams, events, emit } = makeBed();
    emit("before");
    const left = events.last();
    for (const app of ["one", "two"]) emit(app);
    const stream = follow(streams.open(everything, left));
    emit("three");
    const text = await stream.read();
    expect(appsIn(text)).toEqual(["one", "two", "three"]);
    expect(text).not.toContain("reset");
    await stream.close();
  });

  it.each([
    ["too long ago", -4],
    ["of another run", 1_000],
  ])("says that it cannot resume from an event that is %s", async (_, offset) => {
    const { streams, events, emit } = makeBed({ kept: 2 });
    for (const app of ["one", "two", "three", "four"]) emit(app);
    const stream = follow(streams.open(everything, events.last() + offset));
    emit("five");
    const text = await stream.read();
    expect(text).toContain("event: reset\ndata: {}\n\n");
    expect(appsIn(text)).toEqual(["five"]);
    await stream.close();
  });

  it("is cut off where its reader is too slow, and the others are not", async () => {
    const { streams, emit } = makeBed({ waitingBytes: 1_000 });
    const slow = streams.open(everything, undefined);
    const fast = follow(streams.open(everything, undefined));
    for (let count = 0; count < 50; count++) {
      emit(`app${count}`);
      await fast.read();
    }
    expect(appsIn(await fast.read())).toHaveLength(50);
    const late = follow(slow);
    await late.ended;
    expect(late.got.failure).toContain("too slow");
    await fast.close();
  });

  it("ends when its reader may not read any more, at the latest at the next heartbeat", async () => {
    const { streams } = makeBed({ heartbeatMs: 5 });
    let isThere = true;
    const stream = follow(streams.open({ ...everything, isStillThere: () => isThere }, undefined));
    while (!(await stream.read()).endsWith(":\n\n:\n\n")) await turn();
    isThere = false;
    await stream.ended;
    expect(stream.got.failure).toBe("");
  });

  it("ends before the event that says that its reader was removed", async () => {
    const { streams, events } = makeBed();
    let isThere = true;
    const stream = follow(streams.open({ ...everything, isStillThere: () => isThere }, undefined));
    isThere = false;
    events.emit({ topic: "server", kind: "user.changed" });
    await stream.ended;
    expect(stream.got.text).not.toContain("user.changed");
  });

  it("is forgotten when it is closed", async () => {
    const { streams, events } = makeBed();
    const told: boolean[] = [];
    events.onListening((isListening) => void told.push(isListening));
    const stream = streams.open(everything, undefined);
    await stream.cancel();
    expect(told).toEqual([true, false]);
  });
});
