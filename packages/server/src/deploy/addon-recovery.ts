import type { AddonRecord } from "../db/addons.ts";
import { addonProcessId, type KnownAddon } from "./addon-calls.ts";
import { startAddon } from "./addons.ts";
import type { Platform } from "./platform.ts";

/** How long the start of the server waits for one plug-in. */
const patienceMs = 30_000;

interface LeftAddon {
  readonly id: string;
  readonly record: AddonRecord;
  readonly known: KnownAddon | undefined;
}

/** Ids of the addons' processes that should run. One that has never served is begun again by the next deploy. */
export function wantedAddonIds(platform: Platform): ReadonlySet<string> {
  return new Set(servingAddons(platform).map(({ id }) => id));
}

/** After a reboot: before the Apps, which want them. One that cannot be started stops neither the others nor the server. */
export async function startMissingAddons(platform: Platform): Promise<readonly string[]> {
  const running = new Set((await platform.supervisor.status()).map(({ id }) => id));
  const missing = servingAddons(platform).filter(({ id }) => !running.has(id));
  const started = await Promise.all(
    missing.map(async ({ id, record, known }) => {
      if (known === undefined) {
        platform.log.write("warning", "addon-unprovided", { addon: id, type: record.type });
        return [];
      }
      if (known.hosted.provider.process === undefined) return [];
      try {
        await startAddon(platform, known, AbortSignal.timeout(patienceMs));
        return [id];
      } catch (error) {
        platform.log.write("error", "addon-not-started", { addon: id, error });
        return [];
      }
    }),
  );
  return started.flat();
}

function servingAddons(platform: Platform): readonly LeftAddon[] {
  return platform.addonStore.all().flatMap((record) => {
    const app = platform.apps.findById(record.appId);
    if (app === undefined || record.variables === undefined) return [];
    const hosted = platform.addons.get(record.type);
    const known = hosted === undefined ? undefined : { app, record, hosted };
    return [{ id: addonProcessId(app, record), record, known }];
  });
}
