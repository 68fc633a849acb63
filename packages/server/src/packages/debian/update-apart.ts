import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { type Failure, Hop3Error } from "@hop3/core";
import { run, wholeEnvironment } from "../../proc/run.ts";

/** What the process has to say while it works. */
export type UpdateMessage =
  | { readonly type: "line"; readonly line: string }
  | { readonly type: "failure"; readonly failure: Failure };

/**
 * `updatePackages` in a process of its own. A whole index of Debian takes 300 MB and seconds: the server would keep the
 * memory for as long as it lives, and answer nothing else meanwhile.
 */
export async function updateApart(homeDir: string, onLine: (line: string) => void): Promise<void> {
  // Sources here, what they were compiled to in a package.
  const file = new URL(`./update-process${extname(import.meta.url)}`, import.meta.url);
  const conditions = process.execArgv.filter((flag) => flag.startsWith("--conditions="));
  let failure: Failure | undefined;
  const result = await run({
    argv: [process.execPath, ...conditions, fileURLToPath(file), homeDir],
    // apt and npm take their proxies and certificates from it.
    env: wholeEnvironment(),
    onLine(text, stream) {
      if (stream !== "stdout") return;
      const message = JSON.parse(text) as UpdateMessage;
      if (message.type === "line") onLine(message.line);
      else failure = message.failure;
    },
  });
  if (failure !== undefined) throw new Hop3Error(failure);
  if (result.exitCode !== 0) throw new Error(`the update ended unexpectedly: ${result.stderr}`);
}
