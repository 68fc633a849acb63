import { spawn } from "node:child_process";
import { defineError, ExitCode } from "@hop3/core/base";
import { errorCode } from "./connection.ts";

export const gitUnusable = defineError<{ because: string }>({
  code: "GIT_UNUSABLE",
  exitCode: ExitCode.usage,
  status: 400,
  message: ({ because }) => `git cannot be used here: ${because}`,
  hint: () => "Go into the project, which has to be a git repository: git init",
});

/** Runs the machine's git in a directory and returns what it printed. */
export async function runGit(cwd: string, ...args: readonly string[]): Promise<string> {
  const result = await tryGit(cwd, ...args);
  if (result.exitCode === 0) return result.stdout;
  throw gitUnusable({ because: result.stderr.trim().split("\n").at(-1) ?? "it fails" });
}

/** The same, where failing is an answer too. */
export function tryGit(
  cwd: string,
  ...args: readonly string[]
): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
  const child = spawn("git", args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  const text = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (chunk: string) => {
      text[name] += chunk;
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", (cause) => {
      const isMissing = errorCode(cause) === "ENOENT";
      const because = isMissing ? "there is no git on this machine" : cause.message;
      reject(gitUnusable({ because }, { cause }));
    });
    child.once("close", (exitCode) => resolve({ exitCode, ...text }));
  });
}
