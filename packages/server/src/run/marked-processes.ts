import { readdir, readFile } from "node:fs/promises";

/** A process may start another while we look; what still comes up after that many looks has a life of its own. */
const looks = 5;

/**
 * Kills every process that was started with all of these variables, also where it has left its process group and its
 * parent is gone. Returns how many there were.
 */
export async function endMarkedProcesses(
  variables: Readonly<Record<string, string>>,
): Promise<number> {
  const marks = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const ended = new Set<number>();
  for (let look = 0; look < looks; look++) {
    const found = (await findMarked(marks)).filter((pid) => !ended.has(pid));
    if (found.length === 0) break;
    for (const pid of found) {
      ended.add(pid);
      kill(pid);
    }
  }
  return ended.size;
}

async function findMarked(marks: readonly string[]): Promise<readonly number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const isMarked = await Promise.all(
    pids.map(async (pid) => {
      // Gone meanwhile, or of somebody else and not ours to end.
      const text = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
      const variables = new Set(text.split("\0"));
      return marks.every((mark) => variables.has(mark));
    }),
  );
  return pids.filter((_, index) => isMarked[index]);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself between the look and the call.
  }
}
