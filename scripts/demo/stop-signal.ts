const controller = new AbortController();

/**
 * Aborted when this process is asked to end. Importing this takes the signals over, so that a script gets to stop what
 * it started. Ctrl-C comes from the terminal and again from npm: both are the same wish.
 */
export const stopSignal: AbortSignal = controller.signal;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => controller.abort(new Error(`ended by ${signal}`)));
}

/** `work`, or a rejection as soon as this process is asked to end. */
export function untilStopped<Value>(work: Promise<Value>): Promise<Value> {
  const stopped = new Promise<never>((_, reject) => {
    const onAbort = (): void => reject(stopSignal.reason);
    if (stopSignal.aborted) onAbort();
    stopSignal.addEventListener("abort", onAbort, { once: true });
  });
  return Promise.race([work, stopped]);
}
