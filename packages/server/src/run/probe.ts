import { setTimeout as sleep } from "node:timers/promises";
import { defineError, ExitCode } from "@hop3/core";
import type { ListenAddress } from "@hop3/core/plugin";
import { askOnce, type ProbeAnswer } from "./http-probe.ts";
import { portsOfGroup } from "./proc-net.ts";
import { assertNeverDied, lastLog, type WatchedProcess } from "./watched-process.ts";

/** `[healthcheck]` of hop3.toml and of the RuntimeConfig; seconds. */
interface Healthcheck {
  readonly protocol?: "http" | "tcp" | undefined;
  readonly port?: number | undefined;
  readonly path?: string | undefined;
  readonly status?: number | readonly [lowest: number, highest: number] | undefined;
  readonly contains?: string | undefined;
  readonly interval?: number | undefined;
  readonly timeout?: number | undefined;
  readonly retries?: number | undefined;
  readonly start_period?: number | undefined;
}

export interface WebProbe extends WatchedProcess {
  readonly socketPath: string;
  readonly port: number;
  /** Domain to name in the Host header: many frameworks refuse hosts they do not know. */
  readonly host: string;
  readonly healthcheck: Healthcheck;
  readonly startTimeoutMs: number;
}

export const probeNotListening = defineError<{
  name: string;
  seconds: number;
  port: number;
  others: readonly number[];
  log: string;
}>({
  code: "PROBE_NOT_LISTENING",
  exitCode: ExitCode.deployFailed,
  status: 422,
  message: ({ name, seconds, port }) =>
    `Worker '${name}' runs, but after ${seconds} s it listens neither on $HOP3_SOCKET nor on 127.0.0.1:${port}`,
  hint: ({ others, port }) =>
    others.length === 0
      ? `Make it listen on the Unix socket $HOP3_SOCKET or on $BIND_ADDRESS:$PORT (127.0.0.1:${port})`
      : `It listens on port ${others.join(" and ")}: make it use $BIND_ADDRESS:$PORT (127.0.0.1:${port}) or $HOP3_SOCKET instead`,
  detail: ({ log }) => (log === "" ? undefined : log),
});

export const probeUnhealthy = defineError<{
  name: string;
  path: string;
  problem: string;
  body: string;
}>({
  code: "PROBE_UNHEALTHY",
  exitCode: ExitCode.deployFailed,
  status: 422,
  message: ({ name, path, problem }) => `Worker '${name}' is not healthy: GET ${path} ${problem}`,
  hint: () =>
    'See its output with `hop3 logs`; `[healthcheck]` in hop3.toml sets the path and the status that count as healthy, and protocol = "tcp" is for what speaks no HTTP',
  detail: ({ body }) => (body === "" ? undefined : body),
});

const defaults = { retries: 3, startPeriod: 5, timeout: 5, interval: 0.5 };
const healthyByDefault = [200, 399] as const;
/** Asking is cheap, waiting is not: a start is noticed within a twentieth of the time it took. */
const pauseShare = 0.05;
const shortestPauseMs = 5;
const longestPauseMs = 100;
/** How often the supervisor is asked while waiting: that is a child process each time. */
const lookMs = 250;
const shownBody = 400;

/**
 * Waits until the web worker answers as it should and returns the address that did. Of its two addresses the first one
 * that speaks HTTP counts. Throws as soon as it is certain that this release will not come up.
 */
export async function probeWeb(probe: WebProbe): Promise<ListenAddress> {
  const started = performance.now();
  const elapsed = (): number => performance.now() - started;
  const gracePeriodMs = (probe.healthcheck.start_period ?? defaults.startPeriod) * 1_000;
  const isCounted = (answer: ProbeAnswer): boolean =>
    // What answers before its start period is over is still starting.
    answer.kind !== "refused" && elapsed() >= gracePeriodMs;
  let bad = 0;
  const look = makeLook(probe);
  for (;;) {
    probe.signal.throwIfAborted();
    await look();
    const { address, answer } = await askBoth(probe, elapsed);
    const problem = judge(probe, answer);
    if (problem === undefined) return address;
    const counted = isCounted(answer);
    if (counted) bad++;
    if (bad >= allowedFailures(probe) || elapsed() >= probe.startTimeoutMs) {
      throw await failure(probe, answer, problem);
    }
    const pause = counted ? intervalMs(probe) : pauseAfter(elapsed());
    await sleep(pause, undefined, { signal: probe.signal });
  }
}

function pauseAfter(elapsedMs: number): number {
  return Math.min(Math.max(elapsedMs * pauseShare, shortestPauseMs), longestPauseMs);
}

/** Asks the supervisor now and then, not each time. */
function makeLook(probe: WebProbe): () => Promise<void> {
  let next = 0;
  return async () => {
    if (performance.now() < next) return;
    await assertNeverDied(probe);
    next = performance.now() + lookMs;
  };
}

function allowedFailures({ healthcheck }: WebProbe): number {
  return Math.max(1, healthcheck.retries ?? defaults.retries);
}

function intervalMs({ healthcheck }: WebProbe): number {
  return (healthcheck.interval ?? defaults.interval) * 1_000;
}

async function askBoth(
  probe: WebProbe,
  elapsed: () => number,
): Promise<{ address: ListenAddress; answer: ProbeAnswer }> {
  const addresses: readonly ListenAddress[] = [
    { kind: "unix", path: probe.socketPath },
    { kind: "tcp", host: "127.0.0.1", port: probe.port },
  ];
  let last: { address: ListenAddress; answer: ProbeAnswer } | undefined;
  for (const address of addresses) {
    const left = Math.max(probe.startTimeoutMs - elapsed(), 100);
    const answer = await askOnce({
      address,
      path: pathOf(probe),
      host: probe.host,
      signal: probe.signal,
      timeoutMs: Math.min((probe.healthcheck.timeout ?? defaults.timeout) * 1_000, left),
      needsBody: (status) => probe.healthcheck.contains !== undefined || !isGood(probe, status),
    });
    if (last === undefined || answer.kind !== "refused") last = { address, answer };
    if (answer.kind === "answer") break;
  }
  if (last === undefined) throw new Error("a web worker has no address");
  return last;
}

function pathOf({ healthcheck }: WebProbe): string {
  return healthcheck.path ?? "/";
}

function isGood({ healthcheck }: WebProbe, status: number): boolean {
  const wanted = healthcheck.status ?? healthyByDefault;
  if (typeof wanted === "number") return status === wanted;
  return status >= wanted[0] && status <= wanted[1];
}

/** What is wrong with an answer; undefined where nothing is. */
function judge(probe: WebProbe, answer: ProbeAnswer): string | undefined {
  if (answer.kind === "refused") return "was refused";
  if (answer.kind === "silent") return `got no HTTP answer (${answer.reason})`;
  if (!isGood(probe, answer.status)) return `answered with status ${answer.status}`;
  const { contains } = probe.healthcheck;
  if (contains === undefined || answer.body.includes(contains)) return undefined;
  return `answered without the text ${JSON.stringify(contains)}`;
}

async function failure(probe: WebProbe, answer: ProbeAnswer, problem: string): Promise<Error> {
  if (answer.kind === "refused") return notListening(probe);
  await assertNeverDied(probe);
  const body = answer.kind === "answer" ? probe.redact(answer.body.slice(0, shownBody)) : "";
  return probeUnhealthy({ name: probe.name, path: pathOf(probe), problem, body });
}

/** What is said of a worker that runs and does not listen where it should. */
export async function notListening(probe: WebProbe): Promise<Error> {
  const { pid } = await assertNeverDied(probe);
  const { name, port } = probe;
  const others = pid === undefined ? [] : await portsOfGroup(pid);
  const seconds = Math.round(probe.startTimeoutMs / 1_000);
  return probeNotListening({ name, seconds, port, others, log: await lastLog(probe) });
}
