import type { App } from "../db/apps.ts";
import type { DeliveryEnd } from "../db/hooks.ts";
import { deployBranch, refOf } from "../git/deploy-branch.ts";
import { type CommitParts, declareCommit } from "../git/deploy-commit.ts";
import { ensureRepository, readRef } from "../git/repository.ts";
import type { Turns } from "../git/turns.ts";
import { fetchBranch, type Remote } from "./remote.ts";

export interface FollowParts extends CommitParts {
  readonly turns: Turns;
}

export interface FollowRequest {
  readonly app: App;
  readonly remote: Remote;
  readonly branch: string;
  /** Called when it is its turn: what is pushed later needs a fetch of its own. */
  begun(): void;
}

/** Fetches the deploy branch of an App and deploys its newest commit; the branch here moves when that is live. */
export async function followBranch(
  parts: FollowParts,
  { app, remote, branch, begun }: FollowRequest,
): Promise<DeliveryEnd> {
  const { platform, git, turns } = parts;
  const endTurn = await turns.take(app.name, () => {});
  begun();
  const into = `refs/hop3/fetched/${branch}`;
  const dir = await ensureRepository(git, platform.home.app(app.name));
  const inRepository = (...args: readonly string[]) => git.run(["--git-dir", dir, ...args]);
  try {
    const remoteParts = {
      git,
      internalHosts: platform.settings.hooks["internal-hosts"],
      signal: platform.stopping,
    };
    await fetchBranch(remoteParts, remote, { dir, branch, into });
    const commit = await readRef(git, dir, into);
    if (commit === undefined) return { outcome: "ignored", reason: "the branch is gone" };
    if (branch !== deployBranch(parts, app)) {
      return { outcome: "ignored", reason: `${branch} is not deployed any more` };
    }
    if (commit === (await readRef(git, dir, refOf(branch)))) {
      return { outcome: "ignored", reason: `${commit.slice(0, 10)} is deployed already` };
    }
    const end = await deployCommit(parts, { app, dir, commit });
    if (end.outcome === "done") await inRepository("update-ref", refOf(branch), commit);
    return end;
  } finally {
    await inRepository("update-ref", "-d", into);
    endTurn();
  }
}

interface Deployed {
  readonly app: App;
  readonly dir: string;
  readonly commit: string;
}

/** Deploys a commit and waits until it is live, or is known not to become so. */
export async function deployCommit(
  parts: CommitParts,
  { app, dir, commit }: Deployed,
): Promise<DeliveryEnd> {
  const { platform, deployer } = parts;
  const declared = await declareCommit(parts, { app, dir, commit, allowLfsPointers: false });
  const { id: deploymentId } = declared;
  deployer.deploy(declared, { revision: commit, force: false });
  const { stopping: signal } = platform;
  const home = platform.home.app(app.name);
  for await (const event of platform.timelines.follow(home, deploymentId, { after: 0, signal })) {
    if (event.type === "live") break;
  }
  const { state, failure } = platform.deployments.find(deploymentId) ?? {};
  if (state === "live" || state === "succeeded") {
    return { outcome: "done", reason: `${commit.slice(0, 10)} is live`, deploymentId };
  }
  const reason =
    failure === undefined ? "its end is not known" : `${failure.code}: ${failure.message}`;
  return { outcome: "failed", reason, deploymentId };
}
