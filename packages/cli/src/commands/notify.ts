import type { NoticeInfo, ReceiverInfo } from "@hop3/core";
import { chooseApp } from "../app.ts";
import { type Block, fields, line, table } from "../blocks.ts";
import { type ApiRequest, at } from "../client.ts";
import type { Answer } from "../command.ts";
import type { Context } from "../context.ts";
import { usageError } from "../errors.ts";
import { type Input, parseWhole } from "../input.ts";
import { formatAge } from "../text.ts";

/** Receivers of one app, or with --all those of every app. */
async function queryOf(input: Input, context: Context): Promise<{ app?: string }> {
  return input.flag("all") ? {} : { app: await chooseApp(input, context) };
}

export async function notifyList(input: Input, context: Context): Promise<Answer> {
  const query = await queryOf(input, context);
  const request = { path: "/notify", query, signal: context.signal };
  const found = await context.client.json(request, "ReceiverInfos");
  if (found.receivers.length === 0) {
    const said = "Nobody is told. Add somebody: hop3 notify add https://example.org/hook";
    return { json: found, blocks: [line(said)] };
  }
  const now = context.now();
  return { json: found, blocks: found.receivers.flatMap((each) => showReceiver(each, now)) };
}

function showReceiver(receiver: ReceiverInfo, now: number): Block[] {
  const about = fields([
    ["receiver", receiver.id],
    ["of", receiver.app ?? "all apps"],
    ["address", receiver.url],
    ["events", receiver.events.join(", ")],
  ]);
  const { notices } = receiver;
  if (notices.length === 0) return [about, line({ text: "Nothing was told yet.", tone: "dim" })];
  const rows = notices.map((notice) => showNotice(notice, now));
  return [about, table(["notice", "of", "event", "state", "tries", "why"], rows)];
}

function showNotice(notice: NoticeInfo, now: number): string[] {
  const { id, at: when, event, state, attempts, reason } = notice;
  return [String(id), formatAge(when, now), event, state, String(attempts), reason ?? ""];
}

export async function notifyAdd(input: Input, context: Context): Promise<Answer> {
  const query = await queryOf(input, context);
  const events = input.text("events")?.split(",");
  const [url = ""] = input.args;
  if (!URL.canParse(url)) {
    const hint = "Give it whole, for example https://example.org/hook";
    throw usageError({ message: `'${url}' is not an address`, hint });
  }
  const body = { url, ...(events === undefined ? {} : { events }) };
  const request = { method: "POST", path: "/notify", query, body, signal: context.signal } as const;
  const made = await context.client.json(request, "ReceiverCreated");
  const blocks = [
    line("It is told from now on. What is sent is signed with this secret:"),
    fields([
      ["receiver", made.receiver.id],
      ["secret", made.secret],
    ]),
    line({ text: "The secret is shown this once.", tone: "dim" }),
  ];
  return { json: made, blocks };
}

async function tell(
  input: Input,
  context: Context,
  request: Pick<ApiRequest, "method" | "path">,
): Promise<void> {
  const query = await queryOf(input, context);
  await context.client.none({ ...request, query, signal: context.signal });
}

export async function notifyRemove(input: Input, context: Context): Promise<Answer> {
  const id = input.args[0] ?? "";
  await tell(input, context, { method: "DELETE", path: at`/notify/${id}` });
  return { json: { removed: id }, blocks: [line(`${id} is told nothing any more.`)] };
}

export async function notifyTest(input: Input, context: Context): Promise<Answer> {
  const id = input.args[0] ?? "";
  await tell(input, context, { method: "POST", path: at`/notify/${id}/test` });
  const said = "A notice of the event test is on its way. See what becomes of it: hop3 notify list";
  return { json: { tested: id }, blocks: [line(said)] };
}

export async function notifyRedeliver(input: Input, context: Context): Promise<Answer> {
  const [id = "", text = ""] = input.args;
  const notice = parseWhole(text, "the notice", 1);
  const path = at`/notify/${id}/notices/${notice}/redeliver`;
  await tell(input, context, { method: "POST", path });
  return {
    json: { redelivered: notice },
    blocks: [line(`${notice} is on its way again.`)],
  };
}
