import type { ReleaseClosure, ReleaseComparison } from "@hop3/core";
import { chooseApp } from "../app.ts";
import { type Block, line, type Span, table } from "../blocks.ts";
import { at } from "../client.ts";
import type { Answer } from "../command.ts";
import type { Context } from "../context.ts";
import { type Input, parseWhole } from "../input.ts";
import { formatBytes, plural } from "../text.ts";

/** What lies between two Releases. */
export async function releaseDiff(input: Input, context: Context): Promise<Answer> {
  const app = await chooseApp(input, context);
  const [from = "", to = ""] = input.args;
  const numbers = [parseWhole(from, "the release"), parseWhole(to, "the release")] as const;
  const path = at`/apps/${app}/releases/${numbers[0]}/compare/${numbers[1]}`;
  const request = { path, signal: context.signal };
  const found = await context.client.json(request, "ReleaseComparison");
  const rows = comparisonRows(found);
  const blocks =
    rows.length === 0
      ? [line(`Release ${found.to} is the same as release ${found.from}.`)]
      : [table([], rows), ...noteBlocks(found.packages.note)];
  return { json: found, blocks };
}

const removed = { text: "-", tone: "bad" } as const;
const added = { text: "+", tone: "good" } as const;
const changed = { text: "~", tone: "warn" } as const;

function comparisonRows(found: ReleaseComparison): Span[][] {
  const { source, config, settings, packages, fromBytes, toBytes } = found;
  const variable =
    (mark: Span) =>
    (name: string): Span[] => [mark, "variable", name];
  return [
    ...(source.changed ? [sourceRow(source)] : []),
    ...config.added.map(variable(added)),
    ...config.removed.map(variable(removed)),
    ...config.changed.map(variable(changed)),
    ...settings.map(settingRow),
    ...packages.added.map((each): Span[] => [added, "package", each.name, each.version ?? ""]),
    ...packages.removed.map((each): Span[] => [removed, "package", each.name, each.version ?? ""]),
    ...packages.changed.map(({ name, from, to }): Span[] => [
      changed,
      "package",
      name,
      `${from.join(", ")} -> ${to.join(", ")}`,
    ]),
    ...rebuiltRow(packages.rebuilt),
    ...sizeRow(fromBytes, toBytes),
  ];
}

function sourceRow(source: ReleaseComparison["source"]): Span[] {
  const { fromRevision, toRevision, fromHash, toHash } = source;
  const from = fromRevision ?? fromHash ?? "unknown";
  const to = toRevision ?? toHash ?? "unknown";
  return [changed, "source", `${from.slice(0, 19)} -> ${to.slice(0, 19)}`];
}

function settingRow({ name, from, to }: ReleaseComparison["settings"][number]): Span[] {
  if (from === undefined) return [added, "setting", name, to ?? ""];
  if (to === undefined) return [removed, "setting", name, from];
  return [changed, "setting", name, `${from} -> ${to}`];
}

function rebuiltRow(count: number): Span[][] {
  if (count === 0) return [];
  return [[changed, "package", `${plural(count, "other")} of the same version, built anew`]];
}

function sizeRow(from: number | undefined, to: number | undefined): Span[][] {
  if (from === undefined || to === undefined || from === to) return [];
  const sign = to > from ? "+" : "-";
  const delta = `${sign}${formatBytes(Math.abs(to - from))}`;
  return [[changed, "size", `${formatBytes(from)} -> ${formatBytes(to)}`, delta]];
}

function noteBlocks(note: string | undefined): Block[] {
  return note === undefined ? [] : [line({ text: note, tone: "dim" })];
}

/** What a Release consists of, or why something is part of it. */
export async function releaseClosure(input: Input, context: Context): Promise<Answer> {
  const app = await chooseApp(input, context);
  const number = parseWhole(input.args[0] ?? "", "the release");
  const why = input.text("why");
  if (why !== undefined) return await explain(at`/apps/${app}/releases/${number}`, why, context);
  const path = at`/apps/${app}/releases/${number}/closure`;
  const found = await context.client.json({ path, signal: context.signal }, "ReleaseClosure");
  return { json: found, blocks: closureBlocks(found) };
}

async function explain(release: string, why: string, context: Context): Promise<Answer> {
  const path = `${release}/closure/why`;
  const request = { path, query: { path: why }, signal: context.signal };
  const found = await context.client.json(request, "ClosureReason");
  const lines = found.chain.map((each, depth) => line("  ".repeat(depth), each));
  return { json: found, blocks: lines };
}

function closureBlocks({ paths, location, bytes, note }: ReleaseClosure): Block[] {
  const total = `${location}: ${formatBytes(bytes)}, ${plural(paths.length, "path")}`;
  if (note !== undefined) return [line(`${location}: ${formatBytes(bytes)}`), line(note)];
  const rows = paths.map(({ name, version, bytes: own }): Span[] => [
    formatBytes(own),
    name,
    version ?? "",
  ]);
  return [table(["size", "name", "version"], rows), line({ text: total, tone: "bold" })];
}
