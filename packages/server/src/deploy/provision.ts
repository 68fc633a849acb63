import { lchown, mkdir } from "node:fs/promises";
import type { ProcessRecord } from "../db/processes.ts";
import type { Release } from "../db/releases.ts";
import { run } from "../proc/run.ts";
import { findFreePort } from "../run/ports.ts";
import type { Attempt } from "./attempt.ts";
import { commandArgv } from "./environment.ts";
import { releaseStepFailed } from "./errors.ts";
import { appUser, processId, releaseEnvironment } from "./process-spec.ts";
import { redactFor } from "./redact.ts";
import { layOutWritableTree } from "./writable-tree.ts";

/** Directories, writable files, ports and release steps: everything that must be there before a Process starts. */
export async function provision(
  attempt: Attempt,
  release: Release,
): Promise<readonly ProcessRecord[]> {
  const { platform } = attempt;
  await makeAppDirectories(attempt);
  await layOutWritableTree(attempt, release);
  if (!release.prepared) {
    await runReleaseSteps(attempt, release);
    platform.releases.setPrepared(release.appId, release.number);
  }
  return declareProcesses(attempt, release);
}

async function makeAppDirectories(attempt: Attempt): Promise<void> {
  const user = appUser(attempt.platform, attempt.app);
  for (const dir of [attempt.home.data, attempt.home.tmp]) {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    if (user !== undefined) await lchown(dir, user.uid, user.gid);
  }
}

async function runReleaseSteps(attempt: Attempt, release: Release): Promise<void> {
  const { platform } = attempt;
  const { artifact } = release;
  if (artifact === undefined) return;
  const env = releaseEnvironment(platform, { app: attempt.app, release }, { role: "release" });
  const hide = redactFor(platform, attempt.app, release);
  for (const step of artifact.runtime.before_run) {
    const shown = typeof step === "string" ? step : step.join(" ");
    attempt.note("info", `Release step: ${shown}`);
    const argv = commandArgv(step, artifact.runtime);
    const result = await run({
      argv: asUser(appUser(platform, attempt.app), argv),
      env,
      cwd: artifact.runtime.working_dir,
      signal: attempt.signal,
      onLine: (line) => attempt.log(hide(line)),
    });
    attempt.signal.throwIfAborted();
    if (result.exitCode === 0) continue;
    const output = hide(
      `${result.stdout}${result.stderr}`.trimEnd().split("\n").slice(-20).join("\n"),
    );
    throw releaseStepFailed({
      command: shown,
      exitCode: result.exitCode,
      signal: result.exitSignal,
      output,
    });
  }
}

/** The command under the App's own user, gone when the control plane goes. setpriv is part of util-linux. */
export function asUser(
  user: { readonly uid: number; readonly gid: number } | undefined,
  argv: readonly [string, ...string[]],
): readonly [string, ...string[]] {
  const drop =
    user === undefined
      ? []
      : [
          "--reuid",
          String(user.uid),
          "--regid",
          String(user.gid),
          "--clear-groups",
          "--inh-caps=-all",
        ];
  return ["/usr/bin/setpriv", "--pdeathsig", "KILL", "--no-new-privs", ...drop, "--", ...argv];
}

async function declareProcesses(
  attempt: Attempt,
  release: Release,
): Promise<readonly ProcessRecord[]> {
  const { platform } = attempt;
  const records: ProcessRecord[] = [];
  for (const [worker, spec] of Object.entries(release.artifact?.runtime.workers ?? {})) {
    const kind = spec.kind ?? (worker === "web" ? "web" : "background");
    if (kind === "cron") {
      attempt.note(
        "warning",
        `The cron worker '${worker}' is not started: this version has no scheduler`,
      );
      continue;
    }
    for (let instance = 0; instance < (spec.instances ?? 1); instance++) {
      const key = {
        appId: release.appId,
        release: release.number,
        deploymentId: attempt.id,
        worker,
        instance,
      };
      const port = await findFreePort(platform.processes.ports());
      const record = { ...key, id: processId(key), kind, port, role: "starting" } as const;
      platform.processes.add(record);
      records.push({ ...record, address: undefined, drainUntil: undefined });
    }
  }
  return records;
}
