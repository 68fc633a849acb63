import { setTimeout as sleep } from "node:timers/promises";
import type { Router, Supervisor } from "@hop3/core/plugin";
import type { AppStore } from "../db/apps.ts";
import type { ProcessRecord, ProcessStore } from "../db/processes.ts";
import type { Release } from "../db/releases.ts";
import type { Attempt } from "./attempt.ts";

/** What of the platform takes part in the end of a Process. */
export interface EndingPlatform {
  readonly apps: Pick<AppStore, "findById">;
  readonly processes: Pick<ProcessStore, "remove">;
  readonly router: Pick<Router, "openSessions" | "remove">;
  readonly supervisor: Pick<Supervisor, "stop">;
  readonly stopping: AbortSignal;
  now(): Date;
}

const defaultDrainSeconds = 30;
const firstPauseMs = 25;
const longestPauseMs = 250;

/** The moment until which requests in flight are waited for, from now on. */
export function drainDeadline(
  { now }: Pick<EndingPlatform, "now">,
  release: Release | undefined,
): string {
  const drainMs = (release?.settings?.drainTimeoutSeconds ?? defaultDrainSeconds) * 1000;
  return new Date(now().getTime() + drainMs).toISOString();
}

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

/**
 * One Process: drained, taken out of the Router, stopped. Where its time is over before its connections are, it is
 * stopped first: it may then say good-bye to those who still listen, which a cut by the Router would not.
 */
export async function retireOne(
  platform: EndingPlatform,
  record: ProcessRecord,
  drain: Drain,
): Promise<void> {
  const isDrained = record.address === undefined || (await waitForDrain(platform, record, drain));
  if (!isDrained) await platform.supervisor.stop(record.id);
  await removeProcesses(platform, [record]);
}

/** False where something was still open when its time was over. */
async function waitForDrain(
  platform: EndingPlatform,
  record: ProcessRecord,
  { hurried, onCut }: Drain,
): Promise<boolean> {
  const app = platform.apps.findById(record.appId);
  if (app === undefined) return true;
  const route = { app: app.name, backend: app.backend };
  const deadline = Date.parse(record.drainUntil ?? "") || 0;
  const ends = [platform.stopping, ...(hurried === undefined ? [] : [hurried])];
  const signal = AbortSignal.any(ends);
  for (let pause = firstPauseMs; ; pause = Math.min(pause * 1.25, longestPauseMs)) {
    const open = await platform.router.openSessions(route, record.id);
    if (open === 0) return true;
    if (hurried?.aborted === true) return false;
    if (platform.now().getTime() >= deadline) {
      onCut(describeCut(record, open));
      return false;
    }
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
  platform: EndingPlatform,
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
