import type { DeploymentSummary, FailureData } from "@hop3/core";
import { Hop3Error } from "@hop3/core/base";
import { type Block, fields, line } from "../blocks.ts";
import type { Answer } from "../command.ts";
import type { Context } from "../context.ts";
import {
  deploymentCancelled,
  deploymentFailed,
  deploymentSuperseded,
  describeError,
  type ErrorJson,
  toExitCode,
} from "../errors.ts";
import { formatBytes, formatDuration, plural } from "../text.ts";
import type { Followed } from "./follow.ts";

/** Waits for a Deployment unless told otherwise, and says what came of it: the end of every command that starts one. */
export async function answerDeployment(
  context: Context,
  deployment: DeploymentSummary,
  options: { readonly detach: boolean },
): Promise<Answer> {
  const { ended, error, ...shown } = await awaitOutcome(context, deployment, options.detach);
  return { ...shown, json: { ...deploymentJson(ended), error } };
}

/** The same for a change that is stored as well: with `--json` the Deployment stands beside what is stored then. */
export async function answerChange(
  context: Context,
  deployment: DeploymentSummary,
  { stored, detach }: { readonly stored: () => Promise<object>; readonly detach: boolean },
): Promise<Answer> {
  const { ended, error, ...shown } = await awaitOutcome(context, deployment, detach);
  return { ...shown, json: { ...(await stored()), deployment: deploymentJson(ended), error } };
}

interface Outcome extends Pick<Answer, "blocks" | "exitCode"> {
  readonly ended: DeploymentSummary;
  readonly error?: ErrorJson;
}

/** A failure is thrown, but with `--json` it becomes a part of the answer. */
async function awaitOutcome(
  context: Context,
  deployment: DeploymentSummary,
  detach: boolean,
): Promise<Outcome> {
  if (detach) return { ended: deployment, blocks: [line(...underWay(deployment))] };
  // Only now: what shows a timeline is loaded while the server is at work already.
  const { followDeployment } = await import("./follow.ts");
  const followed = await followDeployment(context, deployment);
  const ended = followed.deployment;
  const failure = failureOf(followed);
  if (failure === undefined) return { ended, blocks: successBlocks(followed) };
  if (!context.output.json) throw failure;
  const { exitCode, ...error } = describeError(failure);
  return { ended, error, blocks: [], exitCode };
}

/** What `hop3 deploy --json` ends with. */
export function deploymentJson(deployment: DeploymentSummary): Record<string, unknown> {
  return {
    app: deployment.app,
    deployment: deployment.id,
    release: deployment.release,
    url: deployment.url,
    tier: deployment.tier,
    phases: deployment.phases.map(({ name, ms }) => ({ name, ms })),
    closure: deployment.closure,
    state: deployment.state,
    unchanged: deployment.unchanged,
  };
}

function underWay({ id, app }: DeploymentSummary): string[] {
  return [`Deployment ${id} of ${app} is under way. Watch it: hop3 deploy --watch --app ${app}`];
}

function failureOf({ deployment, failure, logTail }: Followed): Hop3Error | undefined {
  switch (deployment.state) {
    case "failed":
      return explainFailure(deployment, failure ?? deployment.failure, logTail);
    case "cancelled":
      return deploymentCancelled(deployment);
    case "superseded":
      return deploymentSuperseded(deployment);
    case "queued":
    case "running":
    case "live":
    case "succeeded":
      return undefined;
  }
}

function explainFailure(
  deployment: DeploymentSummary,
  failure: FailureData | undefined,
  logTail: readonly string[],
): Hop3Error {
  const plain = deploymentFailed(deployment).failure;
  const seen = evidence(failure?.detail, logTail);
  const saysWhere = failure?.hint?.includes("hop3 logs --build") === true;
  const detail = [seen, saysWhere ? undefined : wholeLog(deployment, logTail)];
  const known = detail.filter((part) => part !== undefined);
  return new Hop3Error({
    ...plain,
    ...failure,
    exitCode: failure === undefined ? plain.exitCode : toExitCode(failure.exitCode),
    detail: known.length === 0 ? undefined : known.join("\n"),
  });
}

/** What the server found worth showing, unless the log it is from is at hand in full length. */
function evidence(detail: string | undefined, logTail: readonly string[]): string | undefined {
  const last = logTail.findLast((each) => each.trim() !== "");
  if (last === undefined) return detail;
  if (detail === undefined) return logTail.join("\n");
  return detail.includes(last.trim()) ? detail : `${detail}\n${logTail.join("\n")}`;
}

function wholeLog(deployment: DeploymentSummary, logTail: readonly string[]): string | undefined {
  if (logTail.length === 0 || deployment.release === undefined) return undefined;
  const failed = deployment.phases.find(({ ok }) => !ok)?.name;
  const command =
    failed === "provision"
      ? // What release steps say is in the timeline alone.
        "hop3 deploy --watch --verbose"
      : `hop3 logs --build --release ${deployment.release}`;
  return `the whole log: ${command} --app ${deployment.app}`;
}

function successBlocks({ deployment, draining }: Followed): Block[] {
  const { release, unchanged } = deployment;
  const took = deployment.phases.reduce((sum, { ms }) => sum + ms, 0);
  const blocks: Block[] = [];
  if (unchanged) blocks.push(line(`Nothing has changed: release ${release} goes on running.`));
  blocks.push(
    fields([
      ["address", { text: deployment.url, tone: "bold" }],
      ["release", release === undefined ? undefined : String(release)],
      ["tier", deployment.tier],
      ["closure", closureText(deployment.closure)],
      ["took", formatDuration(took)],
    ]),
  );
  if (draining) {
    const text =
      deployment.kind === "scale"
        ? "Instances that are too many still serve open connections; they are stopped in the background."
        : "The Release before still serves open connections; it is stopped in the background.";
    blocks.push(line({ text, tone: "dim" }));
  }
  return blocks;
}

/** `83 paths, 152 MB`. */
export function closureText(
  closure: { paths: number; bytes: number } | undefined,
): string | undefined {
  if (closure === undefined) return undefined;
  return `${plural(closure.paths, "path")}, ${formatBytes(closure.bytes)}`;
}
