import type { PackageSetInfo } from "@hop3/core";
import { type Block, fields, line, table } from "../blocks.ts";
import { at } from "../client.ts";
import type { Answer } from "../command.ts";
import type { Context } from "../context.ts";
import { followWork } from "../follow-work.ts";
import type { Input } from "../input.ts";
import { formatAge } from "../text.ts";

export async function packagesList(_input: Input, context: Context): Promise<Answer> {
  const request = { path: at`/packages`, signal: context.signal };
  const info = await context.client.json(request, "PackageSetInfo");
  return { json: info, blocks: [setFields(info, context)] };
}

function setFields(info: PackageSetInfo, context: Context): Block {
  const { lockedAt, packages } = info;
  return fields([
    ["set", { text: info.name, tone: "bold" }],
    ["pin", info.pin],
    ["locked", lockedAt === undefined ? undefined : formatAge(lockedAt, context.now())],
    ["packages", packages === undefined ? undefined : String(packages)],
    ["suites", info.suites.length === 0 ? undefined : info.suites.join(", ")],
    ["lock file", info.lockFile],
  ]);
}

export async function packagesSearch(input: Input, context: Context): Promise<Answer> {
  const [text = ""] = input.args;
  const request = { path: at`/packages/search`, query: { q: text }, signal: context.signal };
  const found = await context.client.json(request, "PackagesFound");
  const rows = found.packages.map(({ name, version }) => [name, version]);
  const none = line(
    `No package is called anything like '${text}'. Newer ones: hop3 packages update`,
  );
  return {
    json: found,
    blocks: rows.length === 0 ? [none] : [table(["package", "version"], rows)],
  };
}

export async function packagesUpdate(_input: Input, context: Context): Promise<Answer> {
  const request = {
    method: "POST",
    path: at`/packages/update`,
    body: {},
    signal: context.signal,
  } as const;
  const show = (text: string): void => context.output.notice(line({ text, tone: "dim" }));
  const lines = context.client.lines(request, "UpdateLine");
  const { info } = await followWork(lines, "POST /packages/update", show);
  return { json: info, blocks: [setFields(info, context)] };
}
