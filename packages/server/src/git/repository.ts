import { existsSync } from "node:fs";
import { chown, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AppHome } from "../home.ts";
import { inTurn } from "../upload/lock.ts";
import { gitMissing } from "./git-errors.ts";
import type { GitProgram } from "./git-program.ts";

/** The bare repository of one App. */
export function repositoryDir(home: AppHome): string {
  return join(home.dir, "repo.git");
}

export function hasRepository(home: AppHome): boolean {
  return existsSync(join(repositoryDir(home), "info/attributes"));
}

/** Makes the repository where it is missing; it belongs to git's own user. */
export async function ensureRepository(git: GitProgram, home: AppHome): Promise<string> {
  const dir = repositoryDir(home);
  // Of two first pushes at once one makes it.
  await inTurn(dir, async () => {
    if (!hasRepository(home)) await makeRepository(git, home);
  });
  return dir;
}

async function makeRepository(git: GitProgram, home: AppHome): Promise<void> {
  const dir = repositoryDir(home);
  await rm(dir, { recursive: true, force: true });
  await mkdir(home.dir, { recursive: true });
  await mkdir(dir, { mode: 0o700 });
  if (git.user !== undefined) await chown(dir, git.user.uid, git.user.gid);
  const made = await git.run([
    "init",
    "--quiet",
    "--bare",
    "--template=",
    "--initial-branch=main",
    dir,
  ]);
  if (made.exitCode !== 0) throw gitMissing({ reason: made.stderr.trim() });
  await mkdir(join(dir, "info"), { recursive: true });
  // A deployment gets every file as it was committed, as `hop3 deploy` of a checkout does.
  await writeFile(join(dir, "info/attributes"), "* -export-ignore -export-subst\n");
}

/** The commit that a ref points at; undefined where there is none. */
export async function readRef(
  git: GitProgram,
  dir: string,
  ref: string,
): Promise<string | undefined> {
  const found = await git.run(["--git-dir", dir, "rev-parse", "--verify", "--quiet", ref]);
  return found.exitCode === 0 ? found.stdout.trim() : undefined;
}

/** True where nothing has been stored yet. */
export async function hasNoBranches(git: GitProgram, dir: string): Promise<boolean> {
  const refs = await git.run(["--git-dir", dir, "for-each-ref", "--count=1", "refs/heads"]);
  return refs.stdout.trim() === "";
}
