import type { Platform } from "./deploy/platform.ts";
import { type SeenProcess, watchProcesses } from "./observe/process-watch.ts";

/** Has the events tell of what the supervisor does by itself, too. */
export function watchPlatform(platform: Platform): void {
  const { events, log, stopping } = platform;
  watchProcesses({
    events,
    stopping,
    look: () => lookAtProcesses(platform),
    onError: (error) => log.write("error", "process-watch", { error }),
  });
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
