import { line, table } from "../blocks.ts";
import { at } from "../client.ts";
import type { Answer } from "../command.ts";
import type { Context } from "../context.ts";
import { readText } from "../files.ts";
import type { Input } from "../input.ts";
import { formatAge } from "../text.ts";

export async function keysList(_input: Input, context: Context): Promise<Answer> {
  const found = await context.client.json({ path: at`/keys`, signal: context.signal }, "SshKeys");
  if (found.keys.length === 0) {
    const said = "No keys. Add one: hop3 keys add ~/.ssh/id_ed25519.pub";
    return { json: found, blocks: [line(said)] };
  }
  const rows = found.keys.map((key) => [
    { text: key.name, tone: "bold" } as const,
    key.user ?? "the machine",
    key.type,
    key.lastUsedAt === undefined ? "never" : formatAge(key.lastUsedAt, context.now()),
    key.fingerprint,
  ]);
  return { json: found, blocks: [table(["name", "of", "type", "used", "fingerprint"], rows)] };
}

export async function keysAdd(input: Input, context: Context): Promise<Answer> {
  const [name, user] = [input.text("name"), input.text("user")];
  const given = input.args[0] ?? "";
  const isKey = /^(?:ssh|ecdsa|sk)-\S+ /.test(given);
  const body = {
    key: isKey ? given : await readText(context, given),
    ...(name === undefined ? {} : { name }),
    ...(user === undefined ? {} : { user }),
  };
  const request = { method: "POST", path: at`/keys`, body, signal: context.signal } as const;
  const key = await context.client.json(request, "SshKeyInfo");
  const whose = key.user === undefined ? "whoever owns the machine" : key.user;
  const said = `${key.name} (${key.fingerprint}) opens git over SSH for ${whose}.`;
  return { json: key, blocks: [line(said)] };
}

export async function keysRemove(input: Input, context: Context): Promise<Answer> {
  const key = input.args[0] ?? "";
  await context.client.none({ method: "DELETE", path: at`/keys/${key}`, signal: context.signal });
  return { json: { removed: key }, blocks: [line(`The key ${key} opens nothing any more.`)] };
}
