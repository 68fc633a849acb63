import { existsSync } from "node:fs";
import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BuildArtifact } from "@hop3/core";
import type { BuildIo, BuildResult } from "@hop3/core/plugin";
import type { BuiltRelease, Release } from "../db/releases.ts";
import { activate } from "./activate.ts";
import type { Attempt } from "./attempt.ts";
import { isUnchanged } from "./current-release.ts";
import { toFailure } from "./errors.ts";
import { type Planned, planSource } from "./plan-source.ts";
import { requireReadable } from "./readable.ts";
import { type ReceiveRequest, unpack, uploadPaths } from "./receive.ts";
import { publicUrl } from "./routes.ts";
import { snapshotConfig } from "./stored-config.ts";

export interface DeployRequest {
  readonly revision?: string | undefined;
  /** Start new Processes even where nothing has changed. */
  readonly force: boolean;
}

/** The main flow of the program, from an uploaded tree to a routed app. Start reading here. */
export function deploy(attempt: Attempt, request: DeployRequest): Promise<void> {
  return withRelease(attempt, async (release) => {
    const ready = await makeRelease(attempt, release, request);
    const isNew = request.force || !(await isUnchanged(attempt, ready));
    if (!isNew) return await keepCurrent(attempt, ready);
    await keepRelease(attempt, ready);
    await activate(attempt, ready);
  });
}

/** From the upload to a Release that could run; nothing of the upload is left after it. */
async function makeRelease(
  attempt: Attempt,
  release: Release,
  request: DeployRequest,
): Promise<Release> {
  try {
    const receive = await receiveRequest(attempt, request);
    const entries = await attempt.phase("receive", () => unpack(receive));
    const planned = await attempt.phase("plan", () => planSource(attempt, receive, entries));
    attempt.platform.releases.setSource(release, planned.source);
    const built = await build(attempt, release, planned);
    return record(attempt, release, { ...built, settings: planned.settings });
  } finally {
    const { dir } = uploadPaths(attempt.platform.home.uploads, attempt.id);
    await rm(dir, { recursive: true, force: true });
  }
}

/** The stored configuration has changed: the same closure, a new Release, no build. */
export function redeploy(attempt: Attempt, base: Release): Promise<void> {
  return withRelease(attempt, async (release) => {
    const { releases } = attempt.platform;
    const { artifact, settings, closure, inputHash } = base;
    requireReadable(attempt.app, base);
    if (artifact === undefined || settings === undefined || closure === undefined) {
      throw new Error(`release ${base.number} has no artifact`);
    }
    releases.setSource(release, { hash: base.sourceHash ?? "", revision: base.sourceRevision });
    const ready = record(attempt, release, { artifact, settings, closure, inputHash });
    await keepRelease(attempt, ready);
    await activate(attempt, ready);
  });
}

/** A Release that never served keeps its number and its logs, and gives up its root. */
export async function withRelease(
  attempt: Attempt,
  work: (release: Release) => Promise<void>,
): Promise<void> {
  const { platform } = attempt;
  const release = platform.db.transaction(() => {
    const at = platform.now().toISOString();
    const made = platform.releases.create(attempt.app.id, attempt.kind, at);
    platform.deployments.setRelease(attempt.id, made.number);
    return made;
  });
  try {
    await work(release);
  } catch (error) {
    const isCommitted = platform.deployments.find(attempt.id)?.state === "live";
    if (!isCommitted) {
      const cause = attempt.signal.aborted ? attempt.signal.reason : error;
      await rm(join(attempt.home.release(release.number), "root"), { force: true });
      platform.releases.setFailed(release.appId, release.number, toFailure(cause));
    }
    throw error;
  }
}

async function receiveRequest(attempt: Attempt, request: DeployRequest): Promise<ReceiveRequest> {
  const { home, settings } = attempt.platform;
  const { archive, tree, below } = uploadPaths(home.uploads, attempt.id);
  return {
    archive,
    contents: attempt.home.contents,
    dir: tree,
    revision: request.revision,
    // Beside the upload, so that it outlives a restart of the server as the upload does.
    below: await readFile(below, "utf8").catch(() => undefined),
    limits: {
      maxBytes: settings.policy["max-upload-bytes"],
      maxFiles: settings.policy["max-source-files"],
    },
    onWarning: (text) => attempt.note("warning", text),
  };
}

async function build(attempt: Attempt, release: Release, planned: Planned): Promise<BuildResult> {
  const { builders, releases } = attempt.platform;
  const builder = builders.get(planned.plan.builder);
  if (builder === undefined) throw new Error(`no builder ${planned.plan.builder}`);
  const releaseDir = attempt.home.release(release.number);
  await mkdir(releaseDir, { recursive: true });
  const io: BuildIo = {
    app: attempt.app.name,
    source: planned.source,
    overrides: planned.overrides,
    generate: (outside) => planned.generate(outside),
    releaseDir,
    signal: attempt.signal,
    phase: (name, work) => attempt.phase(name, work),
    log: (text) => attempt.log(text),
    note: (level, text) => attempt.note(level, text),
    findResult(inputHash) {
      const { artifact, closure } = releases.findByInputs(attempt.app.id, inputHash) ?? {};
      return artifact && closure && { artifact, closure };
    },
  };
  try {
    return await builder.build(planned.plan, io);
  } catch (error) {
    throw planned.explain(error);
  }
}

export function record(attempt: Attempt, release: Release, built: BuiltRelease): Release {
  const { releases } = attempt.platform;
  releases.setBuilt(release, built, snapshotConfig(attempt, release));
  const ready = releases.find(release.appId, release.number);
  if (ready === undefined) throw new Error(`release ${release.number} vanished`);
  return ready;
}

async function keepCurrent(attempt: Attempt, ready: Release): Promise<void> {
  const { platform, app } = attempt;
  const current = platform.apps.findById(app.id)?.currentRelease ?? ready.number;
  platform.db.transaction(() => {
    platform.releases.remove(ready.appId, ready.number);
    platform.deployments.setUnchanged(attempt.id, current);
  });
  await rm(attempt.home.release(ready.number), { recursive: true, force: true });
  attempt.note("info", `Nothing has changed since release ${current}, which goes on running`);
  attempt.live(current, publicUrl(platform, app), true);
  attempt.succeed();
}

/** A link that keeps what the Release runs: a root of the store, of the directory of a local build, of a launcher. */
async function keepArtifact(
  { platform }: Attempt,
  { kind, location, runtime }: BuildArtifact,
  root: string,
): Promise<void> {
  if (kind === "nix") await platform.nix.addRoot(location, root);
  else await symlink(kind === "docker" ? (runtime.launcher ?? location) : location, root);
}

/** Its directory on disk: what it is, and the root that keeps its closure even where an earlier Release has it too. */
export async function keepRelease(attempt: Attempt, release: Release): Promise<void> {
  const dir = attempt.home.release(release.number);
  const root = join(dir, "root");
  await mkdir(dir, { recursive: true });
  const { artifact } = release;
  if (artifact !== undefined && !existsSync(root)) await keepArtifact(attempt, artifact, root);
  const file = join(dir, "release.json");
  await writeFile(file, `${JSON.stringify(release.artifact, null, 2)}\n`, { mode: 0o640 });
}
