import { makeSeries, type Sample, type Series, type TimedSample } from "./series.ts";

/** Of one Process, as the sampler has found it. */
export interface ProcessSample extends Sample {
  readonly id: string;
  readonly appId: number;
}

export interface Measured {
  readonly stepMs: number;
  readonly samples: readonly TimedSample[];
}

/** What Processes have used, of the last hour exactly and of the last day roughly. In memory only. */
export interface Metrics {
  /** Of all Processes that run, at one time: those that are missing are forgotten. */
  record(at: number, samples: readonly ProcessSample[]): void;
  current(processId: string): Sample | undefined;
  currentOfApp(appId: number): Sample | undefined;
  ofProcess(processId: string, window: Window): Measured;
  ofApp(appId: number, window: Window): Measured;
  /** At most this many points of the last ten minutes. */
  spark(appId: number, now: number): readonly Sample[];
}

export interface Window {
  readonly now: number;
  readonly minutes: number;
}

export const sampleMs = 5_000;
const minuteMs = 60_000;
const hourMinutes = 60;
const dayMinutes = 24 * 60;
export const sparkPoints = 20;
const sparkStepMs = 30_000;

interface History {
  readonly fine: Series;
  readonly rough: Series;
  latest: Sample;
}

export function makeMetrics(): Metrics {
  let processes = new Map<string, History>();
  let apps = new Map<number, History>();
  return {
    record(at, samples) {
      processes = extend(processes, at, new Map(samples.map((each) => [each.id, each])));
      apps = extend(apps, at, sumByApp(samples));
    },
    current: (id) => processes.get(id)?.latest,
    currentOfApp: (id) => apps.get(id)?.latest,
    ofProcess: (id, window) => measured(processes.get(id), window),
    ofApp: (id, window) => measured(apps.get(id), window),
    spark(id, now) {
      const { samples } = measured(apps.get(id), { now, minutes: 10 });
      const coarse = makeSeries(sparkStepMs, sparkPoints);
      for (const sample of samples) coarse.add(sample.at, sample);
      return coarse.since(0);
    },
  };
}

function extend<Key>(
  before: ReadonlyMap<Key, History>,
  at: number,
  samples: ReadonlyMap<Key, Sample>,
): Map<Key, History> {
  const after = new Map<Key, History>();
  for (const [key, sample] of samples) {
    const history = before.get(key) ?? makeHistory(sample);
    history.fine.add(at, sample);
    history.rough.add(at, sample);
    history.latest = sample;
    after.set(key, history);
  }
  return after;
}

function makeHistory(latest: Sample): History {
  return {
    fine: makeSeries(sampleMs, (hourMinutes * minuteMs) / sampleMs),
    rough: makeSeries(minuteMs, dayMinutes),
    latest,
  };
}

function sumByApp(samples: readonly ProcessSample[]): Map<number, Sample> {
  const sums = new Map<number, Sample>();
  for (const { appId, memoryBytes, cpu } of samples) {
    const sum = sums.get(appId) ?? { memoryBytes: 0, cpu: 0 };
    sums.set(appId, { memoryBytes: sum.memoryBytes + memoryBytes, cpu: sum.cpu + cpu });
  }
  return sums;
}

function measured(history: History | undefined, { now, minutes }: Window): Measured {
  const isFine = minutes <= hourMinutes;
  const series = isFine ? history?.fine : history?.rough;
  return {
    stepMs: isFine ? sampleMs : minuteMs,
    samples: series?.since(now - minutes * minuteMs) ?? [],
  };
}
