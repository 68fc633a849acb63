import type { PreviewInfo } from "@hop3/core";
import { appOfPreview } from "@hop3/core/base";
import { chooseApp } from "../app.ts";
import { line, table } from "../blocks.ts";
import { at } from "../client.ts";
import type { Answer } from "../command.ts";
import type { Context } from "../context.ts";
import { usageError } from "../errors.ts";
import type { Input } from "../input.ts";
import { formatAge, formatBytes } from "../text.ts";

export async function previewsList(input: Input, context: Context): Promise<Answer> {
  const app = await chooseApp(input, context);
  const request = { path: at`/apps/${app}/previews`, signal: context.signal };
  const found = await context.client.json(request, "PreviewInfos");
  if (found.previews.length === 0) {
    const how = found.enabled
      ? "No previews. A push of another branch makes one: git push hop3 BRANCH"
      : "No previews. Deploy with preview = true in [deploy] of hop3.toml to have them";
    return { json: found, blocks: [line(how)] };
  }
  const rows = found.previews.map((preview) => showPreview(preview, context.now()));
  return {
    json: found,
    blocks: [table(["branch", "preview", "pushed", "goes", "extra disk", "address"], rows)],
  };
}

const dayMs = 86_400_000;

function showPreview(preview: PreviewInfo, now: number): string[] {
  const { name, branch, pushedAt, expiresAt, extraBytes, url } = preview;
  const goes = expiresAt === undefined ? "kept" : formatRest(Date.parse(expiresAt) - now);
  return [branch, name, formatAge(pushedAt, now), goes, formatBytes(extraBytes), url];
}

function formatRest(ms: number): string {
  if (ms >= dayMs) return `in ${Math.round(ms / dayMs)} days`;
  return ms <= 0 ? "now" : `in ${Math.ceil(ms / 3_600_000)} h`;
}

export async function previewsRemove(input: Input, context: Context): Promise<Answer> {
  const { name, path } = readName(input);
  await context.client.none({ method: "DELETE", path, signal: context.signal });
  return { json: { removed: name }, blocks: [line(`${name} is gone; its branch stays.`)] };
}

export async function previewsKeep(input: Input, context: Context): Promise<Answer> {
  const { name, path } = readName(input);
  const text = input.text("days");
  const days = text === undefined ? null : Number(text);
  if (days !== null && !(days > 0)) {
    throw usageError({ message: `'${text}' is no number of days`, hint: "For example --days 30" });
  }
  await context.client.none({ method: "PATCH", path, body: { days }, signal: context.signal });
  const until = days === null ? "until its branch goes" : `for ${days} days`;
  return { json: { kept: name, days }, blocks: [line(`${name} stays ${until}.`)] };
}

function readName(input: Input): { readonly name: string; readonly path: string } {
  const name = input.args[0] ?? "";
  const app = appOfPreview(name);
  if (app !== undefined) return { name, path: at`/apps/${app}/previews/${name}` };
  throw usageError({
    message: `'${name}' is not the name of a preview`,
    hint: "It has two hyphens, such as shop--topic: hop3 previews list APP",
  });
}
