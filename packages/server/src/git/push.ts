import { safeLine } from "@hop3/core";
import type { App } from "../db/apps.ts";
import { currentRelease } from "../deploy/current-release.ts";
import { toFailure } from "../deploy/errors.ts";
import { publicUrl } from "../deploy/routes.ts";
import { branchOf, deployBranch, findDeployBranch, learnFirstBranch } from "./deploy-branch.ts";
import { type CommitParts, declareCommit } from "./deploy-commit.ts";
import { branchMoved, createOnPushRefused, deployBranchKept, refNotStored } from "./git-errors.ts";
import type { Judge, PushRequest, RefCommand, Verdict } from "./hook-door.ts";
import type { Previews } from "./previews.ts";
import { type PushOptions, parsePushOptions } from "./push-options.ts";
import { readRef, repositoryDir } from "./repository.ts";
import { failureLines, timelineLines } from "./timeline-lines.ts";

export interface Push extends CommitParts {
  readonly appName: string;
  readonly previews: Previews;
  /** Waits until no other push to this App is being deployed; the turn ends with the session of git. */
  takeTurn(onWait: () => void, key?: string): Promise<void>;
  /** Told once for each ref, for the audit log. */
  onJudged(command: RefCommand, verdict: Verdict): void;
}

const noObject = /^0+$/;

/** Decides what becomes of each ref: the deploy branch moves when its commit is live, other branches and tags are stored. */
export function makeJudge(push: Push): Judge {
  return async (request) => {
    const verdicts: Verdict[] = [];
    const ready = await attempt(request, () => prepare(push, request));
    for (const command of request.commands) {
      const verdict = ready.ok
        ? await judgeRef({ push, request, ...ready.value }, command)
        : ready.verdict;
      push.onJudged(command, verdict);
      verdicts.push(verdict);
    }
    return verdicts;
  };
}

type Attempted<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly verdict: string };

/** A failure is shown to the pusher, and its code is what git says of the ref. */
async function attempt<Value>(
  { say }: PushRequest,
  work: () => Promise<Value>,
): Promise<Attempted<Value>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    const failure = toFailure(error);
    for (const line of failureLines(failure)) say(line);
    return { ok: false, verdict: failure.code };
  }
}

interface Prepared {
  readonly app: App;
  readonly branch: string;
  readonly options: PushOptions;
}

async function prepare(push: Push, request: PushRequest): Promise<Prepared> {
  const { platform, deployer, appName } = push;
  const options = parsePushOptions(request.options);
  const isNew = platform.apps.find(appName) === undefined;
  if (isNew && !platform.settings.policy["create-on-push"]) {
    throw createOnPushRefused({ app: appName });
  }
  const app = await deployer.prepareApp(appName);
  await learnFirstBranch(push, app, request.commands);
  return { app, options, branch: deployBranch(push, app) };
}

interface Judged extends Prepared {
  readonly push: Push;
  readonly request: PushRequest;
}

async function judgeRef(judged: Judged, command: RefCommand): Promise<Verdict> {
  const result = await attempt(judged.request, async () => {
    const branch = branchOf(command.ref);
    if (branch === judged.branch) return deployCommit(judged, command);
    if (branch !== undefined) return keepBranch(judged, branch, command);
    if (command.ref.startsWith("refs/tags/")) return undefined;
    throw refNotStored({ ref: command.ref });
  });
  return result.ok ? result.value : result.verdict;
}

/** A branch that is not deployed is stored, and shown as a preview where the App wants that. */
async function keepBranch(judged: Judged, branch: string, command: RefCommand): Promise<Verdict> {
  const { app, request, push } = judged;
  const shown = safeLine(branch);
  if (noObject.test(command.new)) {
    const removed = await push.previews.close(app, branch);
    if (removed !== undefined) request.say(`the preview ${removed} goes with ${shown}`);
    return undefined;
  }
  if (push.previews.policy(app) !== undefined) return showBranch(judged, branch, command);
  request.say(
    `${shown} is stored; ${safeLine(judged.branch)} is what ${app.name} is deployed from`,
  );
  request.say(`(to deploy ${shown} instead: hop3 git branch ${shown} --app ${app.name})`);
  return undefined;
}

async function showBranch(judged: Judged, branch: string, command: RefCommand): Promise<Verdict> {
  const { push, request, app, options } = judged;
  const wait = (): void => request.say("waits for the push before this one");
  await push.takeTurn(wait, `${app.name} ${branch}`);
  const preview = await push.previews.open(app, branch);
  const dir = repositoryDir(push.platform.home.app(app.name));
  const deployment = await declareCommit(push, {
    ...{ app: preview, dir, commit: command.new },
    allowLfsPointers: options.allowLfsPointers,
  });
  const shown = `${command.new.slice(0, 10)} of ${safeLine(branch)}`;
  request.say(`shows ${shown} as ${preview.name} (deployment ${deployment.id})`);
  push.deployer.deploy(deployment, { revision: command.new, force: options.force });
  const verdict = await follow({ ...judged, app: preview }, deployment.id);
  if (verdict === undefined) push.previews.store.deployed(preview.id, command.new);
  return verdict;
}

async function deployCommit(judged: Judged, command: RefCommand): Promise<Verdict> {
  const { push, request, app, branch, options } = judged;
  if (noObject.test(command.new)) throw deployBranchKept({ branch, app: app.name });
  await push.takeTurn(() => request.say("waits for the push before this one"));
  const dir = repositoryDir(push.platform.home.app(app.name));
  const current = await readRef(push.git, dir, command.ref);
  const isMoved = current !== (noObject.test(command.old) ? undefined : command.old);
  if (isMoved) throw branchMoved({ branch });
  const { allowLfsPointers } = options;
  const deployment = await declareCommit(push, { app, dir, commit: command.new, allowLfsPointers });
  const shown = `${command.new.slice(0, 10)} of ${safeLine(branch)}`;
  request.say(`deploys ${shown} as ${app.name} (deployment ${deployment.id})`);
  push.deployer.deploy(deployment, { revision: command.new, force: options.force });
  const verdict = await follow(judged, deployment.id);
  if (verdict === undefined) announceBranch(judged);
  return verdict;
}

/** The Release that runs now may want another branch than the one that it came from. */
function announceBranch({ push, request, app, branch }: Judged): void {
  const { branch: next, branchFrom } = findDeployBranch(push, app);
  const wanted = currentRelease(push.platform, app.id)?.settings?.branch ?? branch;
  if (next !== branch) {
    request.say(`from the next push on ${next} is deployed, as hop3.toml says`);
  } else if (branchFrom === "chosen" && wanted !== branch) {
    request.say(`hop3.toml says ${wanted}, but ${safeLine(branch)} was chosen to be deployed`);
    request.say(`(to go by hop3.toml: hop3 git branch --reset --app ${app.name})`);
  }
}

/** Shows the timeline until users are served, or until it is known that they will not be. */
async function follow({ push, request, app }: Judged, id: number): Promise<Verdict> {
  const { timelines, home, stopping, deployments } = push.platform;
  const signal = AbortSignal.any([stopping, request.signal]);
  const said = new Set<string>();
  for await (const event of timelines.follow(home.app(app.name), id, { after: 0, signal })) {
    for (const line of timelineLines(event)) {
      said.add(line);
      request.say(line);
    }
    if (event.type === "live") break;
  }
  const deployment = deployments.find(id);
  if (deployment?.state === "live" || deployment?.state === "succeeded") {
    request.say(`release ${deployment.release} of ${app.name} is live`);
    request.say(publicUrl(push.platform, app));
    return undefined;
  }
  const failure = deployment?.failure;
  if (failure === undefined) return `deployment ${id} goes on without this push`;
  // The end of a log that has just been shown says nothing new.
  for (const line of failureLines(failure)) if (!said.has(line)) request.say(line);
  return `deployment ${id}: ${failure.code}`;
}
