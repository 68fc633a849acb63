import { createHash } from "node:crypto";
import type { App } from "../db/apps.ts";
import type { DeliveryEnd, Hook, HookStore } from "../db/hooks.ts";
import { toFailure } from "../deploy/errors.ts";
import { deployBranch } from "../git/deploy-branch.ts";
import { closeBranch, type FollowParts, followBranch, showBranch } from "./follow-branch.ts";
import { deliveryName, eventName, type ForgeEvent, readEvent } from "./forge-event.ts";
import { checkSignature, type RawDelivery, signedName } from "./forge-signature.ts";
import { hookReplayed } from "./hook-errors.ts";
import { openRemote, openSecret } from "./hooks.ts";

export interface Incoming {
  /** Takes what a forge has sent. What follows from it goes on by itself. */
  take(app: App, hook: Hook, delivery: RawDelivery): Taken;
  /** Waits for what is under way. */
  idle(): Promise<void>;
}

export interface Taken {
  readonly outcome: "accepted" | "ignored" | "pong";
  readonly reason?: string;
}

export interface IncomingParts extends FollowParts {
  readonly store: HookStore;
}

export function makeIncoming(parts: IncomingParts): Incoming {
  const { platform, store } = parts;
  const working = new Set<Promise<void>>();
  /** Branches that wait for their turn: what they fetch then is all that has come until then. */
  const waiting = new Set<string>();
  store.failUnfinished("the server was restarted; the forge may send it again");

  const work = async (task: Task): Promise<void> => {
    const { app, hook, branch, id } = task;
    const key = `${hook.id} ${branch}`;
    if (waiting.has(key)) {
      return store.end(id, { outcome: "done", reason: "went with the one before it" });
    }
    waiting.add(key);
    const remote = openRemote(platform, app, hook);
    const begun = (): void => void waiting.delete(key);
    const request = { app, remote, branch, begun };
    const end = await followers[task.what](parts, request).catch(describeFailure);
    begun();
    store.end(id, end);
  };

  return {
    take(app, hook, delivery) {
      checkSignature(delivery, openSecret(platform.vault, hook), platform.now());
      const name = { delivery: deliveryName(delivery), digest: digestOf(delivery) };
      if (store.isKnown(hook.id, name)) {
        throw hookReplayed({ delivery: name.delivery ?? name.digest.slice(0, 12) });
      }
      const event = readEvent(delivery);
      if (event.type === "ping") return { outcome: "pong" };
      const at = platform.now().toISOString();
      const id = store.begin(hook.id, { ...name, event: eventName(delivery), at });
      const decision = decide(parts, app, event);
      if ("reason" in decision) {
        store.end(id, { outcome: "ignored", reason: decision.reason });
        return { outcome: "ignored", reason: decision.reason };
      }
      const done = work({ app, hook, ...decision, id }).catch((error: unknown) => {
        platform.log.write("error", "hook", { error });
      });
      working.add(done);
      void done.then(() => working.delete(done));
      return { outcome: "accepted" };
    },
    async idle() {
      await Promise.all(working);
    },
  };
}

interface Task {
  readonly app: App;
  readonly hook: Hook;
  readonly branch: string;
  readonly what: keyof typeof followers;
  /** Of the delivery. */
  readonly id: number;
}

const followers = { deploy: followBranch, show: showBranch, close: closeBranch };

type Decision = Pick<Task, "branch" | "what"> | { readonly reason: string };

function decide(
  parts: IncomingParts,
  app: App,
  event: Exclude<ForgeEvent, { type: "ping" }>,
): Decision {
  if (event.type === "other") return { reason: event.reason };
  const { branch } = event;
  if (branch !== deployBranch(parts, app)) return decidePreview(parts, app, event);
  if (event.type === "push") return { branch, what: "deploy" };
  return { reason: `${branch} is deployed by pushes alone` };
}

function decidePreview(
  { previews }: IncomingParts,
  app: App,
  event: Extract<ForgeEvent, { branch: string }>,
): Decision {
  const { type, branch } = event;
  // Whoever may write a pull request to a repository is nobody to run programs here.
  if (type === "request" && event.isFork) return { reason: "its commits are those of a fork" };
  const isShown = previews.store.ofBranch(app.id, branch) !== undefined;
  if (type === "deleted" || (type === "request" && !event.isOpen)) {
    return isShown ? { branch, what: "close" } : { reason: `${branch} has no preview` };
  }
  if (previews.policy(app) === undefined) {
    return { reason: `${branch} is not what is deployed, and ${app.name} has no previews` };
  }
  const isAsked = type === "request" || isShown;
  return isAsked ? { branch, what: "show" } : { reason: `no pull request is open for ${branch}` };
}

/** Of what is signed: a name that is signed tells apart two deliveries that say the same. */
function digestOf(delivery: RawDelivery): string {
  const hash = createHash("sha256");
  const name = signedName(delivery);
  if (name !== undefined) hash.update(`${name}.`);
  return hash.update(delivery.body).digest("hex");
}

function describeFailure(error: unknown): DeliveryEnd {
  const { code, message, detail } = toFailure(error);
  const more = detail === undefined ? "" : `: ${detail.split("\n")[0]}`;
  return { outcome: "failed", reason: `${code}: ${message}${more}`.slice(0, 1_000) };
}
