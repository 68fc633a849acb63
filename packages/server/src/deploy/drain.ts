import { setTimeout as sleep } from "node:timers/promises";
import type { ProcessRecord } from "../db/processes.ts";
import type { Attempt } from "./attempt.ts";
import type { Platform } from "./platform.ts";

const pollMs = 25;

/** Stops what this Deployment has replaced: background work at once, web Processes when their requests have ended. */
export async function retire(attempt: Attempt): Promise<void> {
  const old = attempt.platform.processes
    .ofApp(attempt.app.id)
    .filter((record) => record.role === "draining" && record.deploymentId < attempt.id);
  await Promise.all(old.map((record) => retireOne(attempt, record)));
}

async function retireOne(attempt: Attempt, record: ProcessRecord): Promise<void> {
  if (record.address !== undefined) await drain(attempt, record);
  await removeProcesses(attempt.platform, [record]);
}

async function drain(attempt: Attempt, record: ProcessRecord): Promise<void> {
  const { platform } = attempt;
  const deadline = Date.parse(record.drainUntil ?? "") || 0;
  const route = { app: attempt.app.name, backend: attempt.app.backend };
  for (;;) {
    const open = await platform.router.openSessions(route, record.id);
    if (open === 0) return;
    if (platform.now().getTime() >= deadline) {
      const shown = open === 1 ? "1 connection" : `${open} connections`;
      attempt.note(
        "warning",
        `Release ${record.release} still held ${shown} when its drain time was over; they are closed`,
      );
      return;
    }
    await sleep(pollMs, undefined, { signal: platform.stopping });
  }
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
