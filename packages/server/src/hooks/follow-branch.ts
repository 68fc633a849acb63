import { createHash } from "node:crypto";
import type { App } from "../db/apps.ts";
import type { DeliveryEnd } from "../db/hooks.ts";
import { deployBranch, refOf } from "../git/deploy-branch.ts";
import { type CommitParts, declareCommit } from "../git/deploy-commit.ts";
import type { Previews } from "../git/previews.ts";
import { ensureRepository, readRef } from "../git/repository.ts";
import type { Turns } from "../git/turns.ts";
import { remoteParts } from "./hooks.ts";
import { fetchBranch, type Remote } from "./remote.ts";

export interface FollowParts extends CommitParts {
  readonly turns: Turns;
  readonly previews: Previews;
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
  const { git, turns } = parts;
  const endTurn = await turns.take(app.name, () => {});
  begun();
  try {
    return await withFetched(parts, { app, remote, branch }, async ({ dir, commit }) => {
      if (branch !== deployBranch(parts, app)) {
        return { outcome: "ignored", reason: `${branch} is not deployed any more` };
      }
      if (commit === (await readRef(git, dir, refOf(branch)))) return already(commit);
      const end = await deployCommit(parts, { app, dir, commit });
      if (end.outcome === "done") {
        await git.run(["--git-dir", dir, "update-ref", refOf(branch), commit]);
      }
      return end;
    });
  } finally {
    endTurn();
  }
}

/** Fetches another branch of an App and deploys its newest commit as the preview of it. */
export async function showBranch(
  parts: FollowParts,
  { app, remote, branch, begun }: FollowRequest,
): Promise<DeliveryEnd> {
  const { previews, turns } = parts;
  const endTurn = await turns.take(`${app.name} ${branch}`, () => {});
  begun();
  try {
    return await withFetched(parts, { app, remote, branch }, async ({ dir, commit }) => {
      if (commit === previews.store.ofBranch(app.id, branch)?.commit) return already(commit);
      const preview = await previews.open(app, branch);
      const end = await deployCommit(parts, { app: preview, dir, commit });
      if (end.outcome === "done") previews.store.deployed(preview.id, commit);
      return end;
    });
  } finally {
    endTurn();
  }
}

/** Removes the preview of a branch that is merged, closed or gone. */
export async function closeBranch(
  { previews }: FollowParts,
  { app, branch, begun }: FollowRequest,
): Promise<DeliveryEnd> {
  begun();
  const removed = await previews.close(app, branch);
  return { outcome: "done", reason: `the preview ${removed ?? "of it"} is gone` };
}

function already(commit: string): DeliveryEnd {
  return { outcome: "ignored", reason: `${commit.slice(0, 10)} is deployed already` };
}

interface Fetched {
  readonly dir: string;
  readonly commit: string;
}

/** The commit is there for as long as the work lasts, whatever else collects garbage. */
async function withFetched(
  { platform, git }: FollowParts,
  { app, remote, branch }: Omit<FollowRequest, "begun">,
  work: (fetched: Fetched) => Promise<DeliveryEnd>,
): Promise<DeliveryEnd> {
  // Destroyed while this waited for its turn: nothing of it may come back.
  if (platform.apps.findById(app.id) === undefined) {
    return { outcome: "ignored", reason: "the app is gone" };
  }
  // Not by its name: `a` and `a/b` cannot both be refs.
  const into = `refs/hop3/fetched/${createHash("sha256").update(branch).digest("hex")}`;
  const dir = await ensureRepository(git, platform.home.app(app.name));
  try {
    await fetchBranch(remoteParts(platform, git), remote, { dir, branch, into });
    const commit = await readRef(git, dir, into);
    if (commit === undefined) return { outcome: "ignored", reason: "the branch is gone" };
    return await work({ dir, commit });
  } finally {
    await git.run(["--git-dir", dir, "update-ref", "-d", into]);
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
