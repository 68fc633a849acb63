import type { ProcessInfo } from "@hop3/core";
import { chooseApp } from "../app.ts";
import { type Block, line, table } from "../blocks.ts";
import { at } from "../client.ts";
import type { Answer } from "../command.ts";
import type { Context } from "../context.ts";
import type { Input } from "../input.ts";
import { formatBytes, formatDuration } from "../text.ts";
import { answerDeployment } from "../timeline/outcome.ts";

const tones = {
  up: "good",
  starting: "dim",
  canary: "dim",
  draining: "dim",
  "backing-off": "bad",
  stopped: "dim",
  missing: "bad",
} as const;

export async function ps(input: Input, context: Context): Promise<Answer> {
  const app = await chooseApp(input, context);
  const request = { path: at`/apps/${app}/processes`, signal: context.signal };
  const { processes, workers } = await context.client.json(request, "Processes");
  const hint =
    workers.length === 0
      ? `Deploy it: hop3 deploy DIR --app ${app}`
      : `See how many there should be: hop3 scale --app ${app}`;
  const blocks =
    processes.length === 0 ? [line(`${app} has no Processes. ${hint}`)] : [processTable(processes)];
  return { json: { processes }, blocks };
}

/** What comes or goes is not simply up. */
function stateOf({ state, role }: ProcessInfo): keyof typeof tones {
  return state === "up" && role !== "current" ? role : state;
}

/** One row for each Process. */
export function processTable(processes: readonly ProcessInfo[]): Block {
  const rows = processes.map((each) => [
    `${each.worker}.${each.instance}`,
    { text: stateOf(each), tone: tones[stateOf(each)] } as const,
    formatDuration(each.sinceSeconds * 1000),
    String(each.restarts),
    String(each.release),
    each.kind,
    each.pid === undefined ? "-" : String(each.pid),
    each.memoryBytes === undefined ? "-" : formatBytes(each.memoryBytes),
    each.address ?? "-",
  ]);
  const head = [
    "process",
    "state",
    "for",
    "restarts",
    "release",
    "kind",
    "pid",
    "memory",
    "address",
  ];
  return table(head, rows);
}

export async function restart(input: Input, context: Context): Promise<Answer> {
  const app = await chooseApp(input, context);
  const deployment = await context.client.json(
    {
      method: "POST",
      path: at`/apps/${app}/restart`,
      body: {},
      signal: context.signal,
    },
    "DeploymentSummary",
  );
  return await answerDeployment(context, deployment, { detach: input.flag("detach") });
}
