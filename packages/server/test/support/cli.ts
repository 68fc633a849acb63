import { spawn } from "node:child_process";
import { resolve } from "node:path";
import type { FailureData } from "@hop3/core";

const main = resolve(import.meta.dirname, "../../../cli/src/main.ts");

/** As bin/hop3 starts a command: the sources, with room enough that loading collects nothing, a tenth of a start. */
export const nodeOptions = ["--conditions=hop3-source", "--min-semi-space-size=16"];

export interface CliResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly home: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly cwd?: string;
}

/** The real command, unbuilt, against the server of a home. */
export async function hop3(options: CliOptions, ...args: readonly string[]): Promise<CliResult> {
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  const child = spawn(process.execPath, [...nodeOptions, main, ...args], {
    cwd: options.cwd,
    env: { PATH, HOME, NODE_COMPILE_CACHE, HOP3_HOME: options.home, ...options.env },
  });
  child.stdin.end(options.stdin ?? "");
  const text = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (chunk: string) => {
      text[name] += chunk;
    });
  }
  const exitCode = await new Promise<number | null>((done) => child.once("close", done));
  return { exitCode, ...text };
}

/** The failure that a command with --json ended with. */
export function cliFailure(result: CliResult): FailureData {
  const line = `${result.stdout}\n${result.stderr}`
    .split("\n")
    .find((text) => text.startsWith('{"error":'));
  if (line === undefined) throw new Error(`no failure in: ${result.stdout}${result.stderr}`);
  const { error } = JSON.parse(line) as { error: FailureData };
  return { ...error, exitCode: result.exitCode ?? -1 };
}
