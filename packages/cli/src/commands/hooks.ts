import type { HookDeliveryInfo, HookInfo } from "@hop3/core";
import { chooseApp } from "../app.ts";
import { type Block, fields, line, table } from "../blocks.ts";
import { at } from "../client.ts";
import type { Answer } from "../command.ts";
import type { Context } from "../context.ts";
import { usageError } from "../errors.ts";
import { readText } from "../files.ts";
import type { Input } from "../input.ts";
import { formatAge } from "../text.ts";

export async function hooksList(input: Input, context: Context): Promise<Answer> {
  const app = await chooseApp(input, context);
  const request = { path: at`/apps/${app}/hooks`, signal: context.signal };
  const found = await context.client.json(request, "HookInfos");
  if (found.hooks.length === 0) {
    const said = `No hooks. Add one: hop3 hooks add REPOSITORY --app ${app}`;
    return { json: found, blocks: [line(said)] };
  }
  return { json: found, blocks: found.hooks.flatMap((hook) => showHook(hook, context.now())) };
}

function showHook(hook: HookInfo, now: number): Block[] {
  const about = fields([
    ["hook", hook.id],
    ["of", `${hook.repository}${hook.hasCredential ? " (with a credential)" : ""}`],
    ["address", hook.url],
    ["deploy key", hook.ssh?.deployKey],
    ["key of its host", hook.ssh?.hostKey],
  ]);
  if (hook.deliveries.length === 0) {
    return [about, line({ text: "Nothing has come yet.", tone: "dim" })];
  }
  const rows = hook.deliveries.map((delivery) => showDelivery(delivery, now));
  return [about, table(["came", "event", "outcome", "deployment", "why"], rows)];
}

function showDelivery(delivery: HookDeliveryInfo, now: number): string[] {
  const { at: when, event, outcome, reason, deployment } = delivery;
  return [formatAge(when, now), event, outcome, deployment?.toString() ?? "", reason ?? ""];
}

export async function hooksAdd(input: Input, context: Context): Promise<Answer> {
  const app = await chooseApp(input, context);
  const credential = await readCredential(input, context);
  const hostKey = input.text("host-key");
  const body = {
    repository: input.args[0] ?? "",
    ...(credential === undefined ? {} : { credential }),
    ...(hostKey === undefined ? {} : { hostKey }),
  };
  const path = at`/apps/${app}/hooks`;
  const request = { method: "POST", path, body, signal: context.signal } as const;
  const made = await context.client.json(request, "HookCreated");
  const blocks = [
    line("Enter these at the forge as a webhook, with the content type application/json:"),
    fields([
      ["address", made.hook.url],
      ["secret", made.secret],
    ]),
    line({
      text: "The secret is shown this once. At GitLab it is the signing token.",
      tone: "dim",
    }),
    ...sshBlocks(made.hook, hostKey),
    line(`Try it: hop3 hooks test ${made.hook.id} --app ${app}`),
  ];
  return { json: made, blocks };
}

function sshBlocks({ ssh, repository }: HookInfo, wanted: string | undefined): Block[] {
  if (ssh === undefined) return [];
  const { host } = new URL(repository);
  const isSeen = wanted === undefined;
  const compare = isSeen ? " Compare it with what the forge publishes." : "";
  return [
    line("Enter this there, too, as a deploy key of the repository; it only has to read:"),
    line(ssh.deployKey),
    line({
      text: `${host} has the key ${ssh.hostKey}: from now on no other.${compare}`,
      tone: "dim",
    }),
  ];
}

async function readCredential(input: Input, context: Context) {
  const [username, file] = [input.text("user"), input.text("password-file")];
  if (file === undefined && username === undefined) return undefined;
  if (file === undefined) {
    throw usageError({
      message: "--user needs a password or token beside it",
      hint: "Give it in a file: --password-file FILE, or - for standard input",
    });
  }
  const password = (await readText(context, file)).replace(/\r?\n$/, "");
  // Forges take any name beside a token.
  return { username: username ?? "git", password };
}

export async function hooksRemove(input: Input, context: Context): Promise<Answer> {
  const app = await chooseApp(input, context);
  const hook = input.args[0] ?? "";
  const path = at`/apps/${app}/hooks/${hook}`;
  await context.client.none({ method: "DELETE", path, signal: context.signal });
  return { json: { removed: hook }, blocks: [line(`The hook ${hook} takes nothing any more.`)] };
}

export async function hooksTest(input: Input, context: Context): Promise<Answer> {
  const app = await chooseApp(input, context);
  const path = at`/apps/${app}/hooks/${input.args[0] ?? ""}/test`;
  const request = { method: "POST", path, signal: context.signal } as const;
  const found = await context.client.json(request, "HookTest");
  const said = `The repository answers: ${found.branch} is at ${found.commit.slice(0, 10)}.`;
  return { json: found, blocks: [line(said)] };
}

export async function hooksTrust(input: Input, context: Context): Promise<Answer> {
  const app = await chooseApp(input, context);
  const hostKey = input.text("host-key");
  const path = at`/apps/${app}/hooks/${input.args[0] ?? ""}/trust`;
  const body = hostKey === undefined ? {} : { hostKey };
  const request = { method: "POST", path, body, signal: context.signal } as const;
  const hook = await context.client.json(request, "HookInfo");
  const said = `From now on the key of ${new URL(hook.repository).host} is ${hook.ssh?.hostKey}, and no other.`;
  return { json: hook, blocks: [line(said)] };
}

export async function hooksKey(input: Input, context: Context): Promise<Answer> {
  const app = await chooseApp(input, context);
  const method = input.flag("new") ? "POST" : "GET";
  const request = { method, path: at`/apps/${app}/deploy-key`, signal: context.signal } as const;
  const found = await context.client.json(request, "DeployKeyInfo");
  if (found.key !== undefined) return { json: found, blocks: [], raw: `${found.key}\n` };
  const said = `${app} has no deploy key yet. The first hook for an address of SSH makes one: hop3 hooks add git@HOST:OWNER/NAME.git --app ${app}`;
  return { json: found, blocks: [line(said)] };
}
