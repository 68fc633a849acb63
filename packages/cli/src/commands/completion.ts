import type { Answer } from "../command.ts";
import { bashCompletion } from "../completion/bash.ts";
import { fishCompletion } from "../completion/fish.ts";
import { zshCompletion } from "../completion/zsh.ts";
import type { Context } from "../context.ts";
import { usageError } from "../errors.ts";
import type { Input } from "../input.ts";
import { withPluginCommands } from "../local-plugins.ts";
import { fetchApps } from "./apps.ts";

const makers: Readonly<Record<string, typeof bashCompletion>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

export async function completion(input: Input, context: Context): Promise<Answer> {
  const [shell = ""] = input.args;
  const make = makers[shell];
  if (make === undefined) {
    const known = Object.keys(makers).join(", ");
    throw usageError({
      message: `there is no completion for '${shell}'`,
      hint: `One of: ${known}`,
    });
  }
  const script = make(await withPluginCommands(context.tree, context));
  return { json: { shell, script }, blocks: [], raw: script };
}

export async function completeApps(_input: Input, context: Context): Promise<Answer> {
  const names = (await fetchApps(context)).map(({ name }) => name);
  return { json: names, blocks: [], raw: names.map((name) => `${name}\n`).join("") };
}
