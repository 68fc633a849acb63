import type { WorkerScale } from "@hop3/core";
import type { App } from "../db/apps.ts";
import { currentRelease } from "../deploy/current-release.ts";
import type { Platform } from "../deploy/platform.ts";
import { type WorkerNumbers, whyFixed, workerNumbers } from "../deploy/worker-numbers.ts";
import { showProcesses } from "./views.ts";

type Processes = Awaited<ReturnType<typeof showProcesses>>;

/** Every worker of the Release that serves, then those that only have a stored number. */
export async function showScale(
  platform: Platform,
  app: App,
  processes?: Processes,
): Promise<readonly WorkerScale[]> {
  const release = currentRelease(platform, app.id);
  const stored = platform.apps.scale(app.id);
  const numbers = release === undefined ? [] : workerNumbers(release, stored);
  const found = processes ?? (await showProcesses(platform, app));
  const known = new Set(numbers.map(({ worker }) => worker));
  return [
    ...numbers.map((each) => showWorker(each, found)),
    ...[...stored]
      .filter(([worker]) => !known.has(worker))
      .map(([worker, instances]) => ({ worker, stored: instances, wanted: 0, up: 0 })),
  ];
}

function showWorker(numbers: WorkerNumbers, processes: Processes): WorkerScale {
  const { worker, kind, declared, stored, wanted } = numbers;
  const fixedBecause = whyFixed(numbers);
  const up = processes.filter(
    (each) => each.worker === worker && each.role === "current" && each.state === "up",
  );
  return {
    worker,
    kind,
    declared,
    ...(stored === undefined ? {} : { stored }),
    wanted,
    up: up.length,
    ...(fixedBecause === undefined ? {} : { fixedBecause }),
  };
}
