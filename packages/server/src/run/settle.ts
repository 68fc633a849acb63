import { setTimeout as sleep } from "node:timers/promises";
import { assertNeverDied, type WatchedProcess } from "./watched-process.ts";

const defaultSettleMs = 1_000;
const lookMs = 200;

/** A worker that answers nobody counts as started once it has lived this long. */
export async function watchSettled(
  target: WatchedProcess & { readonly settleMs?: number },
): Promise<void> {
  const deadline = performance.now() + (target.settleMs ?? defaultSettleMs);
  for (;;) {
    target.signal.throwIfAborted();
    await assertNeverDied(target);
    const left = deadline - performance.now();
    if (left <= 0) return;
    await sleep(Math.min(lookMs, left), undefined, { signal: target.signal });
  }
}
