import { setTimeout as sleep } from "node:timers/promises";
import type { DeploymentSummary, FailureData, TimelineEvent } from "@hop3/core";
import { line } from "../blocks.ts";
import { at } from "../client.ts";
import type { Context } from "../context.ts";
import { interrupted } from "../errors.ts";
import { timelineEvents } from "./events.ts";
import { makeTimelineView, type TimelineView } from "./view.ts";

/** How long to wait for old connections once users are served by the new Release. */
const drainWaitMs = 5_000;

/** How a Deployment that was watched came out. */
export interface Followed {
  readonly deployment: DeploymentSummary;
  /** True where the old Release still serves open connections. */
  readonly draining: boolean;
  readonly failure: FailureData | undefined;
  readonly logTail: readonly string[];
}

/** Shows a Deployment until it has ended, or until it is live and the old Release takes long to drain. */
export async function followDeployment(
  context: Context,
  deployment: DeploymentSummary,
): Promise<Followed> {
  const view = makeTimelineView(context.output, context.now);
  try {
    const last = await watch(context, deployment, view);
    const { id } = deployment;
    const request = { path: at`/deployments/${id}`, signal: context.signal };
    return {
      deployment: await context.client.json(request, "DeploymentSummary"),
      draining: last?.type !== "end",
      failure: last?.type === "end" ? last.failure : undefined,
      logTail: view.logTail(),
    };
  } catch (error) {
    if (context.signal.aborted) throw stillGoing(deployment);
    throw error;
  } finally {
    view.close();
  }
}

async function watch(
  context: Context,
  deployment: DeploymentSummary,
  view: TimelineView,
): Promise<TimelineEvent | undefined> {
  const drained = new AbortController();
  const events = timelineEvents(deployment.id, {
    client: context.client,
    signal: AbortSignal.any([context.signal, drained.signal]),
    now: context.now,
    what: `deployment ${deployment.id} of ${deployment.app}`,
    resume: `hop3 deploy --watch --app ${deployment.app}`,
    onLost: () => context.output.notice(line("the server went away; asking it again for 30 s")),
  });
  let last: TimelineEvent | undefined;
  try {
    for await (const event of events) {
      last = event;
      view.show(event);
      if (event.type === "live") void stopWaiting(drained, context.signal);
    }
  } catch (error) {
    if (!drained.signal.aborted || context.signal.aborted) throw error;
  } finally {
    // Also ends the wait for the drain, which would keep this process alive.
    drained.abort();
  }
  return last;
}

async function stopWaiting(drained: AbortController, signal: AbortSignal): Promise<void> {
  const either = AbortSignal.any([signal, drained.signal]);
  try {
    await sleep(drainWaitMs, undefined, { signal: either });
    drained.abort();
  } catch {
    // Ended before its time: there is nothing left to stop.
  }
}

function stillGoing({ id, app }: DeploymentSummary): Error {
  return interrupted({
    message: `no longer watching deployment ${id} of ${app}; it goes on on the server`,
    hint: `Watch it: hop3 deploy --watch --app ${app}; stop it: hop3 deploy --cancel --app ${app}`,
  });
}
