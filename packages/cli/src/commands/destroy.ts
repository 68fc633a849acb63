import { chooseApp } from "../app.ts";
import { line } from "../blocks.ts";
import { at } from "../client.ts";
import type { Answer } from "../command.ts";
import type { Context } from "../context.ts";
import { confirmationNeeded, notConfirmed } from "../errors.ts";
import type { Input } from "../input.ts";
import { ask } from "../prompt.ts";
import { fetchApp } from "./apps.ts";

export async function destroy(input: Input, context: Context): Promise<Answer> {
  const app = await chooseApp(input, context);
  const keepData = input.flag("keep-data");
  const { dataDir } = await fetchApp(input, context);
  if (!input.flag("yes")) await confirm(app, keepData, context);
  await context.client.none({
    method: "DELETE",
    path: at`/apps/${app}`,
    query: { keepData },
    signal: context.signal,
  });
  const data = keepData ? `Its data stays in ${dataDir}.` : "Its data is gone too.";
  return {
    json: { app, destroyed: true, dataDir: keepData ? dataDir : null },
    blocks: [line(`${app} is destroyed. ${data}`)],
  };
}

async function confirm(app: string, keepData: boolean, context: Context): Promise<void> {
  if (context.stdin.isTTY !== true || context.output.json) throw confirmationNeeded({ app });
  const what = keepData ? "all its Releases" : "all its Releases and its data";
  context.output.notice(line(`This removes ${app}, ${what}. It cannot be undone.`));
  const typed = await ask(context, `Type the name of the app to go on: `, { hidden: false });
  if (typed.trim() !== app) throw notConfirmed({ app, typed: typed.trim() });
}
