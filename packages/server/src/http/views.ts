import { readFile } from "node:fs/promises";
import type {
  AppDetail,
  AppSummary,
  DeploymentSummary,
  ProcessInfo,
  ReleaseSummary,
  Verification,
} from "@hop3/core";
import type { ProcessStatus } from "@hop3/core/plugin";
import type { App } from "../db/apps.ts";
import type { Deployment } from "../db/deployments.ts";
import type { ProcessRecord } from "../db/processes.ts";
import type { Release } from "../db/releases.ts";
import { currentRelease } from "../deploy/current-release.ts";
import { whyNotRestorable } from "../deploy/deployer.ts";
import type { Platform } from "../deploy/platform.ts";
import { builtInDomain, publicUrl } from "../deploy/routes.ts";

/** States as they are: read from the supervisor at the time of the call. */
export async function showProcesses(platform: Platform, app: App): Promise<readonly ProcessInfo[]> {
  const records = platform.processes.ofApp(app.id);
  return Promise.all(
    records.map(async (record) =>
      showProcess(record, await platform.supervisor.statusOf(record.id)),
    ),
  );
}

async function showProcess(record: ProcessRecord, status: ProcessStatus): Promise<ProcessInfo> {
  const memoryBytes = status.pid === undefined ? undefined : await residentBytes(status.pid);
  return {
    id: record.id,
    worker: record.worker,
    instance: record.instance,
    release: record.release,
    kind: record.kind,
    state: status.state,
    ...(status.pid === undefined ? {} : { pid: status.pid }),
    sinceSeconds: status.sinceSeconds,
    restarts: status.deaths,
    ...(record.address === undefined ? {} : { address: showAddress(record.address) }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
  };
}

function showAddress(address: NonNullable<ProcessRecord["address"]>): string {
  return address.kind === "unix" ? `unix:${address.path}` : `${address.host}:${address.port}`;
}

/** VmRSS of the Process itself; its children are not counted. */
async function residentBytes(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(text)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

export async function showAppSummary(platform: Platform, app: App): Promise<AppSummary> {
  return summarise(platform, app, await showProcesses(platform, app));
}

function summarise(platform: Platform, app: App, processes: readonly ProcessInfo[]): AppSummary {
  const release = currentRelease(platform, app.id);
  const current = processes.filter((entry) => entry.release === release?.number);
  const tier = release?.artifact?.provenance.tier;
  return {
    name: app.name,
    url: publicUrl(platform, app),
    domains: [builtInDomain(platform, app.name), ...platform.apps.domains(app.id)],
    state: summariseState(release, current),
    ...(release === undefined ? {} : { release: release.number, deployedAt: release.createdAt }),
    ...(tier === undefined ? {} : { tier }),
  };
}

function summariseState(
  release: Release | undefined,
  processes: readonly ProcessInfo[],
): AppSummary["state"] {
  if (release === undefined) return "empty";
  const up = processes.filter((entry) => entry.state === "up").length;
  if (up === 0) return "down";
  return up === processes.length ? "running" : "degraded";
}

export async function showAppDetail(platform: Platform, app: App): Promise<AppDetail> {
  const release = currentRelease(platform, app.id);
  const processes = await showProcesses(platform, app);
  const last = platform.deployments.ofApp(app.id, 1)[0];
  return {
    ...summarise(platform, app, processes),
    createdAt: app.createdAt,
    dataDir: platform.home.app(app.name).data,
    processes: [...processes],
    configKeys: platform.apps.config(app.id).map((row) => row.key),
    ...(release === undefined ? {} : { currentRelease: showRelease(platform, app, release) }),
    ...(last === undefined ? {} : { lastDeployment: showDeployment(platform, last) }),
  };
}

export function showRelease(platform: Platform, app: App, release: Release): ReleaseSummary {
  const { artifact, closure, failure, sourceHash, sourceRevision, verification } = release;
  const { newerSchema } = release;
  const reason = whyNotRestorable(platform, app, release);
  return {
    number: release.number,
    state: release.state,
    createdAt: release.createdAt,
    createdBy: release.createdBy,
    configKeys: release.configKeys,
    restorable: reason === undefined,
    ...(reason === undefined ? {} : { notRestorableBecause: reason }),
    ...(artifact === undefined
      ? {}
      : {
          buildId: artifact.build_id,
          location: artifact.location,
          tier: artifact.provenance.tier,
          ...(artifact.provenance.toolchain_source === "host" ? { builtByHost: true } : {}),
        }),
    ...(newerSchema === undefined ? {} : { newerSchema }),
    ...(closure === undefined ? {} : { closure }),
    ...(sourceHash === undefined ? {} : { sourceHash }),
    ...(sourceRevision === undefined ? {} : { sourceRevision }),
    ...(failure === undefined ? {} : { failure }),
    ...(verification === undefined ? {} : { verified: verifiedOf(verification) }),
  };
}

function verifiedOf({ state, at, reason }: Verification): ReleaseSummary["verified"] {
  return { state, at, ...(reason === undefined ? {} : { reason }) };
}

export function showDeployment(platform: Platform, deployment: Deployment): DeploymentSummary {
  const app = platform.apps.findById(deployment.appId);
  if (app === undefined) throw new Error(`deployment ${deployment.id} has no app`);
  const release =
    deployment.release === undefined
      ? undefined
      : platform.releases.find(app.id, deployment.release);
  const tier = release?.artifact?.provenance.tier;
  return {
    id: deployment.id,
    app: app.name,
    kind: deployment.kind,
    state: shownState(deployment),
    url: publicUrl(platform, app),
    unchanged: deployment.unchanged,
    phases: deployment.phases,
    createdAt: deployment.createdAt,
    ...(deployment.release === undefined ? {} : { release: deployment.release }),
    ...(tier === undefined ? {} : { tier }),
    ...(release?.closure === undefined ? {} : { closure: release.closure }),
    ...(deployment.endedAt === undefined ? {} : { endedAt: deployment.endedAt }),
    ...(deployment.failure === undefined ? {} : { failure: deployment.failure }),
  };
}

/** The switch is committed before the Router has followed; users are served by the result only then. */
function shownState({ state, phase }: Deployment): DeploymentSummary["state"] {
  return state === "live" && phase === "switch" ? "running" : state;
}
