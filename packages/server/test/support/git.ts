import { spawn } from "node:child_process";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

export interface GitRun {
  readonly exitCode: number | null;
  /** Both streams as they came. */
  readonly text: string;
}

export interface Checkout {
  readonly dir: string;
  git(...args: readonly string[]): Promise<GitRun>;
  /** Writes files and commits them; returns the commit. */
  commit(files: Readonly<Record<string, string | Buffer>>, message?: string): Promise<string>;
}

/** Settings of the machine stay out of it, and no question is ever asked. */
export const gitEnvironment = {
  PATH: process.env["PATH"] ?? "",
  HOME: "/nonexistent",
  LC_ALL: "C.UTF-8",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
  GIT_AUTHOR_NAME: "A",
  GIT_AUTHOR_EMAIL: "a@example.org",
  GIT_COMMITTER_NAME: "A",
  GIT_COMMITTER_EMAIL: "a@example.org",
};

export function runGit(
  args: readonly string[],
  options: {
    readonly cwd: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly onText?: (text: string) => void;
    /** Ends git as Ctrl-C would. */
    readonly signal?: AbortSignal;
  },
): Promise<GitRun> {
  const child = spawn("git", args, {
    cwd: options.cwd,
    env: { ...gitEnvironment, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  options.signal?.addEventListener("abort", () => child.kill("SIGINT"), { once: true });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      options.onText?.(chunk);
    });
  }
  return new Promise((resolve) => {
    child.once("close", (exitCode) => resolve({ exitCode, text }));
  });
}

/** An empty repository below /tmp. */
export async function makeCheckout(
  branch = "main",
  env: Readonly<Record<string, string>> = {},
): Promise<Checkout> {
  const dir = await mkdtemp("/tmp/hop3-git-");
  const git: Checkout["git"] = (...args) => runGit(args, { cwd: dir, env });
  await git("init", "--quiet", "--initial-branch", branch);
  return {
    dir,
    git,
    async commit(files, message = "change") {
      for (const [name, content] of Object.entries(files)) {
        await mkdir(dirname(join(dir, name)), { recursive: true });
        await writeFile(join(dir, name), content);
      }
      await git("add", "--all", "--force");
      const made = await git("commit", "--quiet", "--allow-empty", "-m", message);
      if (made.exitCode !== 0) throw new Error(made.text);
      return (await git("rev-parse", "HEAD")).text.trim();
    },
  };
}
