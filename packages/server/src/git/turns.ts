/** One at a time for each key, in the order of asking. */
export interface Turns {
  /** Resolves, when it is this one's turn, to what ends the turn; `onWait` is told where it is not at once. */
  take(key: string, onWait: () => void): Promise<() => void>;
}

export function makeTurns(): Turns {
  const last = new Map<string, Promise<void>>();
  return {
    async take(key, onWait) {
      const before = last.get(key);
      const { promise, resolve } = Promise.withResolvers<void>();
      last.set(key, promise);
      if (before !== undefined) onWait();
      await before;
      return () => {
        if (last.get(key) === promise) last.delete(key);
        resolve();
      };
    },
  };
}
