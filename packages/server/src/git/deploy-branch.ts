import type { App } from "../db/apps.ts";
import type { Platform } from "../deploy/platform.ts";
import type { GitProgram } from "./git-program.ts";
import type { RefCommand } from "./hook-door.ts";
import { hasNoBranches, hasRepository, repositoryDir } from "./repository.ts";

export const defaultBranch = "main";
const branchPrefix = "refs/heads/";

/** Name of the branch that a ref is; undefined for other refs. */
export function branchOf(ref: string): string | undefined {
  return ref.startsWith(branchPrefix) ? ref.slice(branchPrefix.length) : undefined;
}

export function refOf(branch: string): string {
  return `${branchPrefix}${branch}`;
}

export interface BranchParts {
  readonly platform: Pick<Platform, "apps" | "home">;
  readonly git: GitProgram;
}

/** The branch whose commits are deployed. */
export function deployBranch({ platform }: Pick<BranchParts, "platform">, app: App): string {
  return platform.apps.deployBranch(app.id) ?? defaultBranch;
}

/** Deploys another branch from the next push on; a clone begins on it. */
export async function setDeployBranch(
  { platform, git }: BranchParts,
  app: App,
  branch: string,
): Promise<void> {
  platform.apps.setDeployBranch(app.id, branch);
  const home = platform.home.app(app.name);
  if (!hasRepository(home)) return;
  await git.run(["--git-dir", repositoryDir(home), "symbolic-ref", "HEAD", refOf(branch)]);
}

/** A repository that begins with `master` and has no `main` is deployed from `master`. */
export async function chooseFirstBranch(
  parts: BranchParts,
  app: App,
  commands: readonly RefCommand[],
): Promise<void> {
  if (parts.platform.apps.deployBranch(app.id) !== undefined) return;
  const pushed = new Set(commands.map(({ ref }) => branchOf(ref)));
  if (pushed.has(defaultBranch) || !pushed.has("master")) return;
  const dir = repositoryDir(parts.platform.home.app(app.name));
  if (await hasNoBranches(parts.git, dir)) await setDeployBranch(parts, app, "master");
}
