import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { LogRecord } from "@hop3/core";
import type { AppHome } from "../home.ts";
import { followLogs, type LogRecord as LogLine, readLogs } from "../run/logs.ts";

export interface LogQuery {
  readonly worker?: string | undefined;
  readonly release?: number | undefined;
  readonly lines: number;
}

interface ServiceLog {
  readonly dir: string;
  readonly release: number;
  readonly worker: string;
  readonly instance: number;
}

const lookForNewMs = 500;

/** Logs of every Process that an App ever had and still keeps, whether it runs or not. */
async function findServices(home: AppHome, query: LogQuery): Promise<readonly ServiceLog[]> {
  const root = join(home.dir, "run");
  const numbers = (await readdir(root).catch(() => []))
    .map(Number)
    .filter((number) => query.release === undefined || number === query.release);
  const found = await Promise.all(
    numbers.map(async (release) => {
      const names = await readdir(home.services(release)).catch(() => []);
      return names.map((name): ServiceLog => {
        const [worker = "", instance = "0"] = name.split(".");
        return {
          dir: join(home.services(release), name),
          release,
          worker,
          instance: Number(instance),
        };
      });
    }),
  );
  return found.flat().filter((log) => query.worker === undefined || log.worker === query.worker);
}

function toRecord(log: ServiceLog, line: LogLine): LogRecord {
  return {
    at: line.time,
    release: log.release,
    worker: log.worker,
    instance: log.instance,
    text: line.text,
  };
}

/** The last lines of all that match, in the order of time. */
export async function readAppLogs(home: AppHome, query: LogQuery): Promise<readonly LogRecord[]> {
  const services = await findServices(home, query);
  const parts = await Promise.all(
    services.map(async (log) =>
      (await readLogs(log.dir, { lines: query.lines })).map((line) => toRecord(log, line)),
    ),
  );
  return parts.flat().sort(byTime).slice(-query.lines);
}

/** How long the last lines of several Processes are collected, to be told in the order of time. */
const gatherMs = 200;

/** The last lines, then what comes; Processes of later Releases join by themselves. */
export async function followAppLogs(
  home: AppHome,
  query: LogQuery,
  io: { readonly signal: AbortSignal; send(record: LogRecord): Promise<void> },
): Promise<void> {
  const watched = new Map<string, Promise<void>>();
  let gathered: LogRecord[] | undefined = [];
  const watch = (log: ServiceLog, lines: number): void => {
    const follow = async (): Promise<void> => {
      for await (const line of followLogs(log.dir, io.signal, { lines })) {
        const record = toRecord(log, line);
        if (gathered === undefined) await io.send(record);
        else gathered.push(record);
      }
    };
    watched.set(log.dir, follow());
  };
  for (const log of await findServices(home, query)) watch(log, query.lines);
  await sleep(gatherMs, undefined, { signal: io.signal }).catch(() => {});
  const tail = gathered.sort(byTime).slice(-query.lines);
  gathered = undefined;
  for (const record of tail) await io.send(record);
  while (!io.signal.aborted) {
    for (const log of await findServices(home, query)) {
      // A Process that was not there a moment ago is new: all it has said belongs here.
      if (!watched.has(log.dir)) watch(log, Number.MAX_SAFE_INTEGER);
    }
    await sleep(lookForNewMs, undefined, { signal: io.signal }).catch(() => {});
  }
  await Promise.allSettled(watched.values());
}

function byTime(a: LogRecord, b: LogRecord): number {
  return a.at < b.at ? -1 : Number(a.at > b.at);
}
