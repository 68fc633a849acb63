import { type BranchOrigin, Hop3Error, loadConfig } from "@hop3/core";
import type { App } from "../db/apps.ts";
import { currentRelease } from "../deploy/current-release.ts";
import type { Platform } from "../deploy/platform.ts";
import type { GitProgram } from "./git-program.ts";
import type { RefCommand } from "./hook-door.ts";
import { hasNoBranches, repositoryDir } from "./repository.ts";

const defaultBranch = "main";
const branchPrefix = "refs/heads/";

/** Name of the branch that a ref is; undefined for other refs. */
export function branchOf(ref: string): string | undefined {
  return ref.startsWith(branchPrefix) ? ref.slice(branchPrefix.length) : undefined;
}

export function refOf(branch: string): string {
  return `${branchPrefix}${branch}`;
}

export interface BranchParts {
  readonly platform: Pick<Platform, "apps" | "releases" | "home">;
  readonly git: GitProgram;
}

export interface DeployBranch {
  readonly branch: string;
  readonly branchFrom: BranchOrigin;
}

/** The branch whose commits are deployed, and who says so: whoever chose one, the running Release, the first push. */
export function findDeployBranch(
  { platform }: Pick<BranchParts, "platform">,
  app: App | undefined,
): DeployBranch {
  const { chosen, first } = app === undefined ? {} : platform.apps.branches(app.id);
  if (chosen !== undefined) return { branch: chosen, branchFrom: "chosen" };
  const wanted = app && currentRelease(platform, app.id)?.settings?.branch;
  if (wanted !== undefined) return { branch: wanted, branchFrom: "hop3.toml" };
  const isUsual = first === undefined || first === defaultBranch;
  return isUsual
    ? { branch: defaultBranch, branchFrom: "default" }
    : { branch: first, branchFrom: "first-push" };
}

export function deployBranch(parts: Pick<BranchParts, "platform">, app: App): string {
  return findDeployBranch(parts, app).branch;
}

/** What is pushed into an empty repository says which branch is deployed: in a hop3.toml, or as the only usual one. */
export async function learnFirstBranch(
  { platform, git }: BranchParts,
  app: App,
  commands: readonly RefCommand[],
): Promise<void> {
  const isKnown = platform.apps.branches(app.id).first !== undefined;
  // What came with a first push that failed says nothing.
  if (isKnown && app.currentRelease !== undefined) return;
  const dir = repositoryDir(platform.home.app(app.name));
  if (!(await hasNoBranches(git, dir))) return;
  const pushed = commands.filter(({ ref }) => branchOf(ref) !== undefined);
  for (const command of pushed) {
    const wanted = await readWantedBranch(git, dir, command.new);
    if (wanted !== undefined) return platform.apps.setFirstBranch(app.id, wanted);
  }
  const names = new Set(pushed.map(({ ref }) => branchOf(ref)));
  const usual = [defaultBranch, "master"].find((name) => names.has(name));
  if (usual !== undefined) platform.apps.setFirstBranch(app.id, usual);
}

/** `[deploy] branch` of a commit; what is wrong with the file is told by its deployment. */
async function readWantedBranch(
  git: GitProgram,
  dir: string,
  commit: string,
): Promise<string | undefined> {
  const file = await git.run(["--git-dir", dir, "cat-file", "blob", `${commit}:hop3.toml`]);
  if (file.exitCode !== 0) return undefined;
  try {
    return loadConfig(file.stdout).config.deploy?.branch;
  } catch (error) {
    if (error instanceof Hop3Error) return undefined;
    throw error;
  }
}

/** A clone begins on the branch that is deployed now. */
export async function pointHead({ platform, git }: BranchParts, app: App): Promise<void> {
  const dir = repositoryDir(platform.home.app(app.name));
  const ref = refOf(deployBranch({ platform }, app));
  await git.run(["--git-dir", dir, "symbolic-ref", "HEAD", ref]);
}
