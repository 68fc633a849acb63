import { setTimeout as sleep } from "node:timers/promises";
import type { CanarySettings } from "@hop3/core";
import type { ProcessRecord } from "../db/processes.ts";
import type { Release } from "../db/releases.ts";
import { describeExit, lastLog } from "../run/watched-process.ts";
import type { Attempt } from "./attempt.ts";
import {
  type CanaryCounts,
  describeShare,
  describeTraffic,
  isWorse,
  makeTally,
} from "./canary-verdict.ts";
import { drainDeadline, retire } from "./drain.ts";
import { canaryFailed } from "./errors.ts";
import type { Platform } from "./platform.ts";
import { redactFor } from "./redact.ts";
import { desiredRoutes } from "./routes.ts";

const lookMs = 1_000;
/** The timeline tells the counts that often, and in a long canary ten times. */
const shortestReportMs = 10_000;
const reports = 10;
/** What a dying program wrote passes through its logger: that takes a moment. */
const loggerMs = 50;

/** A Release that shares the requests with the one that serves. */
export interface Canary extends CanarySettings {
  readonly release: Release;
  /** All that this attempt has started, web Processes and others. */
  readonly fresh: readonly ProcessRecord[];
  /** Web Processes of the Release that serves. */
  readonly old: readonly ProcessRecord[];
}

/**
 * The canary of this attempt, undefined where all requests shall go to the new Release at once: another strategy, a
 * rollback or restart, whose result is known, or nothing to share requests with.
 */
export async function findCanary(attempt: Attempt, release: Release): Promise<Canary | undefined> {
  const { platform, app, kind } = attempt;
  const settings = release.settings?.canary;
  if (settings === undefined || kind === "rollback" || kind === "restart") return undefined;
  const known = platform.processes.ofApp(app.id);
  const fresh = known.filter(({ deploymentId }) => deploymentId === attempt.id);
  const old = known.filter(({ role, address }) => role === "current" && address !== undefined);
  const states = await Promise.all(old.map(({ id }) => platform.supervisor.statusOf(id)));
  const isShared = fresh.some(({ address }) => address !== undefined);
  if (isShared && states.some(({ state }) => state === "up")) {
    return { ...settings, release, fresh, old };
  }
  const reason = isShared ? "no earlier release serves" : "it answers no requests";
  attempt.note("info", `No canary: ${reason}`);
  return undefined;
}

/** Gives the new Release its share of the requests and watches it. Throws where it is not to have the rest. */
export async function tryCanary(attempt: Attempt, canary: Canary): Promise<void> {
  const { platform, app } = attempt;
  const { release, fresh, old, share, seconds } = canary;
  const before = await platform.router.traffic(routeOf(attempt));
  for (const { id } of fresh.filter(({ address }) => address !== undefined)) {
    platform.processes.setRole(id, "canary");
  }
  await platform.router.apply(desiredRoutes(platform));
  attempt.note(
    "info",
    `Release ${release.number} gets ${share} % of the requests for ${seconds} s; to decide sooner: hop3 canary promote|abort --app ${app.name}`,
  );
  const tally = makeTally(before);
  await watch(attempt, canary, async () => {
    tally.add(await platform.router.traffic(routeOf(attempt)));
    return { fresh: tally.of(fresh.map(({ id }) => id)), old: tally.of(old.map(({ id }) => id)) };
  });
}

function routeOf({ app }: Attempt): { app: string; backend: number } {
  return { app: app.name, backend: app.backend };
}

async function watch(
  attempt: Attempt,
  canary: Canary,
  count: () => Promise<CanaryCounts>,
): Promise<void> {
  const { promoted, signal } = attempt;
  const timeMs = canary.seconds * 1000;
  const reportMs = Math.max(shortestReportMs, timeMs / reports);
  const began = performance.now();
  const ends = AbortSignal.any([signal, promoted]);
  for (let nextReport = reportMs; ; ) {
    const left = timeMs - (performance.now() - began);
    await sleep(Math.max(0, Math.min(lookMs, left)), undefined, { signal: ends }).catch(() => {});
    signal.throwIfAborted();
    const counts = await count();
    const elapsed = performance.now() - began;
    if (!promoted.aborted) await requireGood(attempt, canary, counts);
    if (promoted.aborted || elapsed >= timeMs) return conclude(attempt, canary, counts);
    if (elapsed < nextReport) continue;
    nextReport += reportMs;
    attempt.note("info", `After ${Math.round(elapsed / 1000)} s: ${describe(canary, counts)}`);
  }
}

function conclude(attempt: Attempt, canary: Canary, counts: CanaryCounts): void {
  const why = attempt.promoted.aborted ? "Promoted by hand" : "Passed";
  attempt.note("info", `${why}: ${describe(canary, counts)}`);
}

/** `release 2 had 104 of 1012 requests (10.3 %); 0 of 104 requests failed (0 %), of release 1 …`. */
function describe({ release, old }: Canary, counts: CanaryCounts): string {
  const failures = `${describeTraffic(counts.fresh)}, at release ${old[0]?.release} ${describeTraffic(counts.old)}`;
  return `release ${release.number} had ${describeShare(counts)}; ${failures}`;
}

async function requireGood(attempt: Attempt, canary: Canary, counts: CanaryCounts): Promise<void> {
  const { platform, app } = attempt;
  const { release, share, fresh } = canary;
  const fail = (reason: string, log?: string): Error =>
    canaryFailed({ app: app.name, release: release.number, share, reason, log });
  const known = new Map((await platform.supervisor.status()).map((entry) => [entry.id, entry]));
  for (const record of fresh) {
    const status = known.get(record.id);
    if (status?.state === "up" && status.deaths === 0) continue;
    await sleep(loggerMs);
    const log = await lastLog({
      serviceDir: platform.home.app(app.name).service(record),
      redact: redactFor(platform, app, release),
    });
    throw fail(`its worker '${record.worker}' ended: ${describeExit(status?.lastExit)}`, log);
  }
  if (isWorse(counts)) throw fail(describe(canary, counts));
}

/** Takes a tried Release out of the Router: no request comes to it any more, those it has are waited for. */
export async function sendBack(attempt: Attempt, release: Release): Promise<void> {
  const { platform } = attempt;
  const tried = platform.processes.ofDeployment(attempt.id).filter(({ role }) => role === "canary");
  if (tried.length === 0) return;
  const drainUntil = drainDeadline(platform, release);
  markSentBack(platform, tried, drainUntil);
  await platform.router.apply(desiredRoutes(platform));
  const serving = platform.apps.findById(release.appId)?.currentRelease;
  attempt.note("info", `All requests go to release ${serving} again`);
  await retire(
    attempt,
    tried.map((record) => ({ ...record, role: "draining", drainUntil })),
  );
}

/** For a start after a kill: whatever was tried when the server ended is to get no more requests. */
export function sendAllBack(platform: Platform): void {
  for (const record of platform.processes.all().filter(({ role }) => role === "canary")) {
    const release = platform.releases.find(record.appId, record.release);
    markSentBack(platform, [record], drainDeadline(platform, release));
  }
}

function markSentBack(
  { processes }: Platform,
  tried: readonly ProcessRecord[],
  drainUntil: string,
): void {
  for (const { id } of tried) processes.setRole(id, "draining", drainUntil);
}
