import type { NixCheck } from "@hop3/core";
import { appOfDirectory } from "../app.ts";
import { type Block, fields, line } from "../blocks.ts";
import { at } from "../client.ts";
import type { Answer } from "../command.ts";
import { readConfigFile, resolveFrom } from "../config-file.ts";
import type { Context } from "../context.ts";
import type { Input } from "../input.ts";
import { packSource, readSource } from "../source.ts";
import { plural } from "../text.ts";

/** Evaluates a project on the server, as a deploy would, and builds nothing. */
export async function nixCheck(input: Input, context: Context): Promise<Answer> {
  const directory = resolveFrom(context, input.args[0] ?? ".");
  const app = await appOfDirectory(directory);
  const entries = await readSource(directory, await readConfigFile(directory), context);
  const checked = await context.client.json(
    {
      method: "POST",
      path: at`/nix/check`,
      query: { app },
      upload: packSource(directory, entries),
      signal: context.signal,
    },
    "NixCheck",
  );
  return { json: checked, blocks: checkBlocks(checked) };
}

function checkBlocks(checked: NixCheck): Block[] {
  const { plan, workers, derivations, location } = checked;
  const { file, template } = plan.nix;
  const from = template === undefined ? "" : ` (written by the template ${template})`;
  return [
    line({ text: "ok", tone: "good" }, `  ${file}${from} evaluates`),
    fields([
      ["tier", plan.tier],
      ["workers", workers.length === 0 ? "those of the package or hop3.toml" : workers.join(", ")],
      ["result", location],
      ["derivations", `${derivations}, ${workText(checked)}`],
      ["to build", namesText(checked.toBuild)],
      ["to fetch", namesText(checked.toFetch)],
    ]),
    ...plan.warnings.map((text) => line({ text: "warning", tone: "warn" }, `  ${text}`)),
  ];
}

function workText({ toBuild, toFetch }: NixCheck): string {
  const todo = toBuild.length + toFetch.length;
  return todo === 0 ? "all there: a deploy builds nothing" : `${plural(todo, "result")} missing`;
}

const shownNames = 8;

function namesText(names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const more = names.length - shownNames;
  const shown = names.slice(0, shownNames).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
}
