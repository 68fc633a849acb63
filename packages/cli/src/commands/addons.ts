import { createReadStream, createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { AddonInfo } from "@hop3/core";
import { parseAppName } from "@hop3/core/base";
import { chooseApp } from "../app.ts";
import { line, type Span, table } from "../blocks.ts";
import { at } from "../client.ts";
import type { Answer } from "../command.ts";
import { resolveFrom } from "../config-file.ts";
import type { Context } from "../context.ts";
import { usageError } from "../errors.ts";
import type { Input } from "../input.ts";
import { ask } from "../prompt.ts";
import { formatBytes } from "../text.ts";

const tones = {
  up: "good",
  elsewhere: "good",
  "backing-off": "bad",
  stopped: "bad",
  missing: "bad",
  unready: "warn",
} as const;

export async function addonsList(input: Input, context: Context): Promise<Answer> {
  const app = await chooseApp(input, context);
  const request = { path: at`/apps/${app}/addons`, signal: context.signal };
  const found = await context.client.json(request, "AddonInfos");
  if (found.addons.length === 0) {
    const text = `${app} has no addons. A deploy makes those that hop3.toml declares with [[addons]]`;
    return { json: found, blocks: [line(text)] };
  }
  const head = ["addon", "type", "state", "disk", "variables", "declared"];
  return { json: found, blocks: [table(head, found.addons.map(row))] };
}

function row(addon: AddonInfo): readonly Span[] {
  const { name, type, version, state, diskBytes, variables, declared } = addon;
  return [
    { text: name, tone: "bold" },
    version === undefined ? type : `${type} ${version}`,
    { text: state, tone: tones[state] },
    diskBytes === undefined ? "-" : formatBytes(diskBytes),
    variables.length === 0 ? "-" : variables.join(", "),
    declared ? "yes" : { text: "no: kept", tone: "dim" },
  ];
}

interface Named {
  readonly app: string;
  readonly name: string;
  readonly file: string;
}

function named(input: Input): Named {
  const [app = "", name = "", file = ""] = input.args;
  return { app: parseAppName(app), name, file };
}

export async function addonsBackup(input: Input, context: Context): Promise<Answer> {
  const { app, name, file } = named(input);
  const path = resolveFrom(context, file);
  const part = `${path}.part`;
  const bytes = context.client.bytes({
    method: "POST",
    path: at`/apps/${app}/addons/${name}/backup`,
    signal: context.signal,
  });
  try {
    await pipeline(Readable.from(bytes), createWriteStream(part, { mode: 0o600 }));
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  const { size } = await stat(path);
  return {
    json: { app, addon: name, file: path, bytes: size },
    blocks: [line(`Wrote the addon ${name} of ${app} into ${file} (${formatBytes(size)})`)],
  };
}

export async function addonsRestore(input: Input, context: Context): Promise<Answer> {
  const { app, name, file } = named(input);
  const path = resolveFrom(context, file);
  await stat(path).catch(() => {
    const hint = "Name what hop3 addons backup wrote";
    throw usageError({ message: `there is no file ${file}`, hint });
  });
  await context.client.none({
    method: "POST",
    path: at`/apps/${app}/addons/${name}/restore`,
    upload: createReadStream(path),
    headers: { "content-type": "application/octet-stream" },
    signal: context.signal,
  });
  const text = `The addon ${name} of ${app} holds what ${file} held`;
  return { json: { app, addon: name, restored: true }, blocks: [line(text)] };
}

export async function addonsDestroy(input: Input, context: Context): Promise<Answer> {
  const { app, name } = named(input);
  if (!input.flag("yes")) await confirm(app, name, context);
  await context.client.none({
    method: "DELETE",
    path: at`/apps/${app}/addons/${name}`,
    signal: context.signal,
  });
  const text = `The addon ${name} of ${app} is destroyed, with all that it held`;
  return { json: { app, addon: name, destroyed: true }, blocks: [line(text)] };
}

async function confirm(app: string, name: string, context: Context): Promise<void> {
  const hint = `If that is meant: hop3 addons destroy ${app} ${name} --yes`;
  if (context.stdin.isTTY !== true || context.output.json) {
    const message = `destroying the addon ${name} needs a confirmation, and there is no terminal to ask on`;
    throw usageError({ message, hint });
  }
  context.output.notice(
    line(`This removes the addon ${name} of ${app} and all its data. It cannot be undone.`),
  );
  const typed = await ask(context, "Type the name of the addon to go on: ", { hidden: false });
  if (typed.trim() === name) return;
  throw usageError({ message: `'${typed.trim()}' is not '${name}': nothing was destroyed`, hint });
}
