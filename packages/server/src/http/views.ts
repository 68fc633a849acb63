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

type Statuses = ReadonlyMap<string, ProcessStatus>;

/** States as they are: read from the supervisor at the time of the call, or for many Apps in one go before it. */
export async function showProcesses(
  platform: Platform,
  app: App,
  statuses?: Statuses,
): Promise<readonly ProcessInfo[]> {
  const { supervisor } = platform;
  const records = platform.processes.ofApp(app.id);
  return Promise.all(
    records.map(async (record) => {
      const status = statuses?.get(record.id) ?? (await supervisor.statusOf(record.id));
      return await showProcess(platform, record, status);
    }),
  );
}

async function showProcess(
  { metrics }: Platform,
  record: ProcessRecord,
  status: ProcessStatus,
): Promise<ProcessInfo> {
  const used = status.pid === undefined ? undefined : metrics.current(record.id);
  const memoryBytes = used?.memoryBytes ?? (status.pid && (await residentBytes(status.pid)));
  return {
    id: record.id,
    worker: record.worker,
    instance: record.instance,
    release: record.release,
    kind: record.kind,
    role: record.role,
    state: status.state,
    ...(status.pid === undefined ? {} : { pid: status.pid }),
    sinceSeconds: status.sinceSeconds,
    restarts: status.deaths,
    ...(record.address === undefined ? {} : { address: showAddress(record.address) }),
    ...(memoryBytes === undefined ? {} : { memoryBytes: Math.round(memoryBytes) }),
    ...(used === undefined ? {} : { cpu: roundCpu(used.cpu) }),
  };
}

/** Three digits: what is measured in hundredths of a second is not known more exactly. */
export function roundCpu(cpu: number): number {
  return Math.round(cpu * 1_000) / 1_000;
}

function showAddress(address: NonNullable<ProcessRecord["address"]>): string {
  return address.kind === "unix" ? `unix:${address.path}` : `${address.host}:${address.port}`;
}

/** Before it was measured for the first time: VmRSS of the Process itself, without its children. */
async function residentBytes(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(text)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** Asks the supervisor once, however many Apps there are. */
export async function showAppSummaries(
  platform: Platform,
  apps: readonly App[],
): Promise<AppSummary[]> {
  const found = await platform.supervisor.status();
  const statuses = new Map(found.map((status) => [status.id, status]));
  return await Promise.all(
    apps.map(async (app) => summarise(platform, app, await showProcesses(platform, app, statuses))),
  );
}

function summarise(platform: Platform, app: App, processes: readonly ProcessInfo[]): AppSummary {
  const release = currentRelease(platform, app.id);
  const current = processes.filter(({ role }) => role === "current");
  const tier = release?.artifact?.provenance.tier;
  return {
    name: app.name,
    url: publicUrl(platform, app),
    domains: [builtInDomain(platform, app.name), ...platform.apps.domains(app.id)],
    state: summariseState(release, current),
    ...(release === undefined ? {} : { release: release.number, deployedAt: release.createdAt }),
    ...(tier === undefined ? {} : { tier }),
    ...showUse(platform, app),
  };
}

function showUse(
  { metrics, now }: Platform,
  { id }: App,
): Pick<AppSummary, "memoryBytes" | "cpu" | "spark"> {
  const used = metrics.currentOfApp(id);
  if (used === undefined) return {};
  const points = metrics.spark(id, now().getTime());
  return {
    memoryBytes: Math.round(used.memoryBytes),
    cpu: roundCpu(used.cpu),
    spark: {
      memoryBytes: points.map(({ memoryBytes }) => Math.round(memoryBytes)),
      cpu: points.map(({ cpu }) => roundCpu(cpu)),
    },
  };
}

function summariseState(
  release: Release | undefined,
  processes: readonly ProcessInfo[],
): AppSummary["state"] {
  if (release === undefined) return "empty";
  if (processes.length === 0) return "stopped";
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
