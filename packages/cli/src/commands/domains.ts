import type { AppName, DomainEntry } from "@hop3/core";
import { isDomainName } from "@hop3/core/base";
import { chooseApp } from "../app.ts";
import { type Block, line, table } from "../blocks.ts";
import { at } from "../client.ts";
import type { Answer } from "../command.ts";
import type { Context } from "../context.ts";
import { usageError } from "../errors.ts";
import type { Input } from "../input.ts";

export async function domainsList(input: Input, context: Context): Promise<Answer> {
  const app = await chooseApp(input, context);
  const request = { path: at`/apps/${app}/domains`, signal: context.signal };
  const found = await context.client.json(request, "Domains");
  return { json: found, blocks: domainBlocks(app, found.domains) };
}

export async function domainsAdd(input: Input, context: Context): Promise<Answer> {
  const app = await chooseApp(input, context);
  const domain = parseDomain(input.args[0] ?? "");
  const found = await context.client.json(
    { method: "POST", path: at`/apps/${app}/domains`, body: { domain }, signal: context.signal },
    "Domains",
  );
  return { json: found, blocks: domainBlocks(app, found.domains) };
}

export async function domainsRemove(input: Input, context: Context): Promise<Answer> {
  const app = await chooseApp(input, context);
  const domain = parseDomain(input.args[0] ?? "");
  const path = at`/apps/${app}/domains/${domain}`;
  const found = await context.client.json(
    { method: "DELETE", path, signal: context.signal },
    "Domains",
  );
  return { json: found, blocks: domainBlocks(app, found.domains) };
}

/** The host name alone: a whole address is what people paste. */
function parseDomain(text: string): string {
  const domain = text.toLowerCase().replace(/\.$/, "");
  if (isDomainName(domain)) return domain;
  const inner = URL.parse(domain.includes("://") ? domain : `http://${domain}`)?.hostname;
  const hint =
    inner === undefined || inner === domain
      ? "Give a host name, for example www.example.org"
      : `Give the host name alone: ${inner}`;
  throw usageError({ message: `'${text}' is not a host name`, hint });
}

function domainBlocks(app: AppName, domains: readonly DomainEntry[]): Block[] {
  if (domains.length === 0) {
    return [line(`${app} has no domains. Add one: hop3 domains add NAME --app ${app}`)];
  }
  const rows = domains.map(({ domain, builtIn }) => [domain, builtIn ? "given by Hop3" : "added"]);
  return [table(["domain", "origin"], rows)];
}
