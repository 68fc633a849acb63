import { parseEnv } from "node:util";
import type { AppName, ConfigEntry } from "@hop3/core";
import { isVariableName, nearest } from "@hop3/core/base";
import { chooseApp } from "../app.ts";
import { type Block, line, table } from "../blocks.ts";
import { at } from "../client.ts";
import type { Answer } from "../command.ts";
import type { Context } from "../context.ts";
import { usageError } from "../errors.ts";
import { readText } from "../files.ts";
import type { Input } from "../input.ts";
import { ask, readAll } from "../prompt.ts";
import { formatAge } from "../text.ts";
import { answerChange } from "../timeline/outcome.ts";

type Values = Record<string, string | null>;

export async function configList(input: Input, context: Context): Promise<Answer> {
  const app = await chooseApp(input, context);
  const found = await fetchEntries(app, context, input.flag("reveal"));
  const set = `Set one: hop3 config set KEY --app ${app}`;
  const blocks =
    found.entries.length === 0
      ? [line(`${app} has no variables. ${set}`)]
      : [entryTable(found.entries, context)];
  return { json: found, blocks };
}

async function fetchEntries(app: AppName, context: Context, reveal: boolean) {
  const { signal } = context;
  const request = { path: at`/apps/${app}/config`, query: { reveal }, signal };
  return await context.client.json(request, "ConfigEntries");
}

function entryTable(entries: readonly ConfigEntry[], context: Context): Block {
  const rows = entries.map(({ key, value, updatedAt }) => [
    key,
    value ?? ({ text: "(hidden)", tone: "dim" } as const),
    formatAge(updatedAt, context.now()),
  ]);
  return table(["variable", "value", "changed"], rows);
}

export async function configSet(input: Input, context: Context): Promise<Answer> {
  const app = await chooseApp(input, context);
  const file = input.text("file");
  const values: Values =
    file === undefined ? {} : ({ ...parseEnv(await readText(context, file)) } as Values);
  const alone = input.args.filter((each) => !each.includes("="));
  for (const key of [...alone, ...Object.keys(values)]) requireName(key);
  for (const each of input.args) {
    if (!each.includes("=")) continue;
    const end = each.indexOf("=");
    values[requireName(each.slice(0, end))] = each.slice(end + 1);
  }
  Object.assign(values, await askValues(alone, context));
  if (Object.keys(values).length === 0) {
    const message =
      file === undefined ? "nothing to set" : `${file} holds no line of the form KEY=VALUE`;
    throw usageError({ message, hint: "Give KEY=VALUE, KEY alone, or --file .env" });
  }
  return await changeConfig({ app, values }, input, context);
}

async function askValues(keys: readonly string[], context: Context): Promise<Values> {
  const values: Values = {};
  if (context.stdin.isTTY === true) {
    for (const key of keys) {
      values[key] = requireValue(key, await ask(context, `${key}: `, { hidden: true }));
    }
    return values;
  }
  const [key, ...others] = keys;
  if (key === undefined) return values;
  if (others.length > 0) {
    throw usageError({
      message: `standard input can hold one value, and ${keys.length} are missing`,
      hint: "Set them one by one, or all with --file",
    });
  }
  const text = await readAll(context);
  // `echo secret |` ends its line; a file of several lines, such as a key, keeps all of them.
  values[key] = requireValue(key, text.replace(/\r?\n$/, ""));
  return values;
}

/** Where nobody types, standard input is often empty by mistake, and the app would start with nothing. */
function requireValue(key: string, value: string): string {
  if (value !== "") return value;
  throw usageError({
    message: `no value came for ${key}, and nothing was changed`,
    hint: `Give it on standard input or at the question; one that is empty on purpose: hop3 config set ${key}=`,
  });
}

function requireName(key: string): string {
  if (isVariableName(key)) return key;
  const suggestion = key.replace(/[^A-Za-z0-9_]+/g, "_").replace(/^(?=\d)/, "_");
  throw usageError({
    message: `'${key}' cannot be the name of a variable`,
    hint: `Use letters, digits and underscores, for example ${suggestion === "" ? "LOG_LEVEL" : suggestion}`,
  });
}

export async function configUnset(input: Input, context: Context): Promise<Answer> {
  const app = await chooseApp(input, context);
  const keys = input.args.map(requireName);
  const { entries } = await fetchEntries(app, context, false);
  const known = entries.map((entry) => entry.key);
  const unknown = keys.find((key) => !known.includes(key));
  if (unknown !== undefined) {
    const [near] = nearest(unknown, known);
    throw usageError({
      message: `${app} has no variable ${unknown}`,
      hint:
        near === undefined ? `See them: hop3 config list --app ${app}` : `Did you mean ${near}?`,
    });
  }
  const values = Object.fromEntries(keys.map((key) => [key, null]));
  return await changeConfig({ app, values }, input, context);
}

async function changeConfig(
  change: { app: AppName; values: Values },
  input: Input,
  context: Context,
): Promise<Answer> {
  const { app, values } = change;
  const { deployment, ...stored } = await context.client.json(
    {
      method: "PATCH",
      path: at`/apps/${app}/config`,
      body: { values, apply: !input.flag("no-restart") },
      signal: context.signal,
    },
    "ConfigResult",
  );
  const verb = Object.values(values).includes(null) ? "Removed" : "Stored";
  const done = `${verb} ${Object.keys(values).join(", ")}.`;
  if (deployment === undefined) {
    const said = `${done} It takes effect with the next deployment of ${app}.`;
    const isNew = `There was no app ${app}: it is made, and waits for that. If its name is wrong: hop3 destroy ${app}`;
    const blocks = [line(said), ...(stored.created === undefined ? [] : [line(isNew)])];
    return { json: stored, blocks };
  }
  const how = verb === "Stored" ? "with" : "without";
  context.output.print(line(`${done} Restarting ${app} ${how} it.`));
  const detach = input.flag("detach");
  return await answerChange(context, deployment, { stored: async () => stored, detach });
}
