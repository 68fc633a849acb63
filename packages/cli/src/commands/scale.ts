import type { AppName, WorkerScale } from "@hop3/core";
import { maxInstances } from "@hop3/core/base";
import { chooseApp } from "../app.ts";
import { type Block, line, type Span, table } from "../blocks.ts";
import { at } from "../client.ts";
import type { Answer } from "../command.ts";
import type { Context } from "../context.ts";
import { usageError } from "../errors.ts";
import type { Input } from "../input.ts";
import { answerChange } from "../timeline/outcome.ts";

type Numbers = Readonly<Record<string, number | null>>;

/** How many instances of each worker there are, and other numbers of them. */
export async function scale(input: Input, context: Context): Promise<Answer> {
  const app = await chooseApp(input, context);
  const numbers = Object.fromEntries(input.args.map((text) => readNumber(text, app)));
  return input.args.length === 0
    ? await showScale(app, context)
    : await changeScale({ app, numbers }, input, context);
}

/** `web=3`, or `web=default` for what the Release says. */
function readNumber(text: string, app: AppName): readonly [string, number | null] {
  const [, worker, number] = /^([^=]+)=(default|\d{1,3})$/.exec(text) ?? [];
  const instances = number === "default" ? null : Number(number);
  if (worker !== undefined && (instances ?? 0) <= maxInstances) return [worker, instances];
  const name = text.split("=", 1)[0] || "web";
  const isAlone = !text.includes("=");
  throw usageError({
    message: isAlone
      ? `'${text}' says no number of instances`
      : `'${text}' is no number of instances from 0 to ${maxInstances}`,
    hint: isAlone
      ? `Write ${name}=2, or ${name}=default for what the Release says; to see the numbers of another app: hop3 scale --app ${name}`
      : `Write ${name}=2, or ${name}=default for what the Release of ${app} says`,
  });
}

async function fetchWorkers(app: AppName, context: Context): Promise<readonly WorkerScale[]> {
  const request = { path: at`/apps/${app}/processes`, signal: context.signal };
  return (await context.client.json(request, "Processes")).workers;
}

async function showScale(app: AppName, context: Context): Promise<Answer> {
  const workers = await fetchWorkers(app, context);
  const blocks =
    workers.length === 0
      ? [line(`${app} has no workers yet. Deploy it: hop3 deploy DIR --app ${app}`)]
      : [workerTable(workers), ...remarks(app, workers)];
  return { json: { workers }, blocks };
}

function workerTable(workers: readonly WorkerScale[]): Block {
  const rows = workers.map((each): Span[] => [
    each.worker,
    each.kind ?? "-",
    each.fixedBecause === undefined ? String(each.wanted) : "-",
    { text: String(each.up), tone: each.up < each.wanted ? "bad" : "good" },
    each.fixedBecause === undefined ? originOf(each) : "-",
  ]);
  return table(["worker", "kind", "instances", "up", "from"], rows);
}

/** Where the number comes from. */
function originOf({ stored, declared }: WorkerScale): Span {
  if (declared === undefined) return { text: `chosen: ${stored}, without effect`, tone: "warn" };
  if (stored === undefined) return "the Release";
  return `chosen; the Release says ${declared}`;
}

function remarks(app: AppName, workers: readonly WorkerScale[]): Block[] {
  return workers.flatMap(({ worker, kind, declared, wanted, fixedBecause }) => {
    if (declared === undefined) {
      const forget = `hop3 scale ${worker}=default --app ${app}`;
      return [line(`${worker} is no worker of this Release; forget it: ${forget}`)];
    }
    if (fixedBecause !== undefined) return [line(`${worker} is not started: ${fixedBecause}.`)];
    if (wanted > 0 || kind !== "web") return [];
    return [line(`No instance of ${worker} runs: visitors get a page that says so.`)];
  });
}

async function changeScale(
  { app, numbers }: { readonly app: AppName; readonly numbers: Numbers },
  input: Input,
  context: Context,
): Promise<Answer> {
  const { workers, deployment } = await context.client.json(
    {
      method: "PATCH",
      path: at`/apps/${app}/scale`,
      body: { workers: numbers },
      signal: context.signal,
    },
    "ScaleResult",
  );
  if (deployment === undefined) {
    return { json: { workers }, blocks: [line(describeStored({ app, numbers, workers }))] };
  }
  context.output.print(line(`Scaling ${app}: ${input.args.join(", ")}.`));
  const detach = input.flag("detach");
  const isOver = context.output.json && !detach;
  const stored = async () => ({ workers: isOver ? await fetchWorkers(app, context) : workers });
  return await answerChange(context, deployment, { stored, detach });
}

interface Stored {
  readonly app: AppName;
  readonly numbers: Numbers;
  readonly workers: readonly WorkerScale[];
}

/** What was stored without anything to start or to stop. */
function describeStored({ app, numbers, workers }: Stored): string {
  const asked = workers.filter(({ worker }) => Object.hasOwn(numbers, worker));
  const now = asked
    .filter(({ declared }) => declared !== undefined)
    .map(({ worker, wanted }) => `${worker} has ${wanted}`);
  return now.length === 0
    ? `Stored for the next deployment of ${app}; nothing runs now that it is for.`
    : `Nothing to start or to stop: ${now.join(", ")}.`;
}
