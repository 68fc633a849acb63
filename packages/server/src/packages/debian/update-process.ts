import { Hop3Error } from "@hop3/core";
import { updatePackages } from "./update.ts";
import type { UpdateMessage } from "./update-apart.ts";

/** What update-apart.ts starts: one update, told as JSON lines on standard output. */
async function main(homeDir: string): Promise<void> {
  const say = (message: UpdateMessage): void => {
    process.stdout.write(`${JSON.stringify(message)}\n`);
  };
  try {
    await updatePackages(homeDir, (line) => say({ type: "line", line }));
  } catch (error) {
    if (!(error instanceof Hop3Error)) throw error;
    say({ type: "failure", failure: error.failure });
  }
}

await main(process.argv[2] ?? "");
