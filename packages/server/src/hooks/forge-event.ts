import { BranchName } from "@hop3/core";
import { z } from "zod";
import type { RawDelivery } from "./forge-signature.ts";
import { hookBodyInvalid } from "./hook-errors.ts";

/** What the forges tell, in one form. */
export type ForgeEvent =
  | { readonly type: "ping" }
  | { readonly type: "push"; readonly branch: string }
  | { readonly type: "deleted"; readonly branch: string }
  | ChangeRequest
  | { readonly type: "other"; readonly reason: string };

/** A pull request or merge request: a branch that shall go into another. */
export interface ChangeRequest {
  readonly type: "request";
  readonly branch: string;
  readonly isOpen: boolean;
  /** Its commits are in somebody else's repository. */
  readonly isFork: boolean;
}

const eventHeaders = ["x-forgejo-event", "x-gitea-event", "x-github-event", "x-gitlab-event"];
const deliveryHeaders = [
  "x-forgejo-delivery",
  "x-gitea-delivery",
  "x-github-delivery",
  // Of GitLab: an event keeps its uuid in all that follows from it, and with it in other deliveries.
  "webhook-id",
  "idempotency-key",
  "x-gitlab-event-uuid",
];

/** Name of the event in the forge's own words. */
export function eventName({ headers }: RawDelivery): string {
  const name = eventHeaders.map(headers).find((value) => value !== undefined);
  return (name ?? "unknown")
    .toLowerCase()
    .replace(/ hook$/, "")
    .replaceAll(" ", "_")
    .slice(0, 60);
}

/** What the forge calls this delivery. */
export function deliveryName({ headers }: RawDelivery): string | undefined {
  return deliveryHeaders
    .map(headers)
    .find((value) => value !== undefined)
    ?.slice(0, 100);
}

/** Reads a delivery whose signature was right. */
export function readEvent(delivery: RawDelivery): ForgeEvent {
  const name = eventName(delivery);
  if (name === "ping") return { type: "ping" };
  const reader = readers[name];
  if (reader === undefined) return { type: "other", reason: `${name} is no push` };
  return reader(readBody(delivery));
}

/** JSON, or the form that GitHub sends where nobody has changed it. */
function readBody({ headers, body }: RawDelivery): unknown {
  const isForm = headers("content-type")?.startsWith("application/x-www-form-urlencoded") === true;
  const text = body.toString("utf8");
  const json = isForm ? new URLSearchParams(text).get("payload") : text;
  try {
    return JSON.parse(json ?? "");
  } catch (cause) {
    throw hookBodyInvalid({ reason: "its body is not JSON" }, { cause });
  }
}

const readers: Readonly<Record<string, (body: unknown) => ForgeEvent>> = {
  push: readPush,
  delete: readDelete,
  pull_request: readPullRequest,
  pull_request_sync: readPullRequest,
  merge_request: readMergeRequest,
};

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.map(String).join(".") ?? "";
  throw hookBodyInvalid({ reason: `${place}: ${issue?.message ?? ""}` });
}

function withBranch(branch: string, event: (branch: string) => ForgeEvent): ForgeEvent {
  if (BranchName.safeParse(branch).success) return event(branch);
  return { type: "other", reason: "the branch has a name that is not taken here" };
}

const noCommit = /^0+$/;
const headPrefix = "refs/heads/";
const Push = z.object({ ref: z.string(), after: z.string(), deleted: z.boolean().optional() });

function readPush(body: unknown): ForgeEvent {
  const { ref, after, deleted } = parse(Push, body);
  if (!ref.startsWith(headPrefix)) return { type: "other", reason: "it is no branch" };
  const isDeleted = deleted === true || noCommit.test(after);
  return withBranch(ref.slice(headPrefix.length), (branch) => ({
    type: isDeleted ? "deleted" : "push",
    branch,
  }));
}

const Delete = z.object({ ref: z.string(), ref_type: z.string() });

function readDelete(body: unknown): ForgeEvent {
  const { ref, ref_type: kind } = parse(Delete, body);
  if (kind !== "branch") return { type: "other", reason: "it is no branch" };
  return withBranch(ref, (branch) => ({ type: "deleted", branch }));
}

const Side = z.object({ ref: z.string(), repo: z.object({ full_name: z.string() }).nullable() });
const PullRequest = z.object({
  pull_request: z.object({ state: z.string(), head: Side, base: Side }),
});

function readPullRequest(body: unknown): ForgeEvent {
  const { state, head, base } = parse(PullRequest, body).pull_request;
  // A fork that was deleted has none.
  const isFork = head.repo === null || head.repo.full_name !== base.repo?.full_name;
  const isOpen = state === "open";
  return withBranch(head.ref, (branch) => ({ type: "request", branch, isOpen, isFork }));
}

const MergeRequest = z.object({
  object_attributes: z.object({
    state: z.string(),
    source_branch: z.string(),
    source_project_id: z.number(),
    target_project_id: z.number(),
  }),
});

function readMergeRequest(body: unknown): ForgeEvent {
  const request = parse(MergeRequest, body).object_attributes;
  const isFork = request.source_project_id !== request.target_project_id;
  const isOpen = request.state === "opened";
  return withBranch(request.source_branch, (branch) => ({
    type: "request",
    branch,
    isOpen,
    isFork,
  }));
}
