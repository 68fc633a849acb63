import type { App } from "../db/apps.ts";
import type { Release } from "../db/releases.ts";
import { areProvided } from "./addons.ts";
import type { Attempt } from "./attempt.ts";
import { releaseNotFound } from "./errors.ts";
import type { Platform } from "./platform.ts";
import { compareNumbers, workerNumbers } from "./worker-numbers.ts";

/** The Release that serves; undefined before the first one has. */
export function currentRelease(
  { apps, releases }: Pick<Platform, "apps" | "releases">,
  appId: number,
): Release | undefined {
  const number = apps.findById(appId)?.currentRelease;
  return number === undefined ? undefined : releases.find(appId, number);
}

/** The Release of that number, or the failure that says there is none. */
export function requireRelease(
  { releases }: Pick<Platform, "releases">,
  app: App,
  number: number,
): Release {
  const release = releases.find(app.id, number);
  if (release === undefined) throw releaseNotFound({ app: app.name, release: number });
  return release;
}

/** Same closure, same settings, same configuration, and every Process and addon is up: there is nothing to start. */
export async function isUnchanged({ platform, app }: Attempt, ready: Release): Promise<boolean> {
  const current = currentRelease(platform, app.id);
  if (current === undefined || !isSameRelease(current, ready)) return false;
  if (!(await areProvided(platform, app, ready.settings ?? {}))) return false;
  const records = platform.processes.ofApp(app.id).filter((entry) => entry.role === "current");
  const numbers = workerNumbers(ready, platform.apps.scale(app.id));
  const { missing, surplus } = compareNumbers(numbers, records);
  if (missing.length > 0 || surplus.length > 0) return false;
  const states = await Promise.all(records.map((entry) => platform.supervisor.statusOf(entry.id)));
  return states.every((status) => status.state === "up");
}

function isSameRelease(a: Release, b: Release): boolean {
  return (
    a.artifact?.location === b.artifact?.location &&
    a.configDigest === b.configDigest &&
    JSON.stringify(a.settings) === JSON.stringify(b.settings)
  );
}
