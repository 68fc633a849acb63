import type { AuditEntry, AuditPage } from "@hop3/core";
import { line, type Span, table } from "../blocks.ts";
import { at } from "../client.ts";
import type { Answer } from "../command.ts";
import type { Context } from "../context.ts";
import { usageError } from "../errors.ts";
import { type Input, parseWhole } from "../input.ts";

const pageSize = 1000;

/** Who did what, newest first. */
export async function audit(input: Input, context: Context): Promise<Answer> {
  const lines = parseWhole(input.text("lines") ?? "", "--lines", 1);
  const query = {
    app: input.app(),
    user: input.text("user"),
    action: input.text("action"),
    since: readSince(input.text("since"), context.now()),
  };
  const entries: AuditEntry[] = [];
  let before: number | undefined;
  do {
    const limit = Math.min(lines - entries.length, pageSize);
    if (limit < 1) break;
    const request = {
      path: at`/audit`,
      query: { ...query, before, limit },
      signal: context.signal,
    };
    const page: AuditPage = await context.client.json(request, "AuditPage");
    entries.push(...page.entries);
    before = page.next;
  } while (before !== undefined);
  if (entries.length === 0) return { json: { entries }, blocks: [line("Nothing was done.")] };
  const head = ["when (UTC)", "who", "from", "what", "app", "", "detail"];
  return { json: { entries }, blocks: [table(head, entries.map(toRow))] };
}

function toRow(entry: AuditEntry): Span[] {
  const { at: when, actor, via, address, action, app = "-", outcome } = entry;
  const tone = outcome === "done" ? "good" : "bad";
  const time = when.slice(0, 19).replace("T", " ");
  const from =
    via.startsWith("token ") && !actor.startsWith("token ") ? `${address}, ${via}` : address;
  return [time, actor, from, action, app, { text: outcome, tone }, detail(entry)];
}

function detail({ target = "", before = "", after = "" }: AuditEntry): string {
  if (before === "" && after === "") return target;
  const change = before === after ? after : `${before || "nothing"} -> ${after || "nothing"}`;
  return target === "" ? change : `${target}: ${change}`;
}

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `2h`, `7d`, or a time as ISO 8601 writes it. */
function readSince(text: string | undefined, now: number): string | undefined {
  if (text === undefined) return undefined;
  const [, count, unit = ""] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const length = units[unit];
  const time = length === undefined ? Date.parse(text) : now - Number(count) * length;
  if (!Number.isNaN(time)) return new Date(time).toISOString();
  throw usageError({
    message: `--since must be a time, not '${text}'`,
    hint: "Write how long ago (30m, 12h, 7d) or a date (2026-11-23)",
  });
}
