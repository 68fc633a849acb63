import type { WorkerSpec } from "@hop3/core";
import type { ProcessSpec } from "@hop3/core/plugin";
import { launcherEnvironment } from "../build/docker/launcher.ts";
import type { App } from "../db/apps.ts";
import type { ProcessRecord } from "../db/processes.ts";
import type { Release } from "../db/releases.ts";
import { addonEnvironment } from "./addon-variables.ts";
import { commandArgv, makeEnvironment, type PlatformFacts } from "./environment.ts";
import type { Platform } from "./platform.ts";
import { requireReadable } from "./readable.ts";
import { publicUrl } from "./routes.ts";

/** First uid of Apps when the server is root; the Router has this one itself. Above every user and subordinate range. */
export const baseUid = 700_000;
const defaultStopTimeoutSeconds = 10;

export function appUser(
  platform: Pick<Platform, "isolateUsers">,
  app: App,
): { uid: number; gid: number } | undefined {
  if (!platform.isolateUsers) return undefined;
  return { uid: baseUid + app.id, gid: baseUid + app.id };
}

/**
 * True where an engine keeps a Release's Processes apart from the host: what is started is its launcher, with the rights
 * of the server, and what the RuntimeConfig says holds inside of the container.
 */
export function isContained({ artifact }: Pick<Release, "artifact">): boolean {
  return artifact?.kind === "docker";
}

/** Whose rights a command of a Release is started with; undefined: the server's. */
export function processUser(
  platform: Pick<Platform, "isolateUsers">,
  { app, release }: Pick<ProcessSource, "app" | "release">,
): { uid: number; gid: number } | undefined {
  return isContained(release) ? undefined : appUser(platform, app);
}

/** Where on the host a command of a Release is started. */
export function startDirectory(release: Release): string {
  return isContained(release) ? "/" : (release.artifact?.runtime.working_dir ?? "/");
}

/** `a<app>.r<release>.<worker>.<instance>.d<deployment>`: short, since it becomes part of a socket's path. */
export function processId(
  record: Omit<ProcessRecord, "id" | "port" | "role" | "kind" | "address" | "drainUntil">,
): string {
  return `a${record.appId}.r${record.release}.${record.worker}.${record.instance}.d${record.deploymentId}`;
}

export function releaseEnvironment(
  platform: Platform,
  { app, release }: Pick<ProcessSource, "app" | "release">,
  purpose: Pick<PlatformFacts, "role" | "port" | "socket">,
): Record<string, string> {
  const { artifact, settings, config } = release;
  requireReadable(app, release);
  if (artifact === undefined || settings === undefined) {
    throw new Error(`release ${release.number} of ${app.name} has no artifact`);
  }
  const home = platform.home.app(app.name);
  const stored =
    config === undefined ? {} : platform.vault.openValues(config, snapshotPurpose(app, release));
  const addons = addonEnvironment(platform, app, settings);
  const env = makeEnvironment(
    { runtime: artifact.runtime, settings, addons, stored },
    {
      app: app.name,
      release: release.number,
      dataDir: home.data,
      tmpDir: home.tmp,
      publicUrl: publicUrl(platform, app),
      ...purpose,
    },
  );
  return isContained(release) ? launcherEnvironment(env, platform.home.runtimeDir) : env;
}

export function snapshotPurpose(app: { id: number }, release: { number: number }): string {
  return `release ${app.id}/${release.number}`;
}

export function configPurpose(app: { id: number }, key: string): string {
  return `config ${app.id}/${key}`;
}

export interface ProcessSource {
  readonly app: App;
  readonly release: Release;
  readonly record: ProcessRecord;
}

/** Everything the Supervisor needs for one Process, from what the database knows. */
export function makeProcessSpec(
  platform: Platform,
  { app, release, record }: ProcessSource,
): ProcessSpec {
  requireReadable(app, release);
  const runtime = release.artifact?.runtime;
  const worker: WorkerSpec | undefined = runtime?.workers[record.worker];
  if (runtime === undefined || worker === undefined) {
    throw new Error(`release ${release.number} of ${app.name} has no worker ${record.worker}`);
  }
  const socket = `${platform.home.socketDir(record.id)}/http.sock`;
  return {
    id: record.id,
    serviceDir: platform.home.app(app.name).service(record),
    argv: commandArgv(worker.command, runtime),
    env: releaseEnvironment(
      platform,
      { app, release },
      { role: record.kind, port: record.port, socket },
    ),
    workingDir: startDirectory(release),
    user: processUser(platform, { app, release }),
    stopSignal: worker.stop_signal ?? "TERM",
    stopTimeoutMs: (worker.stop_timeout ?? defaultStopTimeoutSeconds) * 1000,
    restart: true,
  };
}
