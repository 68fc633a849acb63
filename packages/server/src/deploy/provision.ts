import { lchown, mkdir } from "node:fs/promises";
import type { App } from "../db/apps.ts";
import type { ProcessRecord } from "../db/processes.ts";
import type { Release } from "../db/releases.ts";
import { findFreePort } from "../run/ports.ts";
import { provideAddons } from "./addons.ts";
import type { Attempt } from "./attempt.ts";
import { appUser, processId } from "./process-spec.ts";
import { runReleaseSteps } from "./release-steps.ts";
import {
  type Instance,
  instancesOf,
  type WorkerNumbers,
  whyFixed,
  workerNumbers,
} from "./worker-numbers.ts";
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
  const stored = attempt.platform.apps.scale(release.appId);
  const numbers = workerNumbers(release, stored);
  noteNumbers(attempt, numbers, stored);
  return await declareInstances(attempt, release, numbers.flatMap(instancesOf));
}

/** Writes down what is to be started, each with a port of its own. */
export async function declareInstances(
  attempt: Attempt,
  release: Release,
  instances: readonly Instance[],
): Promise<readonly ProcessRecord[]> {
  const { processes } = attempt.platform;
  const records: ProcessRecord[] = [];
  for (const { worker, kind, instance } of instances) {
    const key = {
      appId: release.appId,
      release: release.number,
      deploymentId: attempt.id,
      worker,
      instance,
    };
    const port = await findFreePort(processes.ports());
    const record = { ...key, id: processId(key), kind, port, role: "starting" } as const;
    processes.add(record);
    records.push({ ...record, address: undefined, drainUntil: undefined });
  }
  return records;
}

/** Says where what is started is not what the Release asks for. */
function noteNumbers(
  { app, note }: Attempt,
  numbers: readonly WorkerNumbers[],
  chosen: ReadonlyMap<string, number>,
): void {
  for (const { worker, kind, declared, stored, wanted } of numbers) {
    if (whyFixed({ kind }) !== undefined) {
      note("warning", `The cron worker '${worker}' is not started: this version has no scheduler`);
    } else if (wanted === 0) note("warning", describeNone(app, { worker, kind }));
    else if (stored !== undefined && stored !== declared) {
      note(
        "info",
        `${worker}: ${wanted} instances, as was chosen; the release asks for ${declared}`,
      );
    }
  }
  const known = new Set(numbers.map(({ worker }) => worker));
  for (const worker of chosen.keys()) {
    if (known.has(worker)) continue;
    note("info", `The number chosen for '${worker}' has no effect: the release has no such worker`);
  }
}

/** What it means that no instance of a worker runs. */
export function describeNone(
  { name }: Pick<App, "name">,
  { worker, kind }: Pick<WorkerNumbers, "worker" | "kind">,
): string {
  const meanwhile = kind === "web" ? "; until then visitors get a page that says so" : "";
  return `No instance of '${worker}' runs. Start one: hop3 scale ${worker}=1 --app ${name}${meanwhile}`;
}
