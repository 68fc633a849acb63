import { join } from "node:path";
import type { ProcessState, ProcessStatus } from "@hop3/core/plugin";
import { run } from "../proc/run.ts";
import { statusScript } from "./scripts.ts";

/** Asks s6 about many services with one child process. Names without an answer come back as missing. */
export async function readStatus(
  binDir: string,
  scanDir: string,
  names: readonly string[],
): Promise<readonly ProcessStatus[]> {
  if (names.length === 0) return [];
  const links = names.map((name) => join(scanDir, name));
  const result = await run({
    argv: [join(binDir, "busybox"), "sh", "-c", statusScript, "status", binDir, ...links],
  });
  return parseStatus(result.stdout);
}

/** Reads what the status script prints. */
export function parseStatus(text: string): readonly ProcessStatus[] {
  return text
    .split(/^=/m)
    .slice(1)
    .map((block) => parseBlock(block.split("\n")));
}

function parseBlock([id = "", line = "", ...rest]: readonly string[]): ProcessStatus {
  const deaths = rest.filter((death) => death.startsWith("@"));
  const fields = line.split(" ");
  if (fields.length < 5) return missingStatus(id);
  const [up, wantedUp, pid, since, pausing] = fields;
  const state = stateOf({ up: up === "true", wanted: wantedUp === "true", pausing });
  return {
    id,
    state,
    pid: state === "up" ? Number(pid) : undefined,
    sinceSeconds: Number(since),
    deaths: deaths.length,
    lastExit: parseDeath(deaths.at(-1)),
  };
}

function stateOf(s6: {
  readonly up: boolean;
  readonly wanted: boolean;
  readonly pausing: string | undefined;
}): ProcessState {
  if (s6.up) return s6.pausing === "yes" ? "backing-off" : "up";
  return s6.wanted ? "backing-off" : "stopped";
}

/** `@4000… exitcode 3` or `@4000… signal SIGKILL`. */
function parseDeath(line: string | undefined): ProcessStatus["lastExit"] {
  const [, kind, value] = line?.split(" ") ?? [];
  if (kind === "exitcode") return { code: Number(value), signal: undefined };
  if (kind === "signal") return { code: undefined, signal: value };
  return undefined;
}

/** Status of a Process that the supervisor does not know. */
export function missingStatus(id: string): ProcessStatus {
  return {
    id,
    state: "missing",
    pid: undefined,
    sinceSeconds: 0,
    deaths: 0,
    lastExit: undefined,
  };
}
