import { rmSync } from "node:fs";
import type { DeploymentKind } from "@hop3/core";
import type { App } from "../db/apps.ts";
import type { Deployment } from "../db/deployments.ts";
import { type Attempt, announce, makeAttempt } from "./attempt.ts";
import {
  canaryNotRunning,
  deployCancelled,
  deployInterrupted,
  deployNotCancellable,
  deploySuperseded,
  toFailure,
} from "./errors.ts";
import type { Platform } from "./platform.ts";
import { type Job, makeQueue } from "./queue.ts";
import { uploadPaths } from "./receive.ts";

type Work = (attempt: Attempt) => Promise<void>;

/** Gives every Deployment its turn, its timeline and its end. */
export interface Runner {
  declare(app: App, kind: DeploymentKind): Deployment;
  enqueue(deployment: Deployment, app: App, work: Work): void;
  /** Goes on with one that had switched before the server was restarted; it waits for no turn. */
  resume(deployment: Deployment, app: App, work: Work): void;
  cancel(id: number): void;
  /** Gives the canary of an App all requests now, or none; returns its Deployment. */
  endCanary(app: App, decision: "promote" | "abort"): number;
  /** Cancels what waits or runs for an App, cuts drains short, and waits until all has ended. */
  stopAll(app: App): Promise<void>;
  /**
   * For the end of the server, after `platform.stopping`: fails what has not switched, leaves what has, and what waits,
   * for the next start. Resolves when nothing runs any more.
   */
  stop(): Promise<void>;
}

export function makeRunner(platform: Platform): Runner {
  const queue = makeQueue(platform.settings.server["max-builds"]);
  const attempts = new Map<number, Attempt>();
  const resumed = new Set<Promise<void>>();
  const forget = (id: number): void => {
    attempts.delete(id);
  };
  const begin = ({ id, kind }: Deployment, app: App): Attempt => {
    const attempt = makeAttempt(platform, { id, app, kind });
    attempts.set(id, attempt);
    return attempt;
  };
  return {
    declare: (app, kind) => platform.deployments.create(app.id, kind, platform.now().toISOString()),
    enqueue(deployment, app, work) {
      const attempt = begin(deployment, app);
      announce(platform, attempt, { kind: "deployment.queued" });
      const behind = queue.add(makeJob(attempt, work, forget));
      if (behind === 0) return;
      platform.timelines.append(attempt.home, attempt.id, { type: "queued", behind });
    },
    resume(deployment, app, work) {
      const attempt = begin(deployment, app);
      const done = runWork(attempt, work).finally(() => {
        forget(attempt.id);
        resumed.delete(done);
      });
      resumed.add(done);
    },
    cancel(id) {
      const attempt = attempts.get(id);
      if (attempt !== undefined && queue.remove(id)) {
        dropWaiting(attempt);
        return forget(id);
      }
      if (attempt?.abort((phase) => deployCancelled({ phase })) === true) return;
      const state = platform.deployments.find(id)?.state ?? "unknown";
      throw deployNotCancellable({ id, state });
    },
    endCanary(app, decision) {
      const ended = [...attempts.values()].find(
        (attempt) => attempt.app.id === app.id && decide(attempt, decision),
      );
      if (ended === undefined) throw canaryNotRunning({ app: app.name });
      return ended.id;
    },
    async stopAll(app) {
      const own = [...attempts.values()].filter((attempt) => attempt.app.id === app.id);
      for (const attempt of own) {
        if (queue.remove(attempt.id)) dropWaiting(attempt);
        else attempt.abort((phase) => deployCancelled({ phase }));
        attempt.hurry();
      }
      await Promise.all(own.map((attempt) => attempt.ended));
    },
    async stop() {
      const running = [...attempts.values()].filter((attempt) => !queue.remove(attempt.id));
      const aborted = running.filter(interrupt);
      await Promise.all(aborted.map((attempt) => attempt.ended));
      await Promise.all([queue.idle(), ...resumed]);
    },
  };
}

/** False where this attempt is trying nothing. */
function decide(attempt: Attempt, decision: "promote" | "abort"): boolean {
  if (attempt.platform.deployments.find(attempt.id)?.phase !== "canary") return false;
  if (decision === "promote") return attempt.promote();
  return attempt.abort((phase) => deployCancelled({ phase }));
}

function interrupt(attempt: Attempt): boolean {
  const serving = attempt.platform.apps.findById(attempt.app.id)?.currentRelease;
  return attempt.abort((phase) => deployInterrupted({ kind: attempt.kind, phase, serving }));
}

function makeJob(attempt: Attempt, work: Work, forget: (id: number) => void): Job {
  const { platform, id, app, kind } = attempt;
  return {
    id,
    appId: app.id,
    settled: attempt.settled,
    async run() {
      platform.deployments.setState(id, "running");
      await runWork(attempt, work);
      forget(id);
    },
    supersedes: (other) => supersedes(platform, kind, other.id),
    superseded(by) {
      forget(id);
      const failure = toFailure(deploySuperseded({ by: by.id }));
      const at = platform.now().toISOString();
      platform.deployments.end(id, "superseded", { at, failure });
      platform.timelines.append(attempt.home, id, { type: "end", state: "superseded", failure });
      announce(platform, attempt, { kind: "deployment.ended", data: { state: "superseded" } });
      dropUpload(attempt);
    },
  };
}

/** Ends one that has not had its turn. */
function dropWaiting(attempt: Attempt): void {
  dropUpload(attempt);
  attempt.fail(deployCancelled({ phase: undefined }));
}

function dropUpload({ platform, id }: Attempt): void {
  rmSync(uploadPaths(platform.home.uploads, id).dir, { recursive: true, force: true });
}

/** Never rejects: what goes wrong is the end of this Deployment alone. */
async function runWork(attempt: Attempt, work: Work): Promise<void> {
  await work(attempt).catch((error: unknown) => {
    const failure = attempt.fail(error);
    if (failure.code !== "INTERNAL") return;
    attempt.platform.log.write("error", "deployment", { deployment: attempt.id, error });
  });
}

/** A newer tree makes an older waiting one pointless, and a waiting configuration change too: it takes that along. */
function supersedes(platform: Platform, kind: DeploymentKind, other: number): boolean {
  const otherKind = platform.deployments.find(other)?.kind;
  if (kind === "deploy") return otherKind === "deploy" || otherKind === "config";
  return kind === "config" && otherKind === "config";
}
