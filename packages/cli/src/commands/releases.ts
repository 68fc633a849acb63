import type { ReleaseSummary } from "@hop3/core";
import { chooseApp } from "../app.ts";
import { type Block, line, type Span, table } from "../blocks.ts";
import { at } from "../client.ts";
import type { Answer } from "../command.ts";
import type { Context } from "../context.ts";
import { type Input, parseWhole } from "../input.ts";
import { formatAge, formatBytes } from "../text.ts";
import { answerDeployment } from "../timeline/outcome.ts";

const tones = {
  building: "warn",
  ready: "warn",
  starting: "warn",
  running: "good",
  previous: "bold",
  archived: "dim",
  failed: "bad",
} as const;

export async function releases(input: Input, context: Context): Promise<Answer> {
  const app = await chooseApp(input, context);
  const request = { path: at`/apps/${app}/releases`, signal: context.signal };
  const found = await context.client.json(request, "Releases");
  if (found.releases.length === 0) {
    const text = `${app} has no Releases yet. Deploy it: hop3 deploy DIR --app ${app}`;
    return { json: found, blocks: [line(text)] };
  }
  return { json: found, blocks: releaseBlocks(found.releases, context) };
}

function releaseBlocks(found: readonly ReleaseSummary[], context: Context): Block[] {
  const rows = found.map((each) => [
    String(each.number),
    { text: each.state, tone: tones[each.state] } as const,
    formatAge(each.createdAt, context.now()),
    each.createdBy,
    tierSpan(each),
    each.closure === undefined ? "-" : formatBytes(each.closure.bytes),
    shortRevision(each.sourceRevision),
    rollbackSpan(each),
  ]);
  const head = ["release", "state", "made", "by", "tier", "closure", "revision", "rollback"];
  return [table(head, rows)];
}

/** A commit by its beginning, a recipe by its name and version. */
function shortRevision(revision = "-"): string {
  const [, recipe] = /^catalogue\/(.+?)(?:\+[0-9a-f]{8})?$/.exec(revision) ?? [];
  return recipe ?? revision.slice(0, 12);
}

/** The claim, and behind it whose programs have built it, or what a rebuild has shown. */
function tierSpan(release: ReleaseSummary): Span {
  const { verified } = release;
  const text = tierText(release) ?? "-";
  if (verified === undefined) return text;
  const isGood = verified.state === "reproducible";
  return { text: `${text}, ${verified.state}`, tone: isGood ? "good" : "bad" };
}

/** The tier, and what else the machine had a part in. */
export function tierText({ tier, builtByHost }: ReleaseSummary): string | undefined {
  return builtByHost === true ? `${tier}, host's programs` : tier;
}

function rollbackSpan(release: ReleaseSummary): Span {
  if (release.state === "running" && release.newerSchema === undefined) return "-";
  if (release.restorable) return { text: "yes", tone: "good" };
  const why = release.notRestorableBecause ?? release.failure?.message;
  return { text: why === undefined ? "no" : `no: ${why}`, tone: "dim" };
}

export async function rollback(input: Input, context: Context): Promise<Answer> {
  const app = await chooseApp(input, context);
  const [number] = input.args;
  const body = number === undefined ? {} : { release: parseWhole(number, "the release") };
  const deployment = await context.client.json(
    { method: "POST", path: at`/apps/${app}/rollback`, body, signal: context.signal },
    "DeploymentSummary",
  );
  return await answerDeployment(context, deployment, { detach: input.flag("detach") });
}
