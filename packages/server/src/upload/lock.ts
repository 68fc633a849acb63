const tails = new Map<string, Promise<unknown>>();

/** One piece of work after the other for each key: what is about to be used must not be swept away meanwhile. */
export async function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
  const before = tails.get(key) ?? Promise.resolve();
  const mine = before.catch(() => {}).then(work);
  tails.set(key, mine);
  try {
    return await mine;
  } finally {
    if (tails.get(key) === mine) tails.delete(key);
  }
}
