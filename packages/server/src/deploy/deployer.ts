import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  appOfPreview,
  artifactSchema,
  type DeploymentKind,
  Hop3Error,
  nearest,
  parseAppName,
  type ScaleChange,
} from "@hop3/core";
import type { App } from "../db/apps.ts";
import type { Deployment } from "../db/deployments.ts";
import type { ProcessRecord } from "../db/processes.ts";
import type { Release } from "../db/releases.ts";
import { activate, finish } from "./activate.ts";
import type { Attempt } from "./attempt.ts";
import { currentRelease, requireRelease } from "./current-release.ts";
import { requireFreeName } from "./domains.ts";
import {
  appNotDeployed,
  appNotFound,
  canaryFailed,
  nothingToRollBackTo,
  releaseNotRestorable,
  tooManyApps,
} from "./errors.ts";
import { deploy, redeploy } from "./pipeline.ts";
import type { Platform } from "./platform.ts";
import { requireReadable } from "./readable.ts";
import { desiredRoutes } from "./routes.ts";
import { makeRunner } from "./runner.ts";
import { scale, storeIfEnough } from "./scale.ts";
import { noteOtherConfig } from "./stored-config.ts";

/** Every way to change what runs. Each returns the queued Deployment at once; its timeline tells the rest. */
export interface Deployer {
  /** The App of this name, made if it is new. */
  prepareApp(name: string): Promise<App>;
  /** The same for the App that shows a branch of another one. */
  preparePreview(name: string): Promise<App>;
  declare(app: App, kind?: DeploymentKind): Deployment;
  /** Queues a declared Deployment whose upload has arrived. */
  deploy(deployment: Deployment, request: { revision?: string | undefined; force: boolean }): void;
  /** Queues a declared Deployment of other work, such as taking over a Release of another server. */
  run(deployment: Deployment, work: (attempt: Attempt) => Promise<void>): void;
  /** Finishes a Deployment that had switched before the server was restarted. */
  resume(deployment: Deployment, app: App, replaced: readonly ProcessRecord[]): void;
  applyConfig(app: App): Deployment;
  rollback(app: App, release: number | undefined): Deployment;
  restart(app: App): Deployment;
  /** Other numbers of instances; undefined where they are stored and nothing has to be started or stopped. */
  scale(app: App, numbers: ScaleChange["workers"]): Deployment | undefined;
  cancel(id: number): void;
  /** Gives the canary of an App all requests now, or none; returns its Deployment. */
  endCanary(app: App, decision: "promote" | "abort"): number;
  /** Cancels what waits or runs for an App and waits until it has ended. */
  stopAll(app: App): Promise<void>;
  requireApp(name: string): App;
  /** See Runner. */
  stop(): Promise<void>;
}

const resumedNote =
  "The server was restarted; this deployment had switched already and is finished now";

export function makeDeployer(platform: Platform): Deployer {
  const runner = makeRunner(platform);
  const requireCurrent = (app: App): Release => {
    const release = currentRelease(platform, app.id);
    if (release === undefined) throw appNotDeployed({ app: app.name });
    return release;
  };
  const run: Deployer["run"] = (deployment, work) => {
    const app = platform.apps.findById(deployment.appId);
    if (app !== undefined) runner.enqueue(deployment, app, work);
  };
  /** Declares and queues; a Release that is known beforehand is named at once. */
  const enqueue = (app: App, kind: DeploymentKind, task: Task): Deployment => {
    const deployment = runner.declare(app, kind);
    if (task.release !== undefined) {
      platform.deployments.setRelease(deployment.id, task.release.number);
    }
    runner.enqueue(deployment, app, task.work);
    return deployment;
  };
  return {
    ...runner,
    requireApp: (name) => requireApp(platform, name),
    async prepareApp(name) {
      // Only a push of its branch makes a preview.
      const isPreview = appOfPreview(parseAppName(name)) !== undefined;
      return isPreview ? requireApp(platform, name) : prepare(platform, name);
    },
    preparePreview: (name) => prepare(platform, parseAppName(name)),
    declare: (app, kind = "deploy") => runner.declare(app, kind),
    run,
    deploy: (deployment, request) => run(deployment, (attempt) => deploy(attempt, request)),
    resume(deployment, app, replaced) {
      runner.resume(deployment, app, (attempt) => {
        attempt.note("info", resumedNote);
        return finish(attempt, replaced);
      });
    },
    applyConfig(app) {
      requireCurrent(app);
      return enqueue(app, "config", { work: (attempt) => applyStored(attempt, requireCurrent) });
    },
    rollback(app, number) {
      const find = () => findTarget(platform, { app, current: requireCurrent(app) }, number);
      const release = find();
      // What it is when its turn comes: an earlier one in the queue may have changed it.
      const work = (attempt: Attempt) => {
        const known = platform.releases.find(app.id, release.number) ?? release;
        requireRestorable(platform, app, known);
        noteOtherConfig(attempt, known);
        return activate(attempt, known);
      };
      return enqueue(app, "rollback", { release, work });
    },
    restart(app) {
      const work = (attempt: Attempt) => {
        const release = requireCurrent(app);
        platform.deployments.setRelease(attempt.id, release.number);
        return activate(attempt, release);
      };
      return enqueue(app, "restart", { release: requireCurrent(app), work });
    },
    scale(app, numbers) {
      if (storeIfEnough(platform, app, numbers)) return undefined;
      return enqueue(app, "scale", { work: (attempt) => scale(attempt, numbers) });
    },
  };
}

interface Task {
  readonly release?: Release;
  work(attempt: Attempt): Promise<void>;
}

function requireApp(platform: Platform, name: string): App {
  const app = platform.apps.find(name);
  if (app !== undefined) return app;
  const names = platform.apps.all().map((known) => known.name);
  throw appNotFound({ app: name, nearest: nearest(name, names) });
}

/** A change of the configuration outlives the Deployment that could not apply it: its failure says so. */
async function applyStored(attempt: Attempt, base: (app: App) => Release): Promise<void> {
  try {
    await redeploy(attempt, base(attempt.app));
  } catch (error) {
    if (!(error instanceof Hop3Error)) throw error;
    const { failure } = error;
    const hint = `The new values stay stored and the old release runs with its own; change them with hop3 config set or hop3 config unset (--app ${attempt.app.name}). ${failure.hint ?? ""}`;
    throw new Hop3Error({ ...failure, hint: hint.trimEnd() }, { cause: error });
  }
}

async function prepare(platform: Platform, name: string): Promise<App> {
  const known = platform.apps.find(name);
  if (known !== undefined) return known;
  requireFreeName(platform, name);
  const app = createApp(platform, name);
  await platform.router.apply(desiredRoutes(platform));
  return app;
}

function createApp(platform: Platform, name: string): App {
  const app = platform.apps.create(name, freeBackend(platform), platform.now().toISOString());
  platform.events.emit({ topic: "app", kind: "app.created", app: name });
  return app;
}

function freeBackend(platform: Platform): number {
  const limit = platform.settings.server["max-apps"];
  const used = platform.apps.usedBackends();
  for (let backend = 0; backend < limit; backend++) {
    if (!used.has(backend)) return backend;
  }
  throw tooManyApps({ limit });
}

interface RollbackFrom {
  readonly app: App;
  readonly current: Release;
}

function findTarget(
  platform: Platform,
  { app, current }: RollbackFrom,
  number: number | undefined,
): Release {
  if (number === undefined) {
    const earlier = platform.releases
      .all(app.id)
      .find((release) => release.number < current.number && release.state === "previous");
    if (earlier !== undefined) return earlier;
    throw nothingToRollBackTo({ app: app.name, current: current.number });
  }
  const release = requireRelease(platform, app, number);
  requireRestorable(platform, app, release);
  return release;
}

function requireRestorable(platform: Platform, app: App, release: Release): void {
  requireReadable(app, release);
  const reason = whyNotRestorable(platform, app, release);
  if (reason === undefined) return;
  throw releaseNotRestorable({ app: app.name, release: release.number, reason });
}

/** undefined where a rollback to it works now, without build or network: its closure is there and rooted. */
export function whyNotRestorable(
  platform: Pick<Platform, "home">,
  app: { readonly name: string },
  release: Release,
): string | undefined {
  if (release.newerSchema !== undefined) {
    return `a newer Hop3 has made it (schema ${release.newerSchema}; this one reads up to ${artifactSchema})`;
  }
  if (release.state === "running") return "it is the one that runs";
  if (release.state === "archived") return "its closure is not kept any more (see [deploy] keep)";
  if (release.state === "failed") {
    const wasTried = release.failure?.code === canaryFailed.code;
    return wasTried ? "it did not stand its canary" : "it never ran";
  }
  if (release.state !== "previous") return `it is still ${release.state}`;
  const root = join(platform.home.app(app.name).release(release.number), "root");
  if (!existsSync(root)) return `its root ${root} is gone from the disk`;
  return undefined;
}
