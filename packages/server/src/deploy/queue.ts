/** What waits for its turn; `supersedes` says which waiting ones it makes pointless. */
export interface Job {
  readonly id: number;
  readonly appId: number;
  /** Runs to its end; must not reject. */
  run(): Promise<void>;
  /** Resolves when the next job of the same App may begin; at the latest with `run`. */
  readonly settled: Promise<void>;
  supersedes(other: Job): boolean;
  superseded(by: Job): void;
}

export interface Queue {
  /** Returns how many jobs of the same App are before it. */
  add(job: Job): number;
  /** Takes a waiting job out; false where it is not waiting. */
  remove(id: number): boolean;
  /** Resolves when everything that has begun has ended. */
  idle(): Promise<void>;
}

/** One job an App at a time, different Apps side by side up to `limit`. */
export function makeQueue(limit: number): Queue {
  const waiting: Job[] = [];
  const busyApps = new Set<number>();
  const running = new Set<Promise<void>>();
  let active = 0;

  const startNext = (): void => {
    while (active < limit) {
      const index = waiting.findIndex((job) => !busyApps.has(job.appId));
      const job = waiting[index];
      if (job === undefined) return;
      waiting.splice(index, 1);
      begin(job);
    }
  };
  const begin = (job: Job): void => {
    active += 1;
    busyApps.add(job.appId);
    const run = job.run().finally(() => running.delete(run));
    running.add(run);
    void Promise.race([job.settled, run]).finally(() => {
      active -= 1;
      busyApps.delete(job.appId);
      startNext();
    });
  };

  return {
    add(job) {
      const superseded = waiting.filter(
        (other) => other.appId === job.appId && job.supersedes(other),
      );
      for (const other of superseded) {
        waiting.splice(waiting.indexOf(other), 1);
        other.superseded(job);
      }
      const ahead = waiting.filter((other) => other.appId === job.appId).length;
      const behind = ahead + (busyApps.has(job.appId) ? 1 : 0);
      waiting.push(job);
      startNext();
      return behind;
    },
    remove(id) {
      const index = waiting.findIndex((job) => job.id === id);
      if (index >= 0) waiting.splice(index, 1);
      return index >= 0;
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
