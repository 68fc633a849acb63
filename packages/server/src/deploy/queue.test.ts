import { describe, expect, it } from "vitest";
import { type Job, makeQueue } from "./queue.ts";

interface Tried extends Job {
  end(): void;
}

function makeJobs() {
  const said: string[] = [];
  const job = (id: number, appId: number): Tried => {
    const ended = Promise.withResolvers<void>();
    return {
      id,
      appId,
      settled: ended.promise,
      end: ended.resolve,
      async run() {
        said.push(`begin ${id}`);
        await ended.promise;
      },
      supersedes: (other) => other.id % 2 === id % 2,
      superseded: (by) => said.push(`${id} superseded by ${by.id}`),
    };
  };
  return { said, job };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("the queue", () => {
  it("runs one of an app at a time and as many apps as it may", async () => {
    const { said, job } = makeJobs();
    const queue = makeQueue(2);
    const jobs = [job(1, 1), job(2, 1), job(3, 2), job(4, 3)];
    expect(jobs.map((each) => queue.add(each))).toEqual([0, 1, 0, 0]);
    expect(said).toEqual(["begin 1", "begin 3"]);
    jobs[2]?.end();
    await turn();
    expect(said.slice(2)).toEqual(["begin 4"]);
    jobs[0]?.end();
    await turn();
    expect(said.slice(3)).toEqual(["begin 2"]);
    for (const each of jobs) each.end();
    await queue.idle();
  });

  it("lets a newer one take the place of those that wait, never of the one that runs", async () => {
    const { said, job } = makeJobs();
    const queue = makeQueue(1);
    const jobs = [job(1, 1), job(3, 1), job(4, 1), job(5, 1)];
    for (const each of jobs) queue.add(each);
    expect(said).toEqual(["begin 1", "3 superseded by 5"]);
    for (const each of jobs) each.end();
    await turn();
    await queue.idle();
    expect(said.slice(2)).toEqual(["begin 4", "begin 5"]);
  });

  it("gives back what waits, and nothing else", async () => {
    const { said, job } = makeJobs();
    const queue = makeQueue(1);
    const [first, second] = [job(1, 1), job(2, 1)];
    queue.add(first);
    queue.add(second);
    expect([queue.remove(2), queue.remove(2), queue.remove(1)]).toEqual([true, false, false]);
    first.end();
    await queue.idle();
    await turn();
    expect(said).toEqual(["begin 1"]);
  });
});
