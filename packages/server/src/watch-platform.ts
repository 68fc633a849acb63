import type { Platform } from "./deploy/platform.ts";
import { readPageBytes } from "./observe/proc-table.ts";
import { type SeenProcess, watchProcesses } from "./observe/process-watch.ts";
import { makeSampler, startSampling } from "./observe/sampler.ts";
import { spareMemory } from "./observe/spare-memory.ts";

/** Has the events tell of what the supervisor does by itself, too, measures what Processes use, and spares memory. */
export function watchPlatform(platform: Platform): void {
  const { events, log, metrics, stopping } = platform;
  watchProcesses({
    events,
    stopping,
    look: () => lookAtProcesses(platform),
    onError: (error) => log.write("error", "process-watch", { error }),
  });
  spareMemory({ events, stopping });
  const sample = makeSampler({
    metrics,
    pageBytes: readPageBytes(),
    expected: () => platform.processes.all(),
    findPids: () => findPids(platform),
  });
  const onError = (error: unknown): void => log.write("error", "metrics", { error });
  startSampling(sample, { stopping, onError });
}

async function findPids({ supervisor }: Platform): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (const { id, pid } of await supervisor.status()) if (pid !== undefined) found.set(id, pid);
  return found;
}

async function lookAtProcesses(platform: Platform): Promise<readonly SeenProcess[]> {
  const { apps, processes, supervisor } = platform;
  const states = new Map((await supervisor.status()).map((status) => [status.id, status]));
  const names = new Map(apps.all().map(({ id, name }) => [id, name]));
  return processes.all().flatMap(({ id, appId }) => {
    const app = names.get(appId);
    if (app === undefined) return [];
    const { state = "missing", pid, deaths = 0 } = states.get(id) ?? {};
    return [{ id, app, state, pid, deaths }];
  });
}
