import { setTimeout as sleep } from "node:timers/promises";
import { defineError, ExitCode } from "@hop3/core";
import type { ProcessStatus } from "@hop3/core/plugin";
import { readLogs } from "./logs.ts";

/** A Process that has just been started and is looked at until it can be trusted. */
export interface WatchedProcess {
  /** Name of the worker, for messages. */
  readonly name: string;
  readonly serviceDir: string;
  readonly isAlive: () => Promise<ProcessStatus>;
  /** Takes secrets out of text that goes into a message. */
  readonly redact: (text: string) => string;
  readonly signal: AbortSignal;
}

export const processExited = defineError<{
  name: string;
  exit: ProcessStatus["lastExit"];
  log: string;
}>({
  code: "PROCESS_EXITED",
  exitCode: ExitCode.deployFailed,
  status: 422,
  message: ({ name, exit }) =>
    `Worker '${name}' ended right after its start: ${describeExit(exit)}`,
  hint: ({ exit }) =>
    exit?.code === 127
      ? "Its command was not found: check the command and what is on its PATH"
      : "Its last output says why; `hop3 run -- CMD` tries a command in the same environment",
  detail: ({ log }) => (log === "" ? "It has written nothing." : log),
});

/** How a Process ended, as far as the Supervisor knows. */
export function describeExit(exit: ProcessStatus["lastExit"]): string {
  if (exit?.signal !== undefined) return `killed by ${exit.signal}`;
  if (exit?.code !== undefined) return `exit code ${exit.code}`;
  return "it is not running";
}

const logLines = 20;
/** What a dying program wrote passes through its logger: that takes a moment. */
const loggerMs = 50;

/** Throws where the Process has died since it was started, whether or not it has been started again. */
export async function assertNeverDied(target: WatchedProcess): Promise<ProcessStatus> {
  const status = await target.isAlive();
  const isGone = status.state === "stopped" || status.state === "missing";
  if (status.deaths === 0 && !isGone) return status;
  await sleep(loggerMs);
  const log = await lastLog(target);
  throw processExited({ name: target.name, exit: status.lastExit, log });
}

/** The last lines of its log, as they may be shown. */
export async function lastLog({
  serviceDir,
  redact,
}: Pick<WatchedProcess, "serviceDir" | "redact">): Promise<string> {
  const records = await readLogs(serviceDir, { lines: logLines });
  return redact(records.map((record) => record.text).join("\n"));
}
