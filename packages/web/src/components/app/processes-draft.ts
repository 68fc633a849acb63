import type { WorkerScale } from "@hop3/core/api";

/** Numbers that are chosen on the page and not sent yet; null: what the Release says. */
export type Draft = Readonly<Record<string, number | null>>;

/** The number that a worker would have. */
export function numberOf({ worker, declared, wanted }: WorkerScale, draft: Draft): number {
  const chosen = draft[worker];
  if (chosen === undefined) return wanted;
  return chosen ?? declared ?? 0;
}

/** Whether sending the draft would change something for this worker. */
export function isChanged({ worker, stored, wanted }: WorkerScale, draft: Draft): boolean {
  const chosen = draft[worker];
  if (chosen === undefined) return false;
  return chosen === null ? stored !== undefined : chosen !== wanted;
}

/** `web 1 → 3, mail as the release says` */
export function describeChange(workers: readonly WorkerScale[], draft: Draft): string {
  return workers
    .map((worker) => {
      const { worker: name, wanted } = worker;
      const next = numberOf(worker, draft);
      return next === wanted ? `${name} as the release says` : `${name} ${wanted} → ${next}`;
    })
    .join(", ");
}
