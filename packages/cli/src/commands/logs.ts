import type { AppName, LogRecord } from "@hop3/core";
import { ExitCode } from "@hop3/core/base";
import { tryAnswer } from "../answer-check.ts";
import { chooseApp } from "../app.ts";
import { line, type Span } from "../blocks.ts";
import { type ApiRequest, at } from "../client.ts";
import type { Answer } from "../command.ts";
import type { Context } from "../context.ts";
import { answerNotUnderstood, usageError } from "../errors.ts";
import { type Input, parseWhole } from "../input.ts";
import { reconnecting } from "../timeline/events.ts";
import { fetchApp } from "./apps.ts";

type Query = Record<string, string | number | undefined>;

export async function logs(input: Input, context: Context): Promise<Answer> {
  const app = await chooseApp(input, context);
  if (input.flag("build")) return await buildLog(app, input, context);
  const query = {
    worker: input.text("worker"),
    release: input.whole("release"),
    // None at first is how somebody follows what is new.
    lines: parseWhole(input.text("lines") ?? "100", "--lines", input.flag("follow") ? 0 : 1),
  };
  if (input.flag("follow")) return await follow(app, { query, input, context });
  const request = { path: at`/apps/${app}/logs`, query, signal: context.signal };
  const { records } = await context.client.json(request, "LogRecords");
  if (context.output.json) return { json: { records }, blocks: [] };
  for (const record of records) printRecord(record, input, context);
  if (records.length === 0) context.output.notice(line(saidNothing(app, query)));
  return { json: undefined, blocks: [] };
}

function saidNothing(app: AppName, { worker, release }: Query): string {
  if (worker === undefined && release === undefined) {
    return `${app} has said nothing yet. Its build: hop3 logs --build --app ${app}`;
  }
  const who = worker === undefined ? app : `Worker ${worker} of ${app}`;
  const when = release === undefined ? "" : ` in release ${release}`;
  return `${who} has said nothing${when}. What there is: hop3 ps ${app}, hop3 releases ${app}`;
}

async function follow(
  app: AppName,
  options: { query: Query; input: Input; context: Context },
): Promise<Answer> {
  const { input, context } = options;
  // Says at once where there is no such app or no server, instead of waiting for either.
  await fetchApp(input, context);
  let lines = options.query["lines"];
  const next = (): ApiRequest => {
    const query = { ...options.query, lines };
    // What was shown before the connection broke is not shown again.
    lines = 0;
    return { path: at`/apps/${app}/logs/stream`, query, signal: context.signal };
  };
  const messages = reconnecting(next, {
    client: context.client,
    signal: context.signal,
    now: context.now,
    what: `the log of ${app}`,
    resume: `hop3 logs -f --app ${app}`,
    onLost: () => context.output.notice(line("the server went away; asking it again for 30 s")),
  });
  try {
    for await (const message of messages) await printMessage(message.data, input, context);
  } catch (error) {
    if (!context.signal.aborted) throw error;
  }
  // Only Ctrl-C ends it, and that is how it is meant to end: nothing needs to be said.
  return { json: undefined, blocks: [], exitCode: ExitCode.interrupted };
}

async function printMessage(data: string, input: Input, context: Context): Promise<void> {
  const record = await tryAnswer(data, "LogRecord");
  if (!record.success) {
    const because = data.slice(0, 200);
    throw answerNotUnderstood({ request: "GET logs/stream", because });
  }
  printRecord(record.data, input, context);
}

/** On a terminal the text is made safe; elsewhere it is what the app wrote. */
function printRecord(record: LogRecord, input: Input, context: Context): void {
  const { output } = context;
  const head = recordHead(record);
  if (output.json || (output.terminal && !input.flag("raw"))) {
    output.stream(record, () => [line(head, record.text)]);
    return;
  }
  output.raw(`${head.text}${record.text}\n`);
}

function recordHead(record: LogRecord): Exclude<Span, string> {
  const { at: time, release, worker, instance } = record;
  return { text: `${time} ${worker}.${instance}@${release}  `, tone: "dim" };
}

async function buildLog(app: AppName, input: Input, context: Context): Promise<Answer> {
  const release = input.whole("release") ?? (await newestRelease(app, context));
  const path = at`/apps/${app}/releases/${release}/build-log`;
  const text = await context.client.text({ path, signal: context.signal });
  const json = { app, release, text };
  if (text === "") {
    return { json, blocks: [line(`Release ${release} of ${app} was made without a build.`)] };
  }
  if (!context.output.terminal || input.flag("raw")) return { json, blocks: [], raw: text };
  const lines = text.replace(/\n$/, "").split(/\r?\n/);
  return { json, blocks: lines.map((each) => line(each)) };
}

async function newestRelease(app: AppName, context: Context): Promise<number> {
  const request = { path: at`/apps/${app}/releases`, signal: context.signal };
  const { releases } = await context.client.json(request, "Releases");
  const [newest] = releases;
  if (newest !== undefined) return newest.number;
  throw usageError({
    message: `${app} has no Releases yet, and so no build log`,
    hint: `Deploy it: hop3 deploy DIR --app ${app}`,
  });
}
