import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BuildArtifact } from "@hop3/core";
import type { BuildIo, BuildResult } from "../build/builder.ts";
import type { ConfigSnapshot, Release } from "../db/releases.ts";
import { activate } from "./activate.ts";
import type { Attempt } from "./attempt.ts";
import { toFailure } from "./errors.ts";
import { type Planned, planSource } from "./plan-source.ts";
import type { Platform } from "./platform.ts";
import { configPurpose, snapshotPurpose } from "./process-spec.ts";
import { type ReceiveRequest, unpack, uploadPaths } from "./receive.ts";
import { publicUrl } from "./routes.ts";

export interface DeployRequest {
  readonly revision?: string | undefined;
  /** Start new Processes even where nothing has changed. */
  readonly force: boolean;
}

/** The main flow of the program, from an uploaded tree to a routed app. Start reading here. */
export async function deploy(
  platform: Platform,
  attempt: Attempt,
  request: DeployRequest,
): Promise<void> {
  const upload = uploadPaths(platform.home.uploads, attempt.id);
  const release = createRelease(platform, attempt);
  try {
    const planned = await receiveAndPlan(platform, attempt, request);
    platform.releases.setSource(release, planned.source);
    const built = await build(platform, attempt, release, planned);
    const ready = record(platform, attempt, release, { ...built, settings: planned.settings });
    if (!request.force && (await isUnchanged(platform, attempt, ready))) {
      return await keepCurrent(platform, attempt, ready);
    }
    await writeReleaseFile(attempt, ready);
    await activate(platform, attempt, ready);
  } catch (error) {
    await discardRelease(platform, attempt, release, error);
    throw error;
  } finally {
    await rm(upload.dir, { recursive: true, force: true });
  }
}

/** The stored configuration has changed: the same closure, a new Release, no build. */
export async function redeploy(platform: Platform, attempt: Attempt, base: Release): Promise<void> {
  const { artifact, settings, closure } = base;
  if (artifact === undefined || settings === undefined || closure === undefined) {
    throw new Error(`release ${base.number} has no artifact`);
  }
  const release = createRelease(platform, attempt);
  try {
    const releaseDir = attempt.home.release(release.number);
    await mkdir(releaseDir, { recursive: true });
    await platform.nix.addRoot(artifact.location, join(releaseDir, "root"));
    const source = { hash: base.sourceHash ?? "", revision: base.sourceRevision };
    platform.releases.setSource(release, source);
    const ready = record(platform, attempt, release, {
      artifact,
      settings,
      closure,
      inputHash: base.inputHash,
    });
    // Its release steps have run for this very closure.
    platform.releases.setPrepared(ready.appId, ready.number);
    await writeReleaseFile(attempt, ready);
    await activate(platform, attempt, { ...ready, prepared: true });
  } catch (error) {
    await discardRelease(platform, attempt, release, error);
    throw error;
  }
}

function createRelease(platform: Platform, attempt: Attempt): Release {
  return platform.db.transaction(() => {
    const at = platform.now().toISOString();
    const release = platform.releases.create(attempt.app.id, attempt.kind, at);
    platform.deployments.setRelease(attempt.id, release.number);
    return release;
  });
}

async function receiveAndPlan(
  platform: Platform,
  attempt: Attempt,
  request: DeployRequest,
): Promise<Planned> {
  const { archive, tree } = uploadPaths(platform.home.uploads, attempt.id);
  const { policy } = platform.settings;
  const receive: ReceiveRequest = {
    archive,
    dir: tree,
    revision: request.revision,
    limits: { maxBytes: policy["max-upload-bytes"], maxFiles: policy["max-source-files"] },
    onWarning: (text) => attempt.note("warning", text),
  };
  const entries = await attempt.phase("receive", () => unpack(receive));
  return attempt.phase("plan", () => planSource(platform, attempt, receive, entries));
}

async function build(
  platform: Platform,
  attempt: Attempt,
  release: Release,
  planned: Planned,
): Promise<BuildResult> {
  const builder = platform.builders.get(planned.plan.builder);
  if (builder === undefined) throw new Error(`no builder ${planned.plan.builder}`);
  const releaseDir = attempt.home.release(release.number);
  await mkdir(releaseDir, { recursive: true });
  const io: BuildIo = {
    app: attempt.app.name,
    source: planned.source,
    overrides: planned.overrides,
    releaseDir,
    signal: attempt.signal,
    phase: (name, work) => attempt.phase(name, work),
    log: (text) => attempt.log(text),
    note: (level, text) => attempt.note(level, text),
    findArtifact: (inputHash): BuildArtifact | undefined =>
      platform.releases.findByInputs(attempt.app.id, inputHash)?.artifact,
  };
  return builder.build(planned.plan, io);
}

function record(
  platform: Platform,
  attempt: Attempt,
  release: Release,
  built: Parameters<Platform["releases"]["setBuilt"]>[1],
): Release {
  platform.releases.setBuilt(release, built, snapshotConfig(platform, attempt, release));
  const ready = platform.releases.find(release.appId, release.number);
  if (ready === undefined) throw new Error(`release ${release.number} vanished`);
  return ready;
}

/** The stored configuration as it is now, sealed for this Release alone. */
function snapshotConfig(platform: Platform, attempt: Attempt, release: Release): ConfigSnapshot {
  const values = readConfig(platform, attempt.app.id);
  return {
    sealed: platform.vault.sealValues(values, snapshotPurpose(attempt.app, release)),
    keys: Object.keys(values).sort(),
    digest: platform.vault.digest(values),
  };
}

/** Decrypted values of an App; they go into Processes and into a sealed snapshot, nowhere else. */
export function readConfig(
  platform: Pick<Platform, "apps" | "vault">,
  appId: number,
): Record<string, string> {
  return Object.fromEntries(
    platform.apps
      .config(appId)
      .map((row) => [
        row.key,
        platform.vault.open(row.value, configPurpose({ id: appId }, row.key)),
      ]),
  );
}

/** Same closure, same settings, same configuration, and every Process is up: there is nothing to start. */
async function isUnchanged(platform: Platform, attempt: Attempt, ready: Release): Promise<boolean> {
  const current = currentRelease(platform, attempt.app.id);
  if (current?.artifact?.location !== ready.artifact?.location) return false;
  if (current === undefined || current.configDigest !== ready.configDigest) return false;
  if (JSON.stringify(current.settings) !== JSON.stringify(ready.settings)) return false;
  const records = platform.processes
    .ofApp(attempt.app.id)
    .filter((entry) => entry.role === "current");
  const states = await Promise.all(records.map((entry) => platform.supervisor.statusOf(entry.id)));
  return states.length > 0 && states.every((status) => status.state === "up");
}

export function currentRelease(
  platform: Pick<Platform, "apps" | "releases">,
  appId: number,
): Release | undefined {
  const number = platform.apps.findById(appId)?.currentRelease;
  return number === undefined ? undefined : platform.releases.find(appId, number);
}

async function keepCurrent(platform: Platform, attempt: Attempt, ready: Release): Promise<void> {
  const current = platform.apps.findById(attempt.app.id)?.currentRelease ?? ready.number;
  platform.db.transaction(() => {
    platform.releases.remove(ready.appId, ready.number);
    platform.deployments.setUnchanged(attempt.id, current);
  });
  await rm(attempt.home.release(ready.number), { recursive: true, force: true });
  attempt.note("info", `Nothing has changed since release ${current}, which goes on running`);
  attempt.live(current, publicUrl(platform, attempt.app), true);
  attempt.succeed();
}

async function writeReleaseFile(attempt: Attempt, release: Release): Promise<void> {
  const file = join(attempt.home.release(release.number), "release.json");
  await writeFile(file, `${JSON.stringify(release.artifact, null, 2)}\n`, { mode: 0o640 });
}

/** A Release that never served keeps its number and its logs, and gives up its root. */
async function discardRelease(
  platform: Platform,
  attempt: Attempt,
  release: Release,
  error: unknown,
): Promise<void> {
  const isCommitted = platform.deployments.find(attempt.id)?.state === "live";
  if (isCommitted) return;
  await rm(join(attempt.home.release(release.number), "root"), { force: true });
  const cause = attempt.signal.aborted ? attempt.signal.reason : error;
  platform.releases.setFailed(release.appId, release.number, toFailure(cause));
}
