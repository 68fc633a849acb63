import { type DeploymentKind, Hop3Error, type Phase, type PhaseDuration } from "@hop3/core";
import type { z } from "zod";
import type { App } from "../db/apps.ts";
import type { AppHome } from "../home.ts";
import { deployCancelled, toFailure } from "./errors.ts";
import type { Platform } from "./platform.ts";

/** A running Deployment: reports its phases and lines, and can be cancelled until it has switched. */
export interface Attempt {
  readonly id: number;
  readonly app: App;
  readonly kind: DeploymentKind;
  readonly home: AppHome;
  readonly signal: AbortSignal;
  /** Resolves when users are served by the result, or when it has ended: the next one of this App may begin. */
  readonly settled: Promise<void>;
  /** Resolves when nothing more will happen. */
  readonly ended: Promise<void>;
  readonly phaseNow: Phase | undefined;
  cancel(): boolean;
  phase<T>(name: Phase, work: () => Promise<T>): Promise<T>;
  log(text: string): void;
  note(level: "info" | "warning", text: string): void;
  /** From here on it cannot be cancelled and is not failed any more. */
  live(release: number, url: string, unchanged: boolean): void;
  succeed(): void;
  fail(error: unknown): Hop3Error;
}

export interface AttemptRecord {
  readonly id: number;
  readonly app: App;
  readonly kind: DeploymentKind;
}

export function makeAttempt(platform: Platform, record: AttemptRecord): Attempt {
  const { id, app, kind } = record;
  const home = platform.home.app(app.name);
  const abort = new AbortController();
  const settled = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const durations: z.infer<typeof PhaseDuration>[] = [
    ...(platform.deployments.find(id)?.phases ?? []),
  ];
  let phaseNow: Phase | undefined;
  let isLive = false;
  const tell: Platform["timelines"]["append"] = (...args) => platform.timelines.append(...args);

  return {
    id,
    app,
    kind,
    home,
    signal: abort.signal,
    settled: settled.promise,
    ended: ended.promise,
    get phaseNow() {
      return phaseNow;
    },
    cancel() {
      if (isLive || abort.signal.aborted) return false;
      abort.abort(deployCancelled({ phase: phaseNow }));
      return true;
    },
    async phase(name, work) {
      abort.signal.throwIfAborted();
      phaseNow = name;
      platform.deployments.setPhase(id, name);
      tell(home, id, { type: "phase-start", phase: name });
      platform.onPhase?.({ app: app.name, deployment: id, phase: name, at: "begin" });
      const began = performance.now();
      const end = (ok: boolean): void => {
        const ms = Math.round((performance.now() - began) * 10) / 10;
        durations.push({ name, ms, ok });
        platform.deployments.setPhases(id, durations);
        tell(home, id, { type: "phase-end", phase: name, ms, ok });
      };
      try {
        const result = await work();
        end(true);
        platform.onPhase?.({ app: app.name, deployment: id, phase: name, at: "end" });
        return result;
      } catch (error) {
        end(false);
        throw error;
      }
    },
    log: (text) => {
      tell(home, id, { type: "log", phase: phaseNow ?? "receive", text });
    },
    note: (level, text) => {
      tell(home, id, { type: "note", level, text });
    },
    live(release, url, unchanged) {
      isLive = true;
      platform.deployments.setState(id, "live");
      tell(home, id, { type: "live", release, url, unchanged });
      settled.resolve();
    },
    succeed() {
      platform.deployments.end(id, "succeeded", platform.now().toISOString());
      tell(home, id, { type: "end", state: "succeeded" });
      settled.resolve();
      ended.resolve();
    },
    fail(error) {
      const cause = abort.signal.aborted ? abort.signal.reason : error;
      const failure = toFailure(cause);
      const state = failure.code === "DEPLOY_CANCELLED" ? "cancelled" : "failed";
      platform.deployments.end(id, state, platform.now().toISOString(), failure);
      tell(home, id, { type: "end", state, failure });
      settled.resolve();
      ended.resolve();
      return cause instanceof Hop3Error
        ? cause
        : new Hop3Error({ ...failure, exitCode: 1, status: 500 });
    },
  };
}
