import type { WorkerKind } from "@hop3/core";
import type { ProcessRecord } from "../db/processes.ts";
import type { Release } from "../db/releases.ts";

/** How many instances of a worker of a Release there should be, and who says so. */
export interface WorkerNumbers {
  readonly worker: string;
  readonly kind: WorkerKind;
  /** Instances that the Release asks for. */
  readonly declared: number;
  /** Instances that somebody has chosen instead. */
  readonly stored: number | undefined;
  readonly wanted: number;
}

/** Pure: the numbers of every worker of a Release, given what is stored for its App. */
export function workerNumbers(
  { artifact }: Pick<Release, "artifact">,
  stored: ReadonlyMap<string, number>,
): readonly WorkerNumbers[] {
  return Object.entries(artifact?.runtime.workers ?? {}).map(([worker, spec]) => {
    const kind = spec.kind ?? (worker === "web" ? "web" : "background");
    const declared = spec.instances ?? 1;
    const chosen = stored.get(worker);
    const wanted = whyFixed({ kind }) === undefined ? (chosen ?? declared) : 0;
    return { worker, kind, declared, stored: chosen, wanted };
  });
}

/** Why no instance of a worker is ever started, and no number can be chosen; undefined where that is not so. */
export function whyFixed({ kind }: Pick<WorkerNumbers, "kind">): string | undefined {
  return kind === "cron" ? "it is a cron worker, and this version has no scheduler" : undefined;
}

/** One instance of a worker that is to be started. */
export interface Instance extends Pick<WorkerNumbers, "worker" | "kind"> {
  readonly instance: number;
}

/** Pure: the instances of a worker, from 0 on. */
export function instancesOf({ worker, kind, wanted }: WorkerNumbers): readonly Instance[] {
  return Array.from({ length: wanted }, (_, instance) => ({ worker, kind, instance }));
}

type Running = Pick<ProcessRecord, "worker" | "instance">;

/** Pure: what has to be started, and what of that which runs is too much; all else stays as it is. */
export function compareNumbers<Known extends Running>(
  numbers: readonly WorkerNumbers[],
  running: readonly Known[],
): { readonly missing: readonly Instance[]; readonly surplus: readonly Known[] } {
  const nameOf = ({ worker, instance }: Running): string => `${worker}.${instance}`;
  const wanted = numbers.flatMap(instancesOf);
  const names = new Set(wanted.map(nameOf));
  const known = new Set(running.map(nameOf));
  return {
    missing: wanted.filter((each) => !known.has(nameOf(each))),
    surplus: running.filter((each) => !names.has(nameOf(each))),
  };
}
