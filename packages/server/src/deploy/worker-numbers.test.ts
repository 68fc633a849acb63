import type { BuildArtifact, WorkerSpec } from "@hop3/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareNumbers, instancesOf, workerNumbers } from "./worker-numbers.ts";

/** A Release with these workers, as far as numbers are concerned. */
function releaseOf(workers: Readonly<Record<string, Partial<WorkerSpec>>>) {
  const specs = Object.entries(workers).map(([name, spec]) => [name, { command: "run", ...spec }]);
  const runtime = { workers: Object.fromEntries(specs) } as BuildArtifact["runtime"];
  return { artifact: { runtime } as BuildArtifact };
}

describe("the number of instances of a worker", () => {
  it.each([
    ["is one where nobody says", {}, undefined, 1],
    ["is what the Release says", { instances: 3 }, undefined, 3],
    ["is what was chosen, where that is so", { instances: 3 }, 5, 5],
    ["may be none", { instances: 3 }, 0, 0],
    ["is none for what has no scheduler", { kind: "cron" as const }, 2, 0],
  ])("%s", (...[, spec, stored, wanted]) => {
    const chosen = new Map(stored === undefined ? [] : [["mail", stored]]);
    const [numbers] = workerNumbers(releaseOf({ mail: spec }), chosen);
    expect(numbers).toMatchObject({ worker: "mail", stored, wanted });
  });

  it("is not touched by what is stored for other workers", () => {
    const stored = new Map([["gone", 7]]);
    expect(workerNumbers(releaseOf({ web: {} }), stored)).toEqual([
      { worker: "web", kind: "web", declared: 1, stored: undefined, wanted: 1 },
    ]);
  });
});

describe("what is started and stopped for other numbers", () => {
  const numbers = fc.integer({ min: 0, max: 64 });
  const runningOf = (release: ReturnType<typeof releaseOf>, stored: Map<string, number>) =>
    workerNumbers(release, stored).flatMap(instancesOf);

  it("leads to them, and keeps as much of what runs as there can be", () => {
    const release = releaseOf({ web: {}, mail: { instances: 2 } });
    const pair = fc.tuple(numbers, numbers);
    fc.assert(
      fc.property(pair, pair, ([web, mail], [webNow, mailNow]) => {
        const running = runningOf(release, new Map(Object.entries({ web: webNow, mail: mailNow })));
        const wanted = workerNumbers(release, new Map(Object.entries({ web, mail })));
        const { missing, surplus } = compareNumbers(wanted, running);
        const kept = running.filter((each) => !surplus.includes(each));
        const ofWorker = (name: string) =>
          [...kept, ...missing].filter(({ worker }) => worker === name);
        expect([ofWorker("web").length, ofWorker("mail").length]).toEqual([web, mail]);
        expect(kept).toHaveLength(Math.min(web, webNow) + Math.min(mail, mailNow));
      }),
    );
  });

  it("takes the highest instances away, and fills gaps from below", () => {
    const release = releaseOf({ web: {} });
    const running = [0, 2, 3].map((instance) => ({ worker: "web", instance }));
    const compare = (web: number) =>
      compareNumbers(workerNumbers(release, new Map([["web", web]])), running);
    expect(compare(1).surplus.map(({ instance }) => instance)).toEqual([2, 3]);
    expect(compare(4).missing.map(({ instance }) => instance)).toEqual([1]);
  });
});
