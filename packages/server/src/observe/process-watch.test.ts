import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { makeEvents } from "./events.ts";
import { type SeenProcess, watchProcesses } from "./process-watch.ts";

const web: SeenProcess = { id: "a1-web-1", app: "shop", state: "up", pid: 10, deaths: 0 };

/** A supervisor that is looked at as fast as the loop turns. */
function makeBed() {
  const events = makeEvents({ now: () => new Date() });
  const stopping = new AbortController();
  const errors: unknown[] = [];
  const bed = { processes: [web], looks: 0, fails: false };
  const told: string[] = [];
  watchProcesses({
    events,
    stopping: stopping.signal,
    everyMs: 0,
    async look() {
      bed.looks += 1;
      await turn();
      if (bed.fails) throw new Error("no answer");
      return bed.processes;
    },
    onError: (error) => void errors.push(error),
  });
  const listen = () =>
    events.listen(({ event: { kind, app, data } }) => {
      told.push([kind, app, data?.["process"], data?.["state"]].join(" "));
    });
  /** Until it has looked again from beginning to end. */
  const looked = async (): Promise<void> => {
    const enough = bed.looks + 2;
    while (bed.looks < enough) await turn();
  };
  return { bed, told, errors, stopping, listen, looked };
}

describe("the watch of processes", () => {
  it("looks only while somebody listens", async () => {
    const { bed, listen, looked } = makeBed();
    await turn();
    expect(bed.looks).toBe(0);
    const stop = listen();
    await looked();
    stop();
    for (let turns = 0; turns < 5; turns++) await turn();
    const { looks } = bed;
    for (let turns = 0; turns < 20; turns++) await turn();
    expect(bed.looks).toBe(looks);
  });

  it("tells what has changed of each, and nothing of what has not", async () => {
    const { bed, told, stopping, listen, looked } = makeBed();
    listen();
    await looked();
    expect(told).toEqual([]);
    const restarted = { ...web, pid: 11, deaths: 1 };
    for (const processes of [[restarted], [{ ...restarted, state: "backing-off" }], []]) {
      bed.processes = processes;
      await looked();
    }
    stopping.abort();
    expect(told).toEqual([
      "process.changed shop a1-web-1 up",
      "process.changed shop a1-web-1 backing-off",
      "process.changed shop a1-web-1 gone",
    ]);
  });

  it("tells whoever comes what has changed since the last one left", async () => {
    const { bed, told, stopping, listen, looked } = makeBed();
    const stop = listen();
    await looked();
    stop();
    for (let turns = 0; turns < 5; turns++) await turn();
    bed.processes = [{ ...web, state: "stopped" }];
    listen();
    await looked();
    stopping.abort();
    expect(told).toEqual(["process.changed shop a1-web-1 stopped"]);
  });

  it("goes on after a look that failed", async () => {
    const { bed, told, errors, stopping, listen, looked } = makeBed();
    listen();
    await looked();
    bed.fails = true;
    await looked();
    bed.fails = false;
    bed.processes = [{ ...web, pid: 12 }];
    await looked();
    stopping.abort();
    expect([told.length, errors.length > 0]).toEqual([1, true]);
  });
});
