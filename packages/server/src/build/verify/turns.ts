/** Gives work its turn: the next begins when the one before has ended, however it ended. */
export type Turns = <T>(work: () => Promise<T>, onWait: () => void) => Promise<T>;

export function makeTurns(): Turns {
  let before: Promise<unknown> | undefined;
  return (work, onWait) => {
    if (before !== undefined) onWait();
    const turn = (before ?? Promise.resolve()).then(work);
    const ended: Promise<void> = turn
      .then(
        () => {},
        () => {},
      )
      .then(() => {
        if (before === ended) before = undefined;
      });
    before = ended;
    return turn;
  };
}
