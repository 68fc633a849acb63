import { chooseApp } from "../app.ts";
import { line } from "../blocks.ts";
import { at } from "../client.ts";
import type { Answer } from "../command.ts";
import type { Context } from "../context.ts";
import type { Input } from "../input.ts";
import { deploymentJson } from "../timeline/outcome.ts";

/** All requests to the Release that is being tried, now. */
export function canaryPromote(input: Input, context: Context): Promise<Answer> {
  return endCanary("promote", input, context);
}

/** All requests back to the Release before it. */
export function canaryAbort(input: Input, context: Context): Promise<Answer> {
  return endCanary("abort", input, context);
}

async function endCanary(
  decision: "promote" | "abort",
  input: Input,
  context: Context,
): Promise<Answer> {
  const app = await chooseApp(input, context);
  const deployment = await context.client.json(
    { method: "POST", path: at`/apps/${app}/canary`, body: { decision }, signal: context.signal },
    "DeploymentSummary",
  );
  const tried = `release ${deployment.release ?? "?"} of ${app}`;
  const said =
    decision === "promote"
      ? `All requests go to ${tried} now.`
      : `No more requests go to ${tried}; those it has are finished, then it is stopped.`;
  return { json: deploymentJson(deployment), blocks: [line(said)] };
}
