import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Deployment } from "../db/deployments.ts";
import type { ProcessRecord } from "../db/processes.ts";
import { sweepContents } from "../upload/sweep.ts";
import { startMissingAddons, wantedAddonIds } from "./addon-recovery.ts";
import { sendAllBack } from "./canary.ts";
import type { Deployer } from "./deployer.ts";
import { removeProcesses, retireOne } from "./drain.ts";
import { deployInterrupted, toFailure } from "./errors.ts";
import type { Platform } from "./platform.ts";
import { makeProcessSpec } from "./process-spec.ts";
import { hasUpload } from "./receive.ts";
import { endLeftSteps } from "./release-steps.ts";
import { sweepBuilders } from "./retain.ts";
import { desiredRoutes } from "./routes.ts";

/** What a start found and did; every line is logged, so that a kill is never a mystery. */
export interface Recovery {
  readonly failed: readonly number[];
  readonly resumed: readonly number[];
  readonly started: readonly string[];
  readonly stopped: readonly string[];
}

/**
 * Makes the world and the database agree after however the server ended. Attempts that had not switched are failed and
 * taken back; those that had are finished; Processes that should run are started; all others are stopped.
 */
export async function recover(platform: Platform, deployer: Deployer): Promise<Recovery> {
  const open = platform.deployments.open();
  const failed = open.filter((entry) => isInterrupted(platform, entry));
  const resumed = open.filter((entry) => !failed.includes(entry));
  const addons = await startMissingAddons(platform);
  const started = await startMissing(platform);
  sendAllBack(platform);
  // Before anything is taken back: Processes leave the Router first, and after a reboot it does not run yet.
  await platform.router.ensureRunning(desiredRoutes(platform));
  await forgetGone(platform);
  for (const deployment of failed) await failInterrupted(platform, deployment);
  await failLeftReleases(platform);
  const stopped = await stopUnknown(platform);
  await sweepLeftBuilds(platform);
  resumeAll(platform, deployer, resumed);
  await removeLeftUploads(platform);
  return {
    failed: failed.map((entry) => entry.id),
    resumed: resumed.map((entry) => entry.id),
    started: [...addons, ...started],
    stopped,
  };
}

/** Live ones have switched; queued ones whose upload is whole have lost nothing but time. */
function isInterrupted(platform: Platform, deployment: Deployment): boolean {
  if (deployment.state === "live") return false;
  if (deployment.state === "running") return true;
  return deployment.kind !== "deploy" || !hasUpload(platform.home.uploads, deployment.id);
}

async function failInterrupted(platform: Platform, deployment: Deployment): Promise<void> {
  const app = platform.apps.findById(deployment.appId);
  if (app === undefined) return;
  await endLeftSteps(platform, app);
  // What it had tried with a share of the requests is drained once all else is in order.
  const idle = platform.processes
    .ofDeployment(deployment.id)
    .filter(({ role }) => role !== "draining");
  await removeProcesses(platform, idle);
  const failure = toFailure(
    deployInterrupted({
      kind: deployment.kind,
      phase: deployment.phase,
      serving: app.currentRelease,
    }),
  );
  const release =
    deployment.release === undefined
      ? undefined
      : platform.releases.find(app.id, deployment.release);
  platform.db.transaction(() => {
    if (release !== undefined && release.state === "starting") {
      const isOlder = deployment.kind === "rollback" || deployment.kind === "restart";
      const before = release.number === app.currentRelease ? "running" : "previous";
      if (isOlder) platform.releases.setState(app.id, release.number, before);
    }
    platform.deployments.end(deployment.id, "failed", {
      at: platform.now().toISOString(),
      failure,
    });
  });
  platform.timelines.append(platform.home.app(app.name), deployment.id, {
    type: "end",
    state: "failed",
    failure,
  });
  platform.log.write("warning", "deployment-interrupted", {
    app: app.name,
    deployment: deployment.id,
    phase: deployment.phase,
  });
}

/** No Release stays half-made: what was being built or started and is not current has failed. */
async function failLeftReleases(platform: Platform): Promise<void> {
  for (const release of platform.releases.inStates(["building", "ready", "starting"])) {
    const app = platform.apps.findById(release.appId);
    if (app === undefined || app.currentRelease === release.number) continue;
    const failure = toFailure(
      deployInterrupted({
        kind: release.createdBy,
        phase: undefined,
        serving: app.currentRelease,
      }),
    );
    const attempt = platform.deployments
      .ofApp(app.id, 20)
      .find((deployment) => deployment.release === release.number);
    platform.releases.setFailed(app.id, release.number, attempt?.failure ?? failure);
    const dir = platform.home.app(app.name).release(release.number);
    await rm(join(dir, "root"), { force: true });
  }
}

/** After a reboot nothing runs; after a kill everything does. */
async function startMissing(platform: Platform): Promise<readonly string[]> {
  const known = new Set((await platform.supervisor.status()).map((status) => status.id));
  const started: string[] = [];
  for (const record of platform.processes.all()) {
    if (known.has(record.id) || record.role !== "current") continue;
    const app = platform.apps.findById(record.appId);
    const release = platform.releases.find(record.appId, record.release);
    if (app === undefined || release === undefined) continue;
    if (release.newerSchema !== undefined) {
      const { number, newerSchema } = release;
      platform.log.write("error", "release-newer", { app: app.name, number, newerSchema });
      continue;
    }
    await platform.supervisor.start(makeProcessSpec(platform, { app, release, record }));
    started.push(record.id);
  }
  return started;
}

/** What was to end anyway and has ended, in a reboot or just before a kill: the Router may still know it. */
async function forgetGone(platform: Platform): Promise<void> {
  const known = new Set((await platform.supervisor.status()).map((status) => status.id));
  const gone = platform.processes
    .all()
    .filter(({ id, role }) => role !== "current" && !known.has(id));
  await removeProcesses(platform, gone);
}

async function stopUnknown(platform: Platform): Promise<readonly string[]> {
  const processes = platform.processes.all().map((record) => record.id);
  const wanted = new Set([...processes, ...wantedAddonIds(platform)]);
  const unknown = (await platform.supervisor.status())
    .map((status) => status.id)
    .filter((id) => !wanted.has(id));
  await Promise.all(unknown.map((id) => platform.supervisor.stop(id)));
  return unknown;
}

function resumeAll(platform: Platform, deployer: Deployer, resumed: readonly Deployment[]): void {
  for (const app of platform.apps.all()) {
    const own = resumed.filter((deployment) => deployment.appId === app.id);
    for (const { id } of own) {
      platform.log.write("info", "deployment-resumed", { app: app.name, deployment: id });
    }
    const live = own.filter(({ state }) => state === "live").sort((a, b) => b.id - a.id);
    let draining = platform.processes.ofApp(app.id).filter(({ role }) => role === "draining");
    // The newest takes over all that the App has left draining; the others have nothing more to wait for.
    for (const deployment of live) {
      deployer.resume(deployment, app, draining);
      draining = [];
    }
    for (const record of draining) retireLeft(platform, record);
    const queued = own.filter(({ state }) => state === "queued");
    for (const deployment of queued) deployer.deploy(deployment, { force: false });
  }
}

/** Left by a Deployment that has ended without being able to clean up after itself. */
function retireLeft(platform: Platform, record: ProcessRecord): void {
  const tell = (event: string, more: object): void =>
    platform.log.write("warning", event, { process: record.id, ...more });
  retireOne(platform, record, { onCut: (text) => tell("process-cut", { text }) }).catch((error) => {
    if (!platform.stopping.aborted) tell("process-left", { error });
  });
}

/** What a kill has left half-built, and uploads that nobody goes on with: no start fails because they stay. */
async function sweepLeftBuilds(platform: Platform): Promise<void> {
  for (const app of platform.apps.all()) {
    await sweepBuilders(platform, app).catch((error: unknown) => {
      platform.log.write("warning", "builds-left", { app: app.name, error: String(error) });
    });
    const { contents } = platform.home.app(app.name);
    await sweepContents(contents, platform.now()).catch((error: unknown) => {
      platform.log.write("warning", "uploads-left", { app: app.name, error: String(error) });
    });
  }
}

async function removeLeftUploads(platform: Platform): Promise<void> {
  const queued = platform.deployments.open().filter(({ state }) => state === "queued");
  const open = new Set(queued.map((deployment) => String(deployment.id)));
  for (const name of await readdir(platform.home.uploads).catch(() => [])) {
    if (open.has(name)) continue;
    await rm(join(platform.home.uploads, name), { recursive: true, force: true });
  }
}
