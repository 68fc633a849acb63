import { Hop3Error, nearest, type ScaleChange } from "@hop3/core";
import type { App } from "../db/apps.ts";
import type { ProcessRecord } from "../db/processes.ts";
import type { Release } from "../db/releases.ts";
import { finish } from "./activate.ts";
import type { Attempt } from "./attempt.ts";
import { currentRelease } from "./current-release.ts";
import { drainDeadline, removeProcesses } from "./drain.ts";
import type { Platform } from "./platform.ts";
import { declareInstances, describeNone } from "./provision.ts";
import { requireReadable } from "./readable.ts";
import { desiredRoutes, publicUrl } from "./routes.ts";
import { workerNotFound, workerNotScalable } from "./scale-errors.ts";
import { probe, start } from "./start-processes.ts";
import { compareNumbers, type Instance, whyFixed, workerNumbers } from "./worker-numbers.ts";

type Numbers = ScaleChange["workers"];

/** What a change means for the Release that serves. */
interface Step {
  readonly release: Release;
  readonly numbers: Numbers;
  readonly missing: readonly Instance[];
  readonly surplus: readonly ProcessRecord[];
}

/**
 * Stores the numbers where nothing has to be started or stopped for them; false where a Deployment has to see to it,
 * also because another one is under way, after which things may be different.
 */
export function storeIfEnough(platform: Platform, app: App, numbers: Numbers): boolean {
  const release = currentRelease(platform, app.id);
  const step = release && compare(platform, app, { release, numbers });
  const isBusy = platform.deployments
    .open()
    .some(({ appId, state }) => appId === app.id && state !== "live");
  if (isBusy || (step !== undefined && !isEmpty(step))) return false;
  platform.db.transaction(() => store(platform, app, numbers));
  return true;
}

/**
 * Brings the Release that serves to other numbers of instances. Those that stay are not touched; new ones serve only
 * when all have answered. A failure leaves everything as it was, the stored numbers too.
 */
export async function scale(attempt: Attempt, numbers: Numbers): Promise<void> {
  const { platform, app } = attempt;
  const release = currentRelease(platform, app.id);
  if (release === undefined) return storeForLater(attempt, numbers);
  platform.deployments.setRelease(attempt.id, release.number);
  const step = compare(platform, app, { release, numbers });
  noteNumbers(attempt, step);
  if (isEmpty(step)) return keepAll(attempt, step);
  const surplus = await apply(attempt, step);
  attempt.live(release.number, publicUrl(platform, app), false);
  await finish(attempt, surplus);
}

function storeForLater(attempt: Attempt, numbers: Numbers): void {
  const { platform, app } = attempt;
  platform.db.transaction(() => store(platform, app, numbers));
  attempt.note("info", "Nothing runs; the numbers are for the next deployment");
  attempt.succeed();
}

function keepAll(attempt: Attempt, { release, numbers }: Step): void {
  const { platform, app } = attempt;
  platform.db.transaction(() => {
    store(platform, app, numbers);
    platform.deployments.setUnchanged(attempt.id, release.number);
  });
  attempt.live(release.number, publicUrl(platform, app), true);
  attempt.succeed();
}

async function apply(attempt: Attempt, step: Step): Promise<readonly ProcessRecord[]> {
  const { release, missing } = step;
  try {
    if (missing.length > 0) {
      const started = await attempt.phase("provision", () =>
        declareInstances(attempt, release, missing),
      );
      await attempt.phase("start", () => start(attempt, release, started));
      await attempt.phase("probe", () => probe(attempt, release, started));
    }
    return await attempt.phase("switch", () => switchTo(attempt, step));
  } catch (error) {
    await takeBack(attempt);
    throw explain(attempt, error);
  }
}

/** The commit: numbers and roles change together, then the Router follows. */
async function switchTo(attempt: Attempt, step: Step): Promise<readonly ProcessRecord[]> {
  attempt.signal.throwIfAborted();
  const { platform, app } = attempt;
  const drainUntil = drainDeadline(platform, step.release);
  platform.db.transaction(() => {
    store(platform, app, step.numbers);
    for (const { id } of step.surplus) platform.processes.setRole(id, "draining", drainUntil);
    for (const { id } of platform.processes.ofDeployment(attempt.id)) {
      platform.processes.setRole(id, "current");
    }
    platform.deployments.setState(attempt.id, "live");
  });
  await platform.router.apply(desiredRoutes(platform));
  return step.surplus.map((record) => ({ ...record, role: "draining", drainUntil }));
}

async function takeBack({ platform, id }: Attempt): Promise<void> {
  if (platform.deployments.find(id)?.state === "live") return;
  await removeProcesses(platform, platform.processes.ofDeployment(id));
}

function explain({ platform, id, app }: Attempt, error: unknown): unknown {
  const isCommitted = platform.deployments.find(id)?.state === "live";
  if (isCommitted || !(error instanceof Hop3Error)) return error;
  const { failure } = error;
  const hint = `Nothing was changed: '${app.name}' runs with the instances that it had. ${failure.hint ?? ""}`;
  return new Hop3Error({ ...failure, hint: hint.trimEnd() }, { cause: error });
}

function store({ apps }: Platform, { id }: App, numbers: Numbers): void {
  for (const [worker, instances] of Object.entries(numbers)) apps.setScale(id, worker, instances);
}

function isEmpty({ missing, surplus }: Step): boolean {
  return missing.length === 0 && surplus.length === 0;
}

/** What would have to be started and stopped. Throws where a worker cannot have the number that is asked for. */
function compare(
  platform: Platform,
  app: App,
  { release, numbers }: Pick<Step, "release" | "numbers">,
): Step {
  requireReadable(app, release);
  const stored = new Map(platform.apps.scale(app.id));
  requireScalable(app, release, { numbers, stored });
  for (const [worker, instances] of Object.entries(numbers)) {
    if (instances === null) stored.delete(worker);
    else stored.set(worker, instances);
  }
  const current = platform.processes.ofApp(app.id).filter(({ role }) => role === "current");
  return { release, numbers, ...compareNumbers(workerNumbers(release, stored), current) };
}

function requireScalable(
  { name: app }: App,
  release: Release,
  { numbers, stored }: { readonly numbers: Numbers; readonly stored: ReadonlyMap<string, number> },
): void {
  const workers = new Map(workerNumbers(release, stored).map((each) => [each.worker, each]));
  for (const [worker, instances] of Object.entries(numbers)) {
    const found = workers.get(worker);
    // What is stored for a worker that is gone can be forgotten.
    if (found === undefined && instances === null && stored.has(worker)) continue;
    if (found === undefined) {
      const known = [...workers.keys()];
      const near = nearest(worker, known);
      throw workerNotFound({ app, release: release.number, worker, nearest: near, known });
    }
    const reason = whyFixed(found);
    if (reason !== undefined) throw workerNotScalable({ app, worker, reason });
  }
}

/** Says what becomes of each worker, and what the numbers bring with them. */
function noteNumbers(attempt: Attempt, { release, missing, surplus }: Step): void {
  const { platform, app } = attempt;
  const records = platform.processes.ofApp(app.id).filter(({ role }) => role === "current");
  const count = (of: readonly { readonly worker: string }[], worker: string): number =>
    of.filter((each) => each.worker === worker).length;
  for (const { worker, kind } of workerNumbers(release, new Map())) {
    const before = count(records, worker);
    const after = before + count(missing, worker) - count(surplus, worker);
    if (before === after) continue;
    attempt.note("info", `${worker}: ${before} → ${after}`);
    if (after === 0) attempt.note("warning", describeNone(app, { worker, kind }));
    if (after > Math.max(1, before) && release.settings?.strategy === "stop-first") {
      attempt.note("warning", `${stopFirstWarning} '${worker}'`);
    }
  }
}

const stopFirstWarning =
  "The app's strategy is stop-first: what two Releases cannot hold at the same time, two instances may not be able to either. Look at the log of";
