import { parentPort, workerData } from "node:worker_threads";
import { Hop3Error } from "@hop3/core";
import { updatePackages } from "./update.ts";
import type { UpdateMessage } from "./update-apart.ts";

/** What update-apart.ts starts: one update, told line by line. Anything but a failure ends the thread as a bug does. */
async function main(homeDir: string): Promise<void> {
  const say = (message: UpdateMessage): void => parentPort?.postMessage(message);
  try {
    await updatePackages(homeDir, (line) => say({ type: "line", line }));
  } catch (error) {
    if (!(error instanceof Hop3Error)) throw error;
    say({ type: "failure", failure: error.failure });
  }
}

await main(String(workerData));
