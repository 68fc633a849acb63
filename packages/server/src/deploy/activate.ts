import type { ReleaseState } from "@hop3/core";
import type { ProcessRecord } from "../db/processes.ts";
import type { Release } from "../db/releases.ts";
import type { Attempt } from "./attempt.ts";
import { findCanary, sendBack, tryCanary } from "./canary.ts";
import { currentRelease } from "./current-release.ts";
import { claimDomain } from "./domains.ts";
import { drainDeadline, removeProcesses, retire } from "./drain.ts";
import { makeProcessSpec } from "./process-spec.ts";
import { provision } from "./provision.ts";
import { requireReadable } from "./readable.ts";
import { retain } from "./retain.ts";
import { desiredRoutes, publicUrl } from "./routes.ts";
import { probe, type Started, start } from "./start-processes.ts";

/**
 * Makes a Release that is built the current one: provision, start, probe, canary, switch, drain, retain. Until the
 * switch nothing changes but for a canary's share of the requests, and whatever fails is taken back. Resolves after the switch's aftermath.
 */
export async function activate(attempt: Attempt, release: Release): Promise<void> {
  const { platform, app } = attempt;
  requireReadable(app, release);
  let replaced: readonly ProcessRecord[];
  let halted: readonly ProcessRecord[] = [];
  try {
    const started = await attempt.phase("provision", () => provision(attempt, release));
    platform.releases.setState(release.appId, release.number, "starting");
    if (release.settings?.strategy === "stop-first") {
      requireRestartable(attempt);
      halted = platform.processes.ofApp(app.id).filter(({ role }) => role === "current");
    }
    await attempt.phase("start", () => startAfter(attempt, release, { started, halted }));
    await attempt.phase("probe", () => probe(attempt, release, started));
    const canary = await findCanary(attempt, release);
    if (canary !== undefined) await attempt.phase("canary", () => tryCanary(attempt, canary));
    replaced = await attempt.phase("switch", () => switchTo(attempt, release));
  } catch (error) {
    await takeBack(attempt, release, { before: release.state, halted });
    throw error;
  }
  attempt.live(release.number, publicUrl(platform, app), false);
  await finish(attempt, replaced);
}

/** What follows the switch, also after a restart of the server: it cannot fail the Deployment any more. */
export async function finish(attempt: Attempt, replaced: readonly ProcessRecord[]): Promise<void> {
  try {
    await attempt.phase("drain", () => retire(attempt, replaced));
    await attempt.phase("retain", () => retain(attempt));
  } catch (error) {
    if (attempt.platform.stopping.aborted) return;
    attempt.platform.log.write("error", "deployment-aftermath", { deployment: attempt.id, error });
    const text = "Cleaning up after the switch failed; the next start of the server tries again";
    attempt.note("warning", text);
  }
  attempt.succeed();
}

/** What is stopped first has to be started again where the new Release fails. */
function requireRestartable({ platform, app }: Attempt): void {
  const current = currentRelease(platform, app.id);
  if (current !== undefined) requireReadable(app, current);
}

/** Where two Releases cannot run side by side, the old one's Processes end first; their records stay. */
async function startAfter(
  attempt: Attempt,
  release: Release,
  { started, halted }: { readonly started: Started; readonly halted: Started },
): Promise<void> {
  const { platform } = attempt;
  if (halted.length > 0) attempt.note("info", "The old Release is stopped first");
  await Promise.all(halted.map(({ id }) => platform.supervisor.stop(id)));
  await start(attempt, release, started);
}

/** The commit: one transaction makes the Release current, then the Router follows. From here on there is no way back. */
async function switchTo(attempt: Attempt, release: Release): Promise<readonly ProcessRecord[]> {
  attempt.signal.throwIfAborted();
  const { platform } = attempt;
  const replaced = platform.db.transaction(() => commit(attempt, release));
  await platform.router.apply(desiredRoutes(platform));
  return replaced;
}

/** Returns what has served until now and drains from now on. */
function commit(attempt: Attempt, release: Release): readonly ProcessRecord[] {
  const { platform, app } = attempt;
  const { appId, number } = release;
  const drainUntil = drainDeadline(platform, release);
  const old = platform.apps.findById(appId)?.currentRelease;
  if (old !== undefined && old !== number) platform.releases.setState(appId, old, "previous");
  const known = platform.processes.ofApp(appId);
  const replaced = known.filter((record) => record.role === "current");
  for (const { id } of replaced) platform.processes.setRole(id, "draining", drainUntil);
  for (const { id, deploymentId } of known) {
    if (deploymentId === attempt.id) platform.processes.setRole(id, "current");
  }
  for (const domain of release.settings?.domains ?? []) claimDomain(platform, app, domain);
  platform.releases.setState(appId, number, "running");
  platform.apps.setCurrentRelease(appId, number);
  platform.deployments.setState(attempt.id, "live");
  return replaced.map((record) => ({ ...record, role: "draining", drainUntil }));
}

async function takeBack(
  attempt: Attempt,
  release: Release,
  { before, halted }: { readonly before: ReleaseState; readonly halted: Started },
): Promise<void> {
  const { platform } = attempt;
  const isCommitted = platform.deployments.find(attempt.id)?.state === "live";
  if (isCommitted) return;
  platform.releases.setState(release.appId, release.number, before);
  await sendBack(attempt, release);
  await removeProcesses(platform, platform.processes.ofDeployment(attempt.id));
  for (const record of halted) {
    const old = platform.releases.find(record.appId, record.release);
    if (old === undefined) continue;
    const spec = makeProcessSpec(platform, { app: attempt.app, release: old, record });
    await platform.supervisor.start(spec);
  }
}
