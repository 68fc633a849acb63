import { setTimeout as sleep } from "node:timers/promises";
import type { ProcessRecord } from "../db/processes.ts";
import type { Attempt } from "./attempt.ts";
import type { Platform } from "./platform.ts";

const firstPauseMs = 25;
const longestPauseMs = 250;

/** Stops what this Deployment has replaced: background work at once, web Processes when their requests have ended. */
export async function retire(attempt: Attempt, replaced: readonly ProcessRecord[]): Promise<void> {
  const { platform, hurried } = attempt;
  const onCut = (text: string): void => attempt.note("warning", text);
  await Promise.all(replaced.map((record) => retireOne(platform, record, { hurried, onCut })));
}

interface Drain {
  /** Aborted: nobody is waited for any longer. */
  readonly hurried?: AbortSignal;
  /** Told what had to be closed. */
  onCut(text: string): void;
}

/** One Process: drained until its time is over, taken out of the Router, stopped. In this order, always. */
export async function retireOne(
  platform: Platform,
  record: ProcessRecord,
  drain: Drain,
): Promise<void> {
  if (record.address !== undefined) await untilDrained(platform, record, drain);
  await removeProcesses(platform, [record]);
}

async function untilDrained(
  platform: Platform,
  record: ProcessRecord,
  { hurried, onCut }: Drain,
): Promise<void> {
  const app = platform.apps.findById(record.appId);
  if (app === undefined) return;
  const route = { app: app.name, backend: app.backend };
  const deadline = Date.parse(record.drainUntil ?? "") || 0;
  const ends = [platform.stopping, ...(hurried === undefined ? [] : [hurried])];
  const signal = AbortSignal.any(ends);
  for (let pause = firstPauseMs; ; pause = Math.min(pause * 1.25, longestPauseMs)) {
    const open = await platform.router.openSessions(route, record.id);
    if (open === 0 || hurried?.aborted === true) return;
    if (platform.now().getTime() >= deadline) return onCut(describeCut(record, open));
    await sleep(pause, undefined, { signal }).catch(() => {});
    // What is still open is for the next start to wait for.
    platform.stopping.throwIfAborted();
  }
}

function describeCut({ release }: ProcessRecord, open: number): string {
  const shown = open === 1 ? "1 connection" : `${open} connections`;
  return `Release ${release} still held ${shown} when its drain time was over; they are closed`;
}

/** Takes Processes out of the Router, stops and forgets them. Each step may be repeated. */
export async function removeProcesses(
  platform: Platform,
  records: readonly ProcessRecord[],
): Promise<void> {
  await Promise.all(
    records.map(async (record) => {
      const app = platform.apps.findById(record.appId);
      const route = app === undefined ? undefined : { app: app.name, backend: app.backend };
      if (route !== undefined) await platform.router.remove(route, record.id);
      await platform.supervisor.stop(record.id);
      platform.processes.remove(record.id);
    }),
  );
}
