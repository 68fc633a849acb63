import { setImmediate } from "node:timers/promises";

/** Long enough that changing over costs nothing, short enough that no request feels it. */
const turnMs = 10;

/** For long work on the thread that serves requests: others have their turn in between. */
export interface Turns {
  isOver(): boolean;
  next(): Promise<void>;
}

export function takeTurns(): Turns {
  let begin = performance.now();
  return {
    isOver: () => performance.now() - begin > turnMs,
    async next() {
      await setImmediate();
      begin = performance.now();
    },
  };
}
