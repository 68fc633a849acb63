import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../packages/server/src/proc/run.ts";
import { type Commit, judgeCommit } from "./commits.ts";
import type { Finding, SourceFile } from "./finding.ts";
import { rules } from "./rules.ts";

const textFile = /\.(ts|mjs|js|json|md|nix|toml|sh|py|html|yml|yaml)$|^bin\/|^\.ci\//;

/** Runs every rule of the project's own over every file that git knows or would add. */
export async function lintProject(root: string): Promise<Finding[]> {
  const argv = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"] as const;
  const listed = await run({ argv, cwd: root });
  const paths = [...new Set(listed.stdout.split("\0"))].filter((path) => textFile.test(path));
  const files = await Promise.all(paths.map((path) => readSource(root, path)));
  return files.flatMap((file) => (file === undefined ? [] : rules.flatMap((rule) => rule(file))));
}

async function readSource(root: string, path: string): Promise<SourceFile | undefined> {
  try {
    return { path, text: await readFile(join(root, path), "utf8") };
  } catch {
    // Deleted in the work tree, still in the index.
    return undefined;
  }
}

/** The rule's own age: what was committed before it cannot be changed any more. */
const judgedSince = "2026-11-23T08:50:00Z";

/** The commits of HEAD's history whose message breaks the rule, each as one line. */
export async function lintCommits(root: string): Promise<string[]> {
  const format = "--format=%h%x1f%s%x1f%b%x1e";
  const log = await run({
    argv: ["git", "log", "--no-merges", `--since=${judgedSince}`, format],
    cwd: root,
  });
  const commits = log.stdout.split("\x1e").flatMap((entry): Commit[] => {
    const [id, subject, body] = entry.trim().split("\x1f");
    return id === undefined || subject === undefined ? [] : [{ id, subject, body: body ?? "" }];
  });
  return commits.flatMap((commit) => {
    const fault = judgeCommit(commit);
    return fault === undefined ? [] : [`${commit.id} ${commit.subject}: ${fault}`];
  });
}
