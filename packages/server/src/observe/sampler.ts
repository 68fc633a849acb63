import { type Metrics, type ProcessSample, sampleMs } from "./metrics.ts";
import {
  groupByRoot,
  type ProcEntry,
  readProcTable,
  readSharedPages,
  ticksPerSecond,
} from "./proc-table.ts";

/** A Process that there should be. */
interface Expected {
  readonly id: string;
  readonly appId: number;
}

interface SamplerParts {
  readonly metrics: Metrics;
  readonly pageBytes: number;
  expected(): readonly Expected[];
  /** Numbers of the processes that the supervisor runs now, by id. */
  findPids(): Promise<ReadonlyMap<string, number>>;
}

/** One that is looked at from one sample to the next. */
interface Watched {
  readonly pid: number;
  readonly startedAt: number;
  readonly ticks: number;
  readonly at: number;
}

/** How often the supervisor is asked about Processes that do not run, such as one that is stopped. */
const askAgainMs = 30_000;

/**
 * Measures all Processes at one time. Costs one reading of the table of processes; the supervisor, which is a program
 * to be started, is asked only where a Process has ended or is new.
 */
export function makeSampler(parts: SamplerParts): (now: number) => Promise<void> {
  let pids: ReadonlyMap<string, number> = new Map();
  let watched: ReadonlyMap<string, Watched> = new Map();
  let asked = { at: 0, ids: "" };

  const needsAsking = (expected: readonly Expected[], alive: Alive, now: number): boolean => {
    const isRunning = ({ id }: Expected): boolean => {
      const { pid, startedAt } = watched.get(id) ?? {};
      return pid !== undefined && alive.get(pid)?.startedAt === startedAt;
    };
    if (expected.every(isRunning)) return false;
    const hasEnded = expected.some((each) => watched.has(each.id) && !isRunning(each));
    const ids = expected.map(({ id }) => id).join(" ");
    return hasEnded || ids !== asked.ids || now - asked.at >= askAgainMs;
  };
  return async function sample(now) {
    const expected = parts.expected();
    let table = readProcTable();
    if (needsAsking(expected, byPid(table), now)) {
      asked = { at: now, ids: expected.map(({ id }) => id).join(" ") };
      pids = await parts.findPids();
      table = readProcTable();
    }
    const groups = groupByRoot(table, new Set(pids.values()));
    const next = new Map<string, Watched>();
    const samples: ProcessSample[] = [];
    for (const { id, appId } of expected) {
      const pid = pids.get(id);
      const members = pid === undefined ? undefined : groups.get(pid);
      const root = members?.find((member) => member.pid === pid);
      if (members === undefined || root === undefined) continue;
      const ticks = members.reduce((sum, member) => sum + member.ticks, 0);
      const seen = { pid: root.pid, startedAt: root.startedAt, ticks, at: now };
      const memoryBytes = countPages(members) * parts.pageBytes;
      samples.push({ id, appId, memoryBytes, cpu: cpuOf(watched.get(id), seen) });
      next.set(id, seen);
    }
    watched = next;
    parts.metrics.record(now, samples);
  };
}

type Alive = ReadonlyMap<number, ProcEntry>;

function byPid(table: readonly ProcEntry[]): Alive {
  return new Map(table.map((entry) => [entry.pid, entry]));
}

/** Cores that were in use since the last sample. A member that ended takes its time along, hence never below zero. */
function cpuOf(before: Watched | undefined, now: Watched): number {
  if (before === undefined || before.pid !== now.pid || before.startedAt !== now.startedAt)
    return 0;
  const seconds = (now.at - before.at) / 1000;
  if (seconds <= 0) return 0;
  return Math.max(0, (now.ticks - before.ticks) / ticksPerSecond / seconds);
}

/** What several have mapped together, such as the program itself, counts once. */
function countPages(members: readonly ProcEntry[]): number {
  const [only, ...others] = members;
  if (only === undefined) return 0;
  if (others.length === 0) return only.residentPages;
  const shared = members.map(({ pid }) => readSharedPages(pid));
  const own = members.map((member, index) =>
    Math.max(0, member.residentPages - (shared[index] ?? 0)),
  );
  return own.reduce((sum, pages) => sum + pages, Math.max(...shared));
}

/** Samples until the server stops. */
export function startSampling(
  sample: (now: number) => Promise<void>,
  { stopping, onError }: { readonly stopping: AbortSignal; onError(error: unknown): void },
): void {
  let isSampling = false;
  const timer = setInterval(async () => {
    // A machine that is too busy to answer is not asked more on top.
    if (isSampling) return;
    isSampling = true;
    await sample(Date.now()).catch(onError);
    isSampling = false;
  }, sampleMs).unref();
  stopping.addEventListener("abort", () => clearInterval(timer), { once: true });
}
