import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type DeploymentKind, nearest, parseAppName } from "@hop3/core";
import type { App } from "../db/apps.ts";
import type { Deployment } from "../db/deployments.ts";
import type { Release } from "../db/releases.ts";
import { activate } from "./activate.ts";
import { type Attempt, makeAttempt } from "./attempt.ts";
import { currentRelease } from "./current-release.ts";
import {
  appNotDeployed,
  appNotFound,
  deployCancelled,
  deployNotCancellable,
  deploySuperseded,
  nothingToRollBackTo,
  releaseNotFound,
  releaseNotRestorable,
  toFailure,
  tooManyApps,
} from "./errors.ts";
import { deploy, redeploy } from "./pipeline.ts";
import type { Platform } from "./platform.ts";
import { makeQueue } from "./queue.ts";
import { uploadPaths } from "./receive.ts";
import { desiredRoutes } from "./routes.ts";

/** Every way to change what runs. Each returns the queued Deployment at once; its timeline tells the rest. */
export interface Deployer {
  /** The App of this name, made if it is new. */
  prepareApp(name: string): Promise<App>;
  declare(app: App): Deployment;
  /** Queues a declared Deployment whose upload has arrived. */
  deploy(deployment: Deployment, request: { revision?: string | undefined; force: boolean }): void;
  applyConfig(app: App): Deployment;
  rollback(app: App, release: number | undefined): Deployment;
  restart(app: App): Deployment;
  cancel(id: number): void;
  /** Cancels what waits or runs for an App and waits until it has ended. */
  stopAll(app: App): Promise<void>;
  requireApp(name: string): App;
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>;
}

export function makeDeployer(platform: Platform): Deployer {
  const queue = makeQueue(platform.settings.server["max-builds"]);
  const attempts = new Map<number, Attempt>();

  const now = (): string => platform.now().toISOString();
  const enqueue = (
    deployment: Deployment,
    app: App,
    work: (attempt: Attempt) => Promise<void>,
  ): void => {
    const attempt = makeAttempt(platform, { id: deployment.id, app, kind: deployment.kind });
    attempts.set(deployment.id, attempt);
    const behind = queue.add({
      id: deployment.id,
      appId: app.id,
      settled: attempt.settled,
      async run() {
        platform.deployments.setState(deployment.id, "running");
        await work(attempt).catch((error: unknown) => {
          const failure = attempt.fail(error);
          if (failure.code === "INTERNAL") {
            platform.log.write("error", "deployment", { deployment: deployment.id, error });
          }
        });
        attempts.delete(deployment.id);
      },
      supersedes: (other) => supersedes(platform, deployment.kind, other.id),
      superseded(by) {
        attempts.delete(deployment.id);
        const failure = toFailure(deploySuperseded({ by: by.id }));
        platform.deployments.end(deployment.id, "superseded", { at: now(), failure });
        const home = platform.home.app(app.name);
        platform.timelines.append(home, deployment.id, {
          type: "end",
          state: "superseded",
          failure,
        });
        void rm(uploadPaths(platform.home.uploads, deployment.id).dir, {
          recursive: true,
          force: true,
        });
      },
    });
    if (behind > 0) {
      platform.timelines.append(platform.home.app(app.name), deployment.id, {
        type: "queued",
        behind,
      });
    }
  };
  const declare = (app: App, kind: DeploymentKind): Deployment =>
    platform.deployments.create(app.id, kind, now());
  const requireApp = (name: string): App => {
    const app = platform.apps.find(name);
    if (app !== undefined) return app;
    const names = platform.apps.all().map((known) => known.name);
    throw appNotFound({ app: name, nearest: nearest(name, names) });
  };
  const requireCurrent = (app: App): Release => {
    const release = currentRelease(platform, app.id);
    if (release === undefined) throw appNotDeployed({ app: app.name });
    return release;
  };
  const appNow = (app: App): App => platform.apps.findById(app.id) ?? app;

  return {
    requireApp,
    async prepareApp(name) {
      parseAppName(name);
      const known = platform.apps.find(name);
      if (known !== undefined) return known;
      const app = platform.apps.create(name, freeBackend(platform), now());
      await platform.router.apply(desiredRoutes(platform));
      return app;
    },
    declare: (app) => declare(app, "deploy"),
    deploy(deployment, request) {
      const app = platform.apps.findById(deployment.appId);
      if (app === undefined) return;
      enqueue(deployment, app, (attempt) => deploy(attempt, request));
    },
    applyConfig(app) {
      requireCurrent(app);
      const deployment = declare(app, "config");
      enqueue(deployment, app, (attempt) =>
        redeploy(attempt, requireCurrent(appNow(app))),
      );
      return deployment;
    },
    rollback(app, number) {
      const target = findTarget(platform, app, requireCurrent(app), number);
      const deployment = declare(app, "rollback");
      platform.deployments.setRelease(deployment.id, target.number);
      enqueue(deployment, app, (attempt) => {
        const release = findTarget(platform, app, requireCurrent(appNow(app)), target.number);
        return activate(attempt, release);
      });
      return deployment;
    },
    restart(app) {
      const current = requireCurrent(app);
      const deployment = declare(app, "restart");
      platform.deployments.setRelease(deployment.id, current.number);
      enqueue(deployment, app, (attempt) => {
        const release = requireCurrent(appNow(app));
        platform.deployments.setRelease(attempt.id, release.number);
        return activate(attempt, release);
      });
      return deployment;
    },
    cancel(id) {
      const deployment = platform.deployments.find(id);
      const attempt = attempts.get(id);
      if (queue.remove(id) && attempt !== undefined) {
        attempt.fail(deployCancelled({ phase: undefined }));
        attempts.delete(id);
        return;
      }
      if (attempt?.cancel() === true) return;
      throw deployNotCancellable({ id, state: deployment?.state ?? "unknown" });
    },
    async stopAll(app) {
      const own = [...attempts.values()].filter((attempt) => attempt.app.id === app.id);
      for (const attempt of own) {
        if (queue.remove(attempt.id)) attempt.fail(deployCancelled({ phase: undefined }));
        else attempt.cancel();
      }
      await Promise.all(own.map((attempt) => attempt.ended));
    },
    idle: () => queue.idle(),
  };
}

/** A newer tree makes an older waiting one pointless, and a waiting configuration change too: it takes that along. */
function supersedes(platform: Platform, kind: DeploymentKind, other: number): boolean {
  const otherKind = platform.deployments.find(other)?.kind;
  if (kind === "deploy") return otherKind === "deploy" || otherKind === "config";
  return kind === "config" && otherKind === "config";
}

function freeBackend(platform: Platform): number {
  const limit = platform.settings.server["max-apps"];
  const used = platform.apps.usedBackends();
  for (let backend = 0; backend < limit; backend++) {
    if (!used.has(backend)) return backend;
  }
  throw tooManyApps({ limit });
}

function findTarget(
  platform: Platform,
  app: App,
  current: Release,
  number: number | undefined,
): Release {
  if (number === undefined) {
    const earlier = platform.releases
      .all(app.id)
      .find((release) => release.number < current.number && release.state === "previous");
    if (earlier === undefined)
      throw nothingToRollBackTo({ app: app.name, current: current.number });
    return earlier;
  }
  const release = platform.releases.find(app.id, number);
  if (release === undefined) throw releaseNotFound({ app: app.name, release: number });
  const reason = whyNotRestorable(platform, app, release);
  if (reason !== undefined) throw releaseNotRestorable({ app: app.name, release: number, reason });
  return release;
}

/** undefined where a rollback to it works now, without build or network: its closure is there and rooted. */
export function whyNotRestorable(
  platform: Pick<Platform, "home">,
  app: { readonly name: string },
  release: Release,
): string | undefined {
  if (release.state === "running") return "it is the one that runs";
  if (release.state === "archived") return "its closure is not kept any more (see [deploy] keep)";
  if (release.state === "failed") return "it never ran";
  if (release.state !== "previous") return `it is still ${release.state}`;
  const root = join(platform.home.app(app.name).release(release.number), "root");
  if (!existsSync(root)) return `its root ${root} is gone from the disk`;
  return undefined;
}
