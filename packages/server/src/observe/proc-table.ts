import { readdirSync, readFileSync } from "node:fs";

/** What the kernel says of one process of the machine. */
export interface ProcEntry {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
  /** Time on a CPU, of the process and of those of its children that have ended, in clock ticks. */
  readonly ticks: number;
  /** Since the start of the machine, in clock ticks: tells a process from a later one of the same number. */
  readonly startedAt: number;
  readonly residentPages: number;
}

/** Linux counts in hundredths of a second towards programs, whatever it does inside. */
export const ticksPerSecond = 100;

/** Reads the table of processes: one short file of the kernel's memory for each. */
export function readProcTable(): readonly ProcEntry[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    const entry = parseStat(readIfThere(`/proc/${pid}/stat`));
    return entry === undefined ? [] : [entry];
  });
}

/**
 * `12 (any (name)) S parent group session …`: the name is what the process itself chose, brackets and line breaks
 * included, so the fields are counted from its last bracket.
 */
export function parseStat(text: string): ProcEntry | undefined {
  const nameEnd = text.lastIndexOf(")");
  const fields = text.slice(nameEnd + 2).split(" ");
  const field = (number: number): number => Number(fields[number - 3]);
  const pid = Number.parseInt(text, 10);
  if (nameEnd === -1 || !Number.isInteger(pid) || fields.length < 22) return undefined;
  return {
    pid,
    parent: field(4),
    session: field(6),
    ticks: field(14) + field(15) + field(16) + field(17),
    startedAt: field(22),
    residentPages: field(24),
  };
}

/** Bytes of a page: the kernel's choice, and not the same on all machines. */
export function readPageBytes(): number {
  const kilobytes = /^KernelPageSize:\s+(\d+) kB$/m.exec(readIfThere("/proc/self/smaps"))?.[1];
  return kilobytes === undefined ? 4_096 : Number(kilobytes) * 1_024;
}

/** Pages that others have mapped too, such as the program itself. */
export function readSharedPages(pid: number): number {
  const shared = readIfThere(`/proc/${pid}/statm`).split(" ")[2];
  return shared === undefined ? 0 : Number(shared);
}

/** Empty for a process that has ended meanwhile. */
function readIfThere(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

/** The members of each Process: what descends from it, and what has stayed in its session when its parent ended. */
export function groupByRoot(
  table: readonly ProcEntry[],
  roots: ReadonlySet<number>,
): ReadonlyMap<number, readonly ProcEntry[]> {
  const entries = new Map(table.map((entry) => [entry.pid, entry]));
  const rootOf = new Map<number, number | undefined>();
  const findRoot = (pid: number): number | undefined => {
    if (roots.has(pid)) return pid;
    if (rootOf.has(pid)) return rootOf.get(pid);
    // Where the table was read while processes came and went, parents may seem to go round in a circle.
    rootOf.set(pid, undefined);
    const entry = entries.get(pid);
    if (entry === undefined) return undefined;
    const root = findRoot(entry.parent) ?? (roots.has(entry.session) ? entry.session : undefined);
    rootOf.set(pid, root);
    return root;
  };
  const groups = new Map<number, ProcEntry[]>();
  for (const entry of table) {
    const root = findRoot(entry.pid);
    if (root !== undefined) groups.set(root, [...(groups.get(root) ?? []), entry]);
  }
  return groups;
}
