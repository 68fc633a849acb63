import { type DeploymentKind, Hop3Error, type Phase, type PhaseDuration } from "@hop3/core";
import type { z } from "zod";
import type { App } from "../db/apps.ts";
import type { AppHome } from "../home.ts";
import type { NewEvent } from "../observe/events.ts";
import { toFailure } from "./errors.ts";
import type { Platform } from "./platform.ts";

/** A running Deployment: reports its phases and lines, and can be cancelled until it has switched. */
export interface Attempt {
  readonly platform: Platform;
  readonly id: number;
  readonly app: App;
  readonly kind: DeploymentKind;
  readonly home: AppHome;
  readonly signal: AbortSignal;
  /** Resolves when users are served by the result, or when it has ended: the next one of this App may begin. */
  readonly settled: Promise<void>;
  /** Resolves when nothing more will happen. */
  readonly ended: Promise<void>;
  /** Aborted when the drain of what it has replaced is not to be waited for. */
  readonly hurried: AbortSignal;
  hurry(): void;
  /** Aborted when its canary is to get all requests without further watching. */
  readonly promoted: AbortSignal;
  /** Ends the watching of its canary; false where there is none. */
  promote(): boolean;
  /** Ends it with this reason unless it has switched; tells whether it did. */
  abort(reason: (phase: Phase | undefined) => Hop3Error): boolean;
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
  const { id, app } = record;
  const home = platform.home.app(app.name);
  const abort = new AbortController();
  const settled = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const clock = makePhaseClock(platform, record);
  /** Asked of the database: from the commit on, which comes before the Router has followed, or in an earlier life. */
  const isLive = (): boolean => platform.deployments.find(id)?.state === "live";

  const tell = (kind: string, data?: NewEvent["data"]): void =>
    announce(platform, record, { kind, data });
  const end = (
    state: "succeeded" | "failed" | "cancelled",
    failure?: ReturnType<typeof toFailure>,
  ) => {
    platform.deployments.end(id, state, { at: platform.now().toISOString(), failure });
    platform.timelines.append(home, id, { type: "end", state, failure });
    tell("deployment.ended", { state });
    settled.resolve();
    ended.resolve();
  };
  return {
    ...record,
    platform,
    home,
    signal: abort.signal,
    ...makeWishes(() => clock.now() === "canary" && !abort.signal.aborted && !isLive()),
    settled: settled.promise,
    ended: ended.promise,
    abort(reason) {
      if (isLive() || abort.signal.aborted) return false;
      abort.abort(reason(clock.now()));
      return true;
    },
    phase(name, work) {
      abort.signal.throwIfAborted();
      return clock.run(name, work);
    },
    log(text) {
      const phase = clock.now() ?? "receive";
      platform.timelines.append(home, id, { type: "log", phase, text });
    },
    note(level, text) {
      platform.timelines.append(home, id, { type: "note", level, text });
    },
    live(release, url, unchanged) {
      platform.deployments.setState(id, "live");
      platform.timelines.append(home, id, { type: "live", release, url, unchanged });
      tell("deployment.live", { release });
      settled.resolve();
    },
    succeed: () => end("succeeded"),
    fail(error) {
      const cause = abort.signal.aborted ? abort.signal.reason : error;
      const failure = toFailure(cause);
      end(failure.code === "DEPLOY_CANCELLED" ? "cancelled" : "failed", failure);
      if (cause instanceof Hop3Error) return cause;
      return new Hop3Error({ ...failure, exitCode: 1, status: 500 });
    },
  };
}

/** Tells everybody who watches the server, not only the timeline of this Deployment. */
export function announce(
  { events }: Pick<Platform, "events">,
  { id, app }: Pick<AttemptRecord, "id" | "app">,
  { kind, data }: { readonly kind: string; readonly data?: NewEvent["data"] },
): void {
  const about = { topic: "deployment", kind, app: app.name, deployment: id } as const;
  events.emit(data === undefined ? about : { ...about, data });
}

/** What somebody may wish of an attempt besides its end. */
function makeWishes(
  isTrying: () => boolean,
): Pick<Attempt, "hurried" | "hurry" | "promoted" | "promote"> {
  const hurry = new AbortController();
  const promotion = new AbortController();
  return {
    hurried: hurry.signal,
    hurry: () => hurry.abort(),
    promoted: promotion.signal,
    promote() {
      if (!isTrying()) return false;
      promotion.abort();
      return true;
    },
  };
}

interface PhaseClock {
  now(): Phase | undefined;
  run<T>(name: Phase, work: () => Promise<T>): Promise<T>;
}

/** Tells the timeline and the database where a Deployment is and how long each phase took. */
function makePhaseClock(platform: Platform, { id, app }: AttemptRecord): PhaseClock {
  const home = platform.home.app(app.name);
  const durations: z.infer<typeof PhaseDuration>[] = [
    ...(platform.deployments.find(id)?.phases ?? []),
  ];
  let current: Phase | undefined;
  return {
    now: () => current,
    async run(phase, work) {
      current = phase;
      const event = { app: app.name, deployment: id, phase };
      platform.deployments.setPhase(id, phase);
      platform.timelines.append(home, id, { type: "phase-start", phase });
      announce(platform, { id, app }, { kind: "deployment.phase", data: { phase } });
      platform.onPhase?.({ ...event, at: "begin" });
      const began = performance.now();
      const end = (ok: boolean): void => {
        const ms = Math.round((performance.now() - began) * 10) / 10;
        durations.push({ name: phase, ms, ok });
        platform.deployments.setPhases(id, durations);
        platform.timelines.append(home, id, { type: "phase-end", phase, ms, ok });
      };
      try {
        const result = await work();
        end(true);
        platform.onPhase?.({ ...event, at: "end" });
        return result;
      } catch (error) {
        end(false);
        throw error;
      }
    },
  };
}
