import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { App } from "../db/apps.ts";
import type { Release } from "../db/releases.ts";
import { sweepContents } from "../upload/sweep.ts";
import type { Attempt } from "./attempt.ts";
import type { Platform } from "./platform.ts";

const promisedMs = 7 * 24 * 3600 * 1000;
/** Timelines kept of an App; builds and Processes have logs of their own. */
const keptTimelines = 100;

/** Archives the Releases that no promise keeps: the newest `keep`, and all younger than 7 days, stay restorable. */
export async function retain(attempt: Attempt): Promise<void> {
  const { platform } = attempt;
  const releases = platform.releases.all(attempt.app.id);
  const current = releases.find((release) => release.state === "running");
  const keep = current?.settings?.keep ?? 10;
  for (const release of chooseArchived(releases, keep, platform.now())) {
    await rm(join(attempt.home.release(release.number), "root"), { force: true });
    platform.releases.setState(release.appId, release.number, "archived");
    attempt.note("info", `Release ${release.number} is archived: its closure is not kept any more`);
  }
  await sweepBuilders(attempt.platform, attempt.app);
  await sweepContents(attempt.home.contents, platform.now());
  await removeOldTimelines(attempt);
}

/** Builders that keep something outside the store let go of what no restorable Release needs. */
export async function sweepBuilders(
  platform: Platform,
  app: Pick<App, "id" | "name">,
): Promise<void> {
  const releases = platform.releases.all(app.id);
  // What a release of a newer version needs is not known here.
  if (releases.some(({ newerSchema }) => newerSchema !== undefined)) return;
  const kept = releases
    .filter(({ state }) => state !== "archived" && state !== "failed")
    .flatMap(({ artifact }) => (artifact === undefined ? [] : [artifact.location]));
  for (const builder of platform.builders.values()) await builder.sweep?.(app.name, kept);
}

/** Pure: which Releases lose their root. */
export function chooseArchived(
  releases: readonly Release[],
  keep: number,
  now: Date,
): readonly Release[] {
  const candidates = releases.filter((release) => release.state === "previous");
  return candidates
    .slice(Math.max(0, keep - 1))
    .filter((release) => now.getTime() - Date.parse(release.createdAt) > promisedMs);
}

async function removeOldTimelines({ platform, app, home }: Attempt): Promise<void> {
  const kept = new Set(
    platform.deployments.ofApp(app.id, keptTimelines).map((entry) => `${entry.id}.jsonl`),
  );
  const files = await readdir(home.deployments).catch(() => []);
  for (const file of files) {
    if (!kept.has(file)) await rm(join(home.deployments, file), { force: true });
  }
}
