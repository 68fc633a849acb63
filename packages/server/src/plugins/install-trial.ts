import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { PluginInfo } from "@hop3/core";
import { run, wholeEnvironment } from "../proc/run.ts";
import type { LoadFrom } from "./load.ts";

/** What begins the line with the result; a plug-in may write to standard output too. */
export const resultMark = "hop3-plugins:";

const timeoutMs = 30_000;

/**
 * Loads plug-ins in a process of its own and says what came of it: what a new one does at import, ending the process
 * included, does not touch the server. undefined with a reason where there is no result.
 */
export async function tryPlugins(
  from: LoadFrom,
  signal: AbortSignal,
): Promise<{ readonly plugins: readonly PluginInfo[] } | { readonly reason: string }> {
  // Sources here, what they were compiled to in a package.
  const file = new URL(`./install-trial-process${extname(import.meta.url)}`, import.meta.url);
  const flags = process.execArgv.filter((flag) => flag.startsWith("--conditions="));
  const enough = new AbortController();
  let line: string | undefined;
  const result = await run({
    argv: [process.execPath, ...flags, fileURLToPath(file), JSON.stringify(from)],
    env: wholeEnvironment(),
    signal: AbortSignal.any([signal, enough.signal]),
    timeoutMs,
    onLine(text) {
      if (!text.startsWith(resultMark)) return;
      line = text.slice(resultMark.length);
      // One that keeps a timer or a socket open has loaded all the same.
      enough.abort();
    },
  });
  if (line !== undefined) return { plugins: JSON.parse(line) };
  if (result.stopped === "timeout") return { reason: "loading it does not come to an end" };
  const last = result.stderr.trim().split("\n").at(-1) ?? "";
  const how = result.exitCode === null ? `signal ${result.exitSignal}` : `${result.exitCode}`;
  return { reason: `loading it ends the program (${[how, last].filter(Boolean).join(": ")})` };
}
