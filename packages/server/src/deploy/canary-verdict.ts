import type { UpstreamTraffic } from "@hop3/core/plugin";

/** The highest weight that the Router knows; shares are as exact as it allows. */
const highestWeight = 256;
/** Part of its requests by which the new Release may fail more often than the old one in the same time. */
const toleratedRate = 0.05;
/** One or two failures are no rate yet. */
const leastFailures = 3;

/** Traffic of both Releases since the canary began. */
export interface CanaryCounts {
  readonly fresh: UpstreamTraffic;
  readonly old: UpstreamTraffic;
}

interface Sides<T> {
  readonly fresh: T;
  readonly old: T;
}

/** Weights for each Process, so that all new ones together get this percentage of the requests. */
export function canaryWeights(share: number, { fresh, old }: Sides<number>): Sides<number> {
  const wanted = { fresh: share / fresh, old: (100 - share) / old };
  const scale = highestWeight / Math.max(wanted.fresh, wanted.old);
  const weight = (part: number): number => Math.max(1, Math.round(part * scale));
  return { fresh: weight(wanted.fresh), old: weight(wanted.old) };
}

/** True where the new Release fails more often than the old one, beyond what is tolerated. */
export function isWorse({ fresh, old }: CanaryCounts): boolean {
  return fresh.failed >= leastFailures && failureRate(fresh) > failureRate(old) + toleratedRate;
}

function failureRate({ requests, failed }: UpstreamTraffic): number {
  return requests === 0 ? Math.min(failed, 1) : Math.min(failed / requests, 1);
}

/** `3 of 104 requests failed (2.9 %)`. */
export function describeTraffic(traffic: UpstreamTraffic): string {
  const { requests, failed } = traffic;
  return `${failed} of ${requests} requests failed (${percent(failureRate(traffic))})`;
}

/** `104 of 1012 requests (10.3 %)`. */
export function describeShare({ fresh, old }: CanaryCounts): string {
  const all = fresh.requests + old.requests;
  return `${fresh.requests} of ${all} requests (${percent(all === 0 ? 0 : fresh.requests / all)})`;
}

function percent(part: number): string {
  return `${Math.round(part * 1000) / 10} %`;
}

type Reading = ReadonlyMap<string, UpstreamTraffic>;

const none: UpstreamTraffic = { requests: 0, failed: 0 };

/** Adds up readings of counters that begin anew whenever the Router is started again. */
export interface TrafficTally {
  add(reading: Reading): void;
  of(ids: readonly string[]): UpstreamTraffic;
}

/** Counts from this first reading on; an upstream that it does not hold begins at nothing. */
export function makeTally(first: Reading): TrafficTally {
  let last = first;
  const sums = new Map<string, UpstreamTraffic>();
  return {
    add(reading) {
      for (const [id, now] of reading) {
        const before = last.get(id) ?? none;
        const isNew = now.requests < before.requests || now.failed < before.failed;
        sums.set(id, plus(sums.get(id) ?? none, isNew ? now : minus(now, before)));
      }
      last = reading;
    },
    of: (ids) => ids.map((id) => sums.get(id) ?? none).reduce(plus, none),
  };
}

function plus(left: UpstreamTraffic, right: UpstreamTraffic): UpstreamTraffic {
  return { requests: left.requests + right.requests, failed: left.failed + right.failed };
}

function minus(left: UpstreamTraffic, right: UpstreamTraffic): UpstreamTraffic {
  return { requests: left.requests - right.requests, failed: left.failed - right.failed };
}
