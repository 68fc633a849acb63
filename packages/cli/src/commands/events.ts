import type { ServerEvent } from "@hop3/core";
import { ExitCode } from "@hop3/core/base";
import { tryAnswer } from "../answer-check.ts";
import { line } from "../blocks.ts";
import { type ApiRequest, at } from "../client.ts";
import type { Answer } from "../command.ts";
import type { Context } from "../context.ts";
import { answerNotUnderstood } from "../errors.ts";
import type { Input } from "../input.ts";
import { reconnecting } from "../timeline/events.ts";

const lostText = "the server went away; asking it again for 30 s";
const gapText = "some events were missed: the server does not know them any more";

/** Follows what happens until Ctrl-C; each event once, also over restarts of the server. */
export async function events(input: Input, context: Context): Promise<Answer> {
  const { client, signal, now, output } = context;
  const app = input.app();
  let last = "";
  const next = (): ApiRequest => ({
    path: at`/events`,
    signal,
    ...(last === "" ? {} : { headers: { "last-event-id": last } }),
  });
  const messages = reconnecting(next, {
    client,
    signal,
    now,
    what: "the events of the server",
    resume: "hop3 events",
    onLost: () => output.notice(line(lostText)),
  });
  try {
    for await (const { id, event: name, data } of messages) {
      last = id ?? last;
      if (name === "reset") output.notice(line({ text: gapText, tone: "warn" }));
      else await printEvent(data, app, context);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return { json: undefined, blocks: [], exitCode: ExitCode.interrupted };
}

async function printEvent(data: string, app: string | undefined, context: Context): Promise<void> {
  const event = await tryAnswer(data, "ServerEvent");
  if (!event.success) {
    throw answerNotUnderstood({ request: "GET events", because: data.slice(0, 200) });
  }
  if (app !== undefined && event.data.app !== app) return;
  context.output.stream(event.data, () => [line(...spansOf(event.data))]);
}

function spansOf({ at: when, kind, app, deployment, data = {} }: ServerEvent) {
  const about = [app, deployment === undefined ? undefined : `deployment ${deployment}`];
  const words = [...about, ...Object.entries(data).map(([key, value]) => `${key} ${value}`)];
  return [
    { text: `${when}  `, tone: "dim" } as const,
    { text: kind, tone: "bold" } as const,
    `  ${words.filter((word) => word !== undefined).join(", ")}`.trimEnd(),
  ];
}
