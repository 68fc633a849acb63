import { checkLockfiles, makePlan, noConfig, type Plan, readPlanFiles } from "@hop3/core";
import { digest, makeDirectoryTree } from "@hop3/core/node";
import { type Block, fields, line, type Rows, type Span, table } from "../blocks.ts";
import type { Answer } from "../command.ts";
import { readConfigFile, resolveFrom } from "../config-file.ts";
import type { Context } from "../context.ts";
import type { Input } from "../input.ts";
import { planParts } from "../plan-parts.ts";
import { whyBlocks } from "../plan-why.ts";
import { readSource } from "../source.ts";
import { formatDuration } from "../text.ts";

export async function plan(input: Input, context: Context): Promise<Answer> {
  const directory = resolveFrom(context, input.args[0] ?? ".");
  const loaded = (await readConfigFile(directory)) ?? noConfig();
  const tree = makeDirectoryTree(await readSource(directory, loaded, context));
  const files = await readPlanFiles(tree);
  const made = makePlan({ tree, loaded, ...files, parts: await planParts(context) });
  await checkLockfiles(made, { tree, loaded, digest });
  return { json: made, blocks: planBlocks(made, input.flag("why")) };
}

function planBlocks(made: Plan, isWhy: boolean): Block[] {
  return [
    fields([
      ["builder", `${made.builder}: ${made.reason}`],
      ["expression", expression(made)],
      ["template", made.nix.template],
      ["toolchains", toolchains(made)],
      ["tier", made.tier],
      ["packages", made.packageSet],
      ["limits", limits(made.nix)],
    ]),
    ...section("Workers", workerRows(made), unnamed(made)),
    ...section("Settings", settingRows(made), "all at their defaults"),
    ...(isWhy ? whyBlocks(made) : answerBlocks(made)),
    ...made.warnings.map((text) => line({ text: "warning", tone: "warn" }, `  ${text}`)),
  ];
}

function expression({ builder, nix }: Plan): string | undefined {
  if (builder !== "nix") return undefined;
  return `${nix.file} (${nix.pure ? "pure" : "impure: it may read this machine"})`;
}

function toolchains({ local }: Plan): string | undefined {
  if (local === undefined) return undefined;
  const names = local.toolchains.map(({ name, role }) =>
    role === "assets" ? `${name} (assets)` : name,
  );
  const whose = local.source === "host" ? ", with the programs of the host" : "";
  return `${names.join(", then ")}${whose}`;
}

function unnamed({ builder }: Plan): string {
  return builder === "nix" ? "named by the expression alone" : "found by the build";
}

function limits(nix: Plan["nix"]): string {
  const most = formatDuration(nix.timeoutSeconds * 1000);
  const silent = formatDuration(nix.maxSilentSeconds * 1000);
  return `${most} for the build, ${silent} without a word from it`;
}

function section(title: string, rows: Rows, none: string): Block[] {
  const head: Span = { text: title, tone: "bold" };
  if (rows.length === 0) return [line(""), line(head, `: ${none}`)];
  return [line(""), line(head), table([], rows)];
}

function workerRows(made: Plan): Rows {
  return Object.entries(made.workers).map(([name, { command, origin }]) => [
    `  ${name}`,
    command,
    { text: origin, tone: "dim" },
  ]);
}

function settingRows(made: Plan): Rows {
  return Object.entries(made.settings).map(([key, { value, origin }]) => [
    `  ${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
    { text: origin, tone: "dim" },
  ]);
}

function answerBlocks(made: Plan): Block[] {
  return [
    ...section("Builders", answerRows(made), "none"),
    ...(made.templates.length === 0 ? [] : section("Templates", templateRows(made), "none")),
  ];
}

function answerRows(made: Plan): Rows {
  return made.answers.map(({ builder, accepted, reason }) => [
    `  ${builder}`,
    accepted ? { text: "yes", tone: "good" } : { text: "no", tone: "dim" },
    reason,
  ]);
}

/** What was found in the tree; which one is taken, and why, stands in the first line. */
function templateRows(made: Plan): Rows {
  return made.templates.map(({ template, fits, reason }) => [
    `  ${template}`,
    fits ? { text: "fits", tone: "good" } : { text: "no", tone: "dim" },
    reason,
  ]);
}
