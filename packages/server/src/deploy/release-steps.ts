import { configDefaults } from "@hop3/core";
import type { App } from "../db/apps.ts";
import type { Release } from "../db/releases.ts";
import { run } from "../proc/run.ts";
import { endMarkedProcesses } from "../run/marked-processes.ts";
import { asUser } from "./as-user.ts";
import type { Attempt } from "./attempt.ts";
import { commandArgv } from "./environment.ts";
import { releaseStepFailed, releaseStepTimeout, type StepPlace } from "./errors.ts";
import type { Platform } from "./platform.ts";
import { processUser, releaseEnvironment, startDirectory } from "./process-spec.ts";
import { redactFor } from "./redact.ts";

/** The longest time that a timer of Node can wait. */
const longestTimerMs = 2 ** 31 - 1;
const shownLines = 20;

/** Runs the commands of `before_run`, one after the other; the first that fails ends the Deployment. */
export async function runReleaseSteps(attempt: Attempt, release: Release): Promise<void> {
  const steps = release.artifact?.runtime.before_run ?? [];
  for (const [index, step] of steps.entries()) {
    const command = typeof step === "string" ? step : step.join(" ");
    const place = { command, number: index + 1, of: steps.length };
    attempt.note("info", `Release step: ${command}`);
    try {
      await runStep(attempt, { release, step, place });
    } finally {
      const left = await endLeftSteps(attempt.platform, attempt.app);
      if (left > 0) {
        attempt.note("warning", `Ended ${left} process(es) that the release step had left running`);
      }
    }
  }
}

interface Step {
  readonly release: Release;
  readonly step: string | readonly string[];
  readonly place: StepPlace;
}

async function runStep(attempt: Attempt, { release, step, place }: Step): Promise<void> {
  const { platform, app } = attempt;
  const runtime = release.artifact?.runtime;
  if (runtime === undefined) return;
  const seconds = release.settings?.beforeRunTimeoutSeconds ?? configDefaults.beforeRunTimeout;
  const hide = redactFor(platform, app, release);
  const result = await run({
    argv: asUser(processUser(platform, { app, release }), commandArgv(step, runtime)),
    env: releaseEnvironment(platform, { app, release }, { role: "release" }),
    cwd: startDirectory(release),
    signal: attempt.signal,
    timeoutMs: Math.min(seconds * 1000, longestTimerMs),
    onLine: (line) => attempt.log(hide(line)),
  });
  attempt.signal.throwIfAborted();
  const lines = `${result.stdout}${result.stderr}`.trimEnd().split("\n");
  const output = hide(lines.slice(-shownLines).join("\n"));
  if (result.stopped === "timeout") throw releaseStepTimeout({ ...place, seconds, output });
  if (result.exitCode === 0) return;
  const { exitCode, exitSignal: signal } = result;
  throw releaseStepFailed({ ...place, exitCode, signal, output });
}

/**
 * Kills what release steps of an App have started and left behind, whoever its parent is by now: one that goes on after
 * its Deployment has ended, or after a kill of the server, would do so beside the next one.
 */
export function endLeftSteps({ home }: Platform, app: Pick<App, "name">): Promise<number> {
  return endMarkedProcesses({ HOP3_ROLE: "release", HOP3_DATA_DIR: home.app(app.name).data });
}
