import type { CleanupResult, StoreBill } from "@hop3/core";
import { type Block, fields, line, type Span, table } from "../blocks.ts";
import { at } from "../client.ts";
import type { Answer } from "../command.ts";
import type { Context } from "../context.ts";
import { usageError } from "../errors.ts";
import type { Input } from "../input.ts";
import { formatBytes, plural } from "../text.ts";

/** What takes how much of the disk. */
export async function storeShow(_input: Input, context: Context): Promise<Answer> {
  const request = { path: at`/store`, signal: context.signal };
  const bill = await context.client.json(request, "StoreBill");
  return { json: bill, blocks: [...appBlocks(bill), ...totalBlocks(bill)] };
}

function appBlocks({ apps }: StoreBill): Block[] {
  if (apps.length === 0) return [];
  const rows = apps.flatMap(({ app, bytes, exclusiveBytes, releases }): Span[][] => [
    [{ text: app, tone: "bold" }, "", formatBytes(bytes), formatBytes(exclusiveBytes)],
    ...releases.map((each): Span[] => [
      `  release ${each.release}`,
      each.kind === "nix" ? each.state : `${each.state}, ${each.kind}`,
      formatBytes(each.bytes),
      formatBytes(each.exclusiveBytes),
    ]),
  ]);
  return [table(["app", "", "takes", "alone"], rows), line("")];
}

function totalBlocks({ dataPlane, packageSet, garbage, store, ...bill }: StoreBill): Block[] {
  const what = plural(garbage.paths, "path");
  return [
    fields([
      ["this server", `${formatBytes(bill.totalBytes)}, what several need counted once`],
      ["data plane", formatBytes(dataPlane.bytes)],
      ["package index", formatBytes(packageSet.bytes)],
      ["others", `${formatBytes(bill.otherBytes)} for others of this machine`],
      ["cleanup", `would free ${formatBytes(garbage.bytes)} (${what}): hop3 store clean`],
      ["store", `${formatBytes(store.bytes)} in ${plural(store.paths, "path")}`],
      ["free", formatBytes(store.freeBytes)],
    ]),
  ];
}

/** Frees what nothing keeps, where --yes is given; says how much that is in any case. */
export async function storeClean(input: Input, context: Context): Promise<Answer> {
  const maxBytes = parseSize(input.text("max"));
  const body = {
    dryRun: !input.flag("yes"),
    ...(maxBytes === undefined ? {} : { maxBytes }),
  };
  const result = await context.client.json(
    { method: "POST", path: at`/store/cleanup`, body, signal: context.signal },
    "CleanupResult",
  );
  return { json: result, blocks: [line(describeCleanup(result))] };
}

function describeCleanup({ dryRun, paths, bytes, freeBytes }: CleanupResult): string {
  if (paths === 0)
    return "There is nothing to clean: everything in the store is kept by something.";
  const what = `${formatBytes(bytes)} (${plural(paths, "path")})`;
  if (dryRun) return `A cleanup would free up to ${what}. Do it: hop3 store clean --yes`;
  return `Freed ${what}; ${formatBytes(freeBytes)} are free now.`;
}

const units: Readonly<Record<string, number>> = { kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 };

function parseSize(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, count, unit = ""] = /^(\d{1,6}(?:\.\d+)?) ?([kmgt]b)$/i.exec(text) ?? [];
  const bytes = Math.round(Number(count) * (units[unit.toLowerCase()] ?? 0));
  if (bytes > 0) return bytes;
  throw usageError({
    message: `--max must be a size, not '${text}'`,
    hint: "Write a number and a unit: --max 500MB, --max 10GB",
  });
}
