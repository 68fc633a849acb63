/** What was measured at one time. */
export interface Sample {
  readonly memoryBytes: number;
  readonly cpu: number;
}

export interface TimedSample extends Sample {
  readonly at: number;
}

/** The newest samples at a fixed distance, older ones forgotten. Takes the same memory however long it is filled. */
export interface Series {
  readonly stepMs: number;
  /** Several within one step become their mean. */
  add(at: number, sample: Sample): void;
  /** From this time on, oldest first. Steps in which nothing was measured are left out. */
  since(at: number): readonly TimedSample[];
}

export function makeSeries(stepMs: number, length: number): Series {
  const memory = new Float32Array(length);
  const cpu = new Float32Array(length);
  /** How many samples are in a slot. */
  const counts = new Uint16Array(length);
  let newest: number | undefined;

  const forgetUpTo = (step: number): void => {
    const from = Math.max((newest ?? step) + 1, step - length + 1);
    for (let each = from; each <= step; each++) counts[each % length] = 0;
    newest = step;
  };
  return {
    stepMs,
    add(at, sample) {
      const step = Math.floor(at / stepMs);
      // The clock was set back: what it measured before is of a time that is still to come.
      if (newest !== undefined && step < newest) counts.fill(0);
      if (step !== newest) forgetUpTo(step);
      const slot = step % length;
      const count = (counts[slot] ?? 0) + 1;
      counts[slot] = count;
      memory[slot] =
        count === 1 ? sample.memoryBytes : mean(memory[slot], sample.memoryBytes, count);
      cpu[slot] = count === 1 ? sample.cpu : mean(cpu[slot], sample.cpu, count);
    },
    since(at) {
      if (newest === undefined) return [];
      const found: TimedSample[] = [];
      const oldest = Math.max(Math.ceil(at / stepMs), newest - length + 1);
      for (let step = oldest; step <= newest; step++) {
        const slot = step % length;
        if ((counts[slot] ?? 0) === 0) continue;
        found.push({ at: step * stepMs, memoryBytes: memory[slot] ?? 0, cpu: cpu[slot] ?? 0 });
      }
      return found;
    },
  };
}

function mean(before: number | undefined, value: number, count: number): number {
  return (before ?? 0) + (value - (before ?? 0)) / count;
}
