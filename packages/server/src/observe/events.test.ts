import { ServerEvent } from "@hop3/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeEvents, type NewEvent, type Published } from "./events.ts";

const now = (): Date => new Date("2026-11-23T12:00:00.000Z");
const shop: NewEvent = { topic: "app", kind: "app.changed", app: "shop" };

function ids(published: readonly Published[] | undefined): readonly number[] | undefined {
  return published?.map(({ event }) => event.id);
}

describe("events", () => {
  it("rise, and reach everybody who listens, each once", () => {
    const events = makeEvents({ now });
    const seen: number[][] = [[], []];
    const stops = seen.map((list) => events.listen(({ event }) => void list.push(event.id)));
    const before = events.last();
    events.emit(shop);
    stops[1]?.();
    events.emit(shop);
    expect(seen).toEqual([[before + 1, before + 2], [before + 1]]);
    expect(events.last()).toBe(before + 2);
  });

  it("begin above those of an earlier run", () => {
    const early = makeEvents({ now });
    for (let count = 0; count < 500; count++) early.emit(shop);
    const late = makeEvents({ now: () => new Date(now().getTime() + 1) });
    expect(late.last()).toBeGreaterThan(early.last());
    expect(late.since(early.last())).toBeUndefined();
  });

  it("are given again from any that is kept, and never with a gap", () => {
    const amount = fc.nat({ max: 30 });
    const check = (kept: number, emitted: number, back: number): void => {
      const events = makeEvents({ now, kept });
      const first = events.last();
      for (let count = 0; count < emitted; count++) events.emit(shop);
      const after = events.last() - back;
      const all = Array.from({ length: back }, (_, index) => after + index + 1);
      const isKnown = after >= first && back <= kept;
      expect(ids(events.since(after))).toEqual(isKnown ? all : undefined);
    };
    fc.assert(fc.property(fc.integer({ min: 1, max: 20 }), amount, amount, check));
  });

  it("know nothing of one that has not been", () => {
    const events = makeEvents({ now });
    expect(events.since(events.last() + 1)).toBeUndefined();
    expect(events.since(0)).toBeUndefined();
    expect(events.since(-1)).toBeUndefined();
  });

  const unit = fc.constantFrom(
    "a",
    " ",
    ":",
    "\n",
    "\r",
    "\r\n",
    "\u2028",
    "\0",
    '"',
    "\\",
    "é",
    "😀",
  );

  it("are one block of a stream each, whatever is in them", () => {
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        const events = makeEvents({ now });
        const frames: string[] = [];
        events.listen(({ frame }) => void frames.push(Buffer.from(frame).toString()));
        events.emit({ ...shop, data: { text } });
        const [frame = ""] = frames;
        const [id, data, ...end] = frame.split(/\r\n|\r|\n/);
        expect([id, end]).toEqual([`id: ${events.last()}`, ["", ""]]);
        const event = ServerEvent.parse(JSON.parse(data?.slice("data: ".length) ?? ""));
        expect(event.data?.["text"]).toBe(text);
      }),
    );
  });

  it("say when somebody begins to listen and when nobody does any more", () => {
    const events = makeEvents({ now });
    const told: boolean[] = [];
    events.onListening((isListening) => void told.push(isListening));
    const first = events.listen(() => {});
    const second = events.listen(() => {});
    first();
    first();
    second();
    events.listen(() => {});
    expect(told).toEqual([true, false, true]);
  });

  it("reach the server's own parts, which are nobody who listens, until they end", () => {
    const events = makeEvents({ now });
    const told: boolean[] = [];
    const heard: string[] = [];
    const ending = new AbortController();
    events.onListening((isListening) => void told.push(isListening));
    events.attach(({ event }) => void heard.push(event.kind), ending.signal);
    events.emit({ topic: "app", kind: "app.created" });
    ending.abort();
    events.emit({ topic: "app", kind: "app.destroyed" });
    expect([heard, told]).toEqual([["app.created"], []]);
  });
});
