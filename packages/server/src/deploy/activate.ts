import type { ReleaseState } from "@hop3/core";
import type { ProcessRecord } from "../db/processes.ts";
import type { Release } from "../db/releases.ts";
import { probeWeb } from "../run/probe.ts";
import { watchSettled } from "../run/settle.ts";
import type { Attempt } from "./attempt.ts";
import { claimDomain } from "./domains.ts";
import { removeProcesses, retire } from "./drain.ts";
import type { Platform } from "./platform.ts";
import { makeProcessSpec } from "./process-spec.ts";
import { provision } from "./provision.ts";
import { redactFor } from "./redact.ts";
import { retain } from "./retain.ts";
import { builtInDomain, desiredRoutes, publicUrl } from "./routes.ts";

/**
 * Makes a Release that is built the current one: provision, start, probe, switch, drain, retain. Until the switch
 * nothing that users see changes, and whatever fails is taken back. Resolves after the switch's aftermath.
 */
export async function activate(
  platform: Platform,
  attempt: Attempt,
  release: Release,
): Promise<void> {
  const before = release.state;
  try {
    const started = await attempt.phase("provision", () => provision(platform, attempt, release));
    platform.releases.setState(release.appId, release.number, "starting");
    await attempt.phase("start", () => start(platform, attempt, release, started));
    await attempt.phase("probe", () => probe(platform, attempt, release, started));
    await attempt.phase("switch", () => switchTo(platform, attempt, release));
  } catch (error) {
    await takeBack(platform, attempt, release, before);
    throw error;
  }
  attempt.live(release.number, publicUrl(platform, attempt.app), false);
  await finish(platform, attempt);
}

/** What follows the switch, also after a restart of the server: it cannot fail the Deployment any more. */
export async function finish(platform: Platform, attempt: Attempt): Promise<void> {
  try {
    await attempt.phase("drain", () => retire(platform, attempt));
    await attempt.phase("retain", () => retain(platform, attempt));
  } catch (error) {
    platform.log.write("error", "deployment-aftermath", { deployment: attempt.id, error });
    attempt.note(
      "warning",
      "Cleaning up after the switch failed; the next start of the server tries again",
    );
  }
  attempt.succeed();
}

async function start(
  platform: Platform,
  attempt: Attempt,
  release: Release,
  records: readonly ProcessRecord[],
): Promise<void> {
  await Promise.all(
    records.map((record) =>
      platform.supervisor.start(makeProcessSpec(platform, attempt.app, release, record)),
    ),
  );
}

async function probe(
  platform: Platform,
  attempt: Attempt,
  release: Release,
  records: readonly ProcessRecord[],
): Promise<void> {
  const failed = new AbortController();
  const signal = AbortSignal.any([attempt.signal, failed.signal]);
  const hide = redactFor(platform, attempt.app, release);
  const probeOne = async (record: ProcessRecord): Promise<void> => {
    const spec = makeProcessSpec(platform, attempt.app, release, record);
    const target = {
      name: record.worker,
      serviceDir: spec.serviceDir,
      isAlive: () => platform.supervisor.statusOf(record.id),
      redact: hide,
      signal,
    };
    if (record.kind !== "web") return watchSettled(target);
    const settings = release.settings;
    const address = await probeWeb({
      ...target,
      socketPath: `${platform.home.socketDir(record.id)}/http.sock`,
      port: record.port,
      host: builtInDomain(platform, attempt.app.name),
      healthcheck: { ...release.artifact?.runtime.healthcheck, ...settings?.healthcheck },
      startTimeoutMs: (settings?.startTimeoutSeconds ?? 60) * 1000,
    });
    platform.processes.setAddress(record.id, address);
  };
  try {
    await Promise.all(records.map(probeOne));
  } catch (error) {
    failed.abort(error);
    throw error;
  }
}

/** The commit: one transaction makes the Release current, then the Router follows. From here on there is no way back. */
async function switchTo(platform: Platform, attempt: Attempt, release: Release): Promise<void> {
  attempt.signal.throwIfAborted();
  const { appId, number } = release;
  const drainMs = (release.settings?.drainTimeoutSeconds ?? 30) * 1000;
  const drainUntil = new Date(platform.now().getTime() + drainMs).toISOString();
  platform.db.transaction(() => {
    const old = platform.apps.findById(appId)?.currentRelease;
    if (old !== undefined && old !== number) platform.releases.setState(appId, old, "previous");
    for (const record of platform.processes.ofApp(appId)) {
      if (record.role === "current") platform.processes.setRole(record.id, "draining", drainUntil);
      if (record.deploymentId === attempt.id) platform.processes.setRole(record.id, "current");
    }
    for (const domain of release.settings?.domains ?? [])
      claimDomain(platform, attempt.app, domain);
    platform.releases.setState(appId, number, "running");
    platform.apps.setCurrentRelease(appId, number);
    platform.deployments.setState(attempt.id, "live");
  });
  await platform.router.apply(desiredRoutes(platform));
}

async function takeBack(
  platform: Platform,
  attempt: Attempt,
  release: Release,
  before: ReleaseState,
): Promise<void> {
  const isCommitted = platform.deployments.find(attempt.id)?.state === "live";
  if (isCommitted) return;
  await removeProcesses(platform, platform.processes.ofDeployment(attempt.id));
  platform.releases.setState(release.appId, release.number, before);
}
