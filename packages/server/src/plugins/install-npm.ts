import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { run, wholeEnvironment } from "../proc/run.ts";

export interface NpmRequest {
  readonly command: "install" | "uninstall";
  /** Where package.json and node_modules are. */
  readonly dir: string;
  readonly spec: string;
  /** Address of the registry, which needs no token here; npm's own where there is none. */
  readonly registry: string | undefined;
  readonly signal: AbortSignal;
  readonly onLine: (text: string) => void;
}

/** Why npm did not do it, and what it wrote. */
export interface NpmFailure {
  readonly reason: string;
  readonly output: string;
}

const timeoutMs = 10 * 60_000;

/**
 * Lets npm change a tree, without the scripts of packages and without what they want of this program itself: `hop3`
 * as a peer is not looked for in any registry.
 */
export async function npm(request: NpmRequest): Promise<NpmFailure | undefined> {
  const { command, dir, spec, registry, signal, onLine } = request;
  const beside = dirname(process.execPath);
  const program = existsSync(join(beside, "npm")) ? join(beside, "npm") : "npm";
  const env = wholeEnvironment();
  const result = await run({
    argv: [program, command, ...flags(dir, registry), "--", spec],
    // Its proxies and certificates come from it, and npm starts the Node that is found first.
    env: { ...env, PATH: [beside, env["PATH"] ?? ""].join(delimiter) },
    cwd: dir,
    signal,
    timeoutMs,
    onLine,
  });
  if (result.missing) return { reason: "there is no npm on the server", output: "" };
  if (result.exitCode === 0) return undefined;
  const output = result.stderr.trim();
  if (result.stopped === "timeout") return { reason: "npm took more than 10 minutes", output };
  if (result.stopped !== undefined) return { reason: "npm was stopped", output };
  return { reason: npmReason(output) ?? `npm ended with ${result.exitCode}`, output };
}

function flags(dir: string, registry: string | undefined): readonly string[] {
  return [
    "--prefix",
    dir,
    "--ignore-scripts",
    "--legacy-peer-deps",
    "--omit=peer",
    "--omit=dev",
    "--save-exact",
    "--no-audit",
    "--no-fund",
    "--no-update-notifier",
    ...(registry === undefined ? [] : [`--registry=${registry}`]),
  ];
}

/** The first sentence of an `npm error`, after its code. */
function npmReason(output: string): string | undefined {
  const lines = output.split("\n").map((line) => /^npm (?:error|ERR!)\s+(.+)$/.exec(line)?.[1]);
  const said = lines.filter((line) => line !== undefined && !/^(?:code|A complete log)/.test(line));
  return said[0];
}
