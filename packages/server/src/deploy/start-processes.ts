import { describeAddress } from "@hop3/core/plugin";
import type { ProcessRecord } from "../db/processes.ts";
import type { Release } from "../db/releases.ts";
import { probeWeb } from "../run/probe.ts";
import { watchSettled } from "../run/settle.ts";
import { probeTcp } from "../run/tcp-probe.ts";
import type { Attempt } from "./attempt.ts";
import { makeProcessSpec } from "./process-spec.ts";
import { redactFor } from "./redact.ts";
import { builtInDomain } from "./routes.ts";

/** Processes of one attempt, from their declaration to its end. */
export type Started = readonly ProcessRecord[];

export async function start(attempt: Attempt, release: Release, started: Started): Promise<void> {
  const { platform, app } = attempt;
  const specs = started.map((record) => makeProcessSpec(platform, { app, release, record }));
  await Promise.all(specs.map((spec) => platform.supervisor.start(spec)));
}

/** All at once; the first that fails ends the waiting for the others. */
export async function probe(attempt: Attempt, release: Release, started: Started): Promise<void> {
  const failed = new AbortController();
  const signal = AbortSignal.any([attempt.signal, failed.signal]);
  try {
    await Promise.all(started.map((record) => probeOne(attempt, release, { record, signal })));
  } catch (error) {
    failed.abort(error);
    throw error;
  }
}

async function probeOne(
  attempt: Attempt,
  release: Release,
  { record, signal }: { readonly record: ProcessRecord; readonly signal: AbortSignal },
): Promise<void> {
  const { platform, app } = attempt;
  const spec = makeProcessSpec(platform, { app, release, record });
  const target = {
    name: record.worker,
    serviceDir: spec.serviceDir,
    isAlive: () => platform.supervisor.statusOf(record.id),
    redact: redactFor(platform, app, release),
    signal,
  };
  if (record.kind !== "web") return watchSettled(target);
  const healthcheck = {
    ...release.artifact?.runtime.healthcheck,
    ...release.settings?.healthcheck,
  };
  const probeWorker = healthcheck.protocol === "tcp" ? probeTcp : probeWeb;
  const address = await probeWorker({
    ...target,
    socketPath: `${platform.home.socketDir(record.id)}/http.sock`,
    port: record.port,
    host: builtInDomain(platform, app.name),
    healthcheck,
    startTimeoutMs: (release.settings?.startTimeoutSeconds ?? 60) * 1000,
  });
  if (healthcheck.protocol !== "tcp") platform.processes.setAddress(record.id, address);
  else
    attempt.note(
      "info",
      `${record.worker} listens on ${describeAddress(address)}; it is not routed`,
    );
}
