import type { AppDetail, AppSummary, ReleaseSummary } from "@hop3/core";
import { chooseApp } from "../app.ts";
import { type Block, fields, line, type Span, table } from "../blocks.ts";
import { at } from "../client.ts";
import type { Answer } from "../command.ts";
import type { Context } from "../context.ts";
import type { Input } from "../input.ts";
import { formatAge } from "../text.ts";
import { closureText } from "../timeline/outcome.ts";
import { processTable } from "./processes.ts";
import { tierText } from "./releases.ts";

const tones = {
  running: "good",
  degraded: "warn",
  down: "bad",
  stopped: "dim",
  empty: "dim",
} as const;

function stateSpan(state: AppSummary["state"]): Span {
  return { text: state, tone: tones[state] };
}

export async function fetchApps(context: Context): Promise<AppSummary[]> {
  const request = { path: at`/apps`, signal: context.signal };
  return (await context.client.json(request, "Apps")).apps;
}

export async function fetchApp(input: Input, context: Context): Promise<AppDetail> {
  const app = await chooseApp(input, context);
  return await context.client.json({ path: at`/apps/${app}`, signal: context.signal }, "AppDetail");
}

export async function apps(_input: Input, context: Context): Promise<Answer> {
  const found = await fetchApps(context);
  if (found.length === 0) {
    return { json: { apps: [] }, blocks: [line("No apps yet. Deploy one: hop3 deploy DIR")] };
  }
  const rows = found.map((app) => [
    { text: app.name, tone: "bold" } as const,
    stateSpan(app.state),
    app.release === undefined ? "-" : String(app.release),
    app.tier ?? "-",
    app.deployedAt === undefined ? "never" : formatAge(app.deployedAt, context.now()),
    app.url,
  ]);
  const head = ["app", "state", "release", "tier", "deployed", "address"];
  return { json: { apps: found }, blocks: [table(head, rows)] };
}

export async function info(input: Input, context: Context): Promise<Answer> {
  const app = await fetchApp(input, context);
  const release = app.currentRelease;
  const { lastDeployment: last } = app;
  const facts = fields([
    ["app", { text: app.name, tone: "bold" }],
    ["state", stateSpan(app.state)],
    ["address", app.url],
    ["domains", app.domains.length === 0 ? undefined : app.domains.join(", ")],
    ["release", release === undefined ? "none yet" : String(release.number)],
    ["made", release === undefined ? undefined : formatAge(release.createdAt, context.now())],
    ["tier", release === undefined ? undefined : tierText(release)],
    ["verified", verifiedText(release, context)],
    ["closure", closureText(release?.closure)],
    ["location", release?.location],
    ["data", app.dataDir],
    ["variables", app.configKeys.length === 0 ? undefined : app.configKeys.join(", ")],
    ["last", last === undefined ? undefined : `${last.kind}, ${last.state}`],
  ]);
  return { json: app, blocks: [facts, ...processBlocks(app)] };
}

function verifiedText(release: ReleaseSummary | undefined, context: Context): string | undefined {
  const found = release?.verified;
  return found === undefined ? undefined : `${found.state}, ${formatAge(found.at, context.now())}`;
}

function processBlocks(app: AppDetail): Block[] {
  if (app.processes.length === 0) {
    const hint =
      app.state === "stopped"
        ? `It is scaled to nothing: hop3 scale --app ${app.name}`
        : `Deploy it: hop3 deploy DIR --app ${app.name}`;
    return [line(""), line(`No Processes. ${hint}`)];
  }
  return [line(""), processTable(app.processes)];
}

export async function url(input: Input, context: Context): Promise<Answer> {
  const app = await fetchApp(input, context);
  return { json: { app: app.name, url: app.url }, blocks: [line(app.url)] };
}
