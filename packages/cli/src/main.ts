import { ExitCode } from "@hop3/core/base";
import { runCli } from "./cli.ts";

const stop = new AbortController();

function onSignal(): void {
  // Whoever asks twice does not want to wait for an orderly end.
  if (stop.signal.aborted) process.exit(ExitCode.interrupted);
  stop.abort();
}

process.on("SIGINT", onSignal);
process.on("SIGTERM", onSignal);
// The reader of a pipe may leave early, as `head` does; that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(ExitCode.ok);
  // As for a full disk; what is half written must not look like success.
  const because = error.message;
  process.stderr.write(`error FILE_UNWRITABLE  cannot write standard output: ${because}\n`);
  process.exit(ExitCode.failure);
});

// An import would read every export of node:fs, and some of those load what is not needed here.
const { readFileSync } = process.getBuiltinModule("node:fs");
const manifest: { version: string } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
);

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  userId: process.getuid?.(),
  get stdin() {
    return process.stdin;
  },
  stdout: process.stdout,
  stderr: process.stderr,
  now: Date.now,
  signal: stop.signal,
  version: manifest.version,
});
