import { lchown, mkdir } from "node:fs/promises";
import type { ProcessRecord } from "../db/processes.ts";
import type { Release } from "../db/releases.ts";
import { findFreePort } from "../run/ports.ts";
import { provideAddons } from "./addons.ts";
import type { Attempt } from "./attempt.ts";
import { appUser, processId } from "./process-spec.ts";
import { runReleaseSteps } from "./release-steps.ts";
import { layOutWritableTree } from "./writable-tree.ts";

/** Directories, writable files, addons, release steps and ports: everything that must be there before a Process starts. */
export async function provision(
  attempt: Attempt,
  release: Release,
): Promise<readonly ProcessRecord[]> {
  const { platform } = attempt;
  await makeAppDirectories(attempt);
  await layOutWritableTree(attempt, release);
  await provideAddons(attempt, release);
  if (!release.prepared) {
    await runReleaseSteps(attempt, release);
    platform.releases.setPrepared(release.appId, release.number);
  }
  return declareProcesses(attempt, release);
}

async function makeAppDirectories(attempt: Attempt): Promise<void> {
  const user = appUser(attempt.platform, attempt.app);
  for (const dir of [attempt.home.data, attempt.home.tmp]) {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    if (user !== undefined) await lchown(dir, user.uid, user.gid);
  }
}

async function declareProcesses(
  attempt: Attempt,
  release: Release,
): Promise<readonly ProcessRecord[]> {
  const { platform } = attempt;
  const records: ProcessRecord[] = [];
  for (const [worker, spec] of Object.entries(release.artifact?.runtime.workers ?? {})) {
    const kind = spec.kind ?? (worker === "web" ? "web" : "background");
    if (kind === "cron") {
      attempt.note(
        "warning",
        `The cron worker '${worker}' is not started: this version has no scheduler`,
      );
      continue;
    }
    for (let instance = 0; instance < (spec.instances ?? 1); instance++) {
      const key = {
        appId: release.appId,
        release: release.number,
        deploymentId: attempt.id,
        worker,
        instance,
      };
      const port = await findFreePort(platform.processes.ports());
      const record = { ...key, id: processId(key), kind, port, role: "starting" } as const;
      platform.processes.add(record);
      records.push({ ...record, address: undefined, drainUntil: undefined });
    }
  }
  return records;
}
