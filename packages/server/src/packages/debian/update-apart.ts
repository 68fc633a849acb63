import { once } from "node:events";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { type Failure, Hop3Error } from "@hop3/core";

/** What the thread has to say while it works. */
export type UpdateMessage =
  | { readonly type: "line"; readonly line: string }
  | { readonly type: "failure"; readonly failure: Failure };

/**
 * `updatePackages` in a thread of its own. A whole index of Debian takes 300 MB, which V8 would keep for as long as the
 * server lives, and seconds in which nothing else would be answered.
 */
export async function updateApart(homeDir: string, onLine: (line: string) => void): Promise<void> {
  // Sources here, what they were compiled to in a package.
  const file = new URL(`./update-thread${extname(import.meta.url)}`, import.meta.url);
  const thread = new Worker(file, { workerData: homeDir });
  let failure: Failure | undefined;
  thread.on("message", (message: UpdateMessage) => {
    if (message.type === "line") onLine(message.line);
    else failure = message.failure;
  });
  await once(thread, "exit");
  if (failure !== undefined) throw new Hop3Error(failure);
}
