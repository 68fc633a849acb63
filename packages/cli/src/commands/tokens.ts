import type { TokenInfo } from "@hop3/core";
import { formatGrant, type Grant, parseGrant, permissions, roles } from "@hop3/core/api";
import { nearest } from "@hop3/core/base";
import { line, table } from "../blocks.ts";
import { at } from "../client.ts";
import type { Answer } from "../command.ts";
import type { Context } from "../context.ts";
import { usageError } from "../errors.ts";
import { type Input, parseWhole } from "../input.ts";
import { formatAge } from "../text.ts";

export async function tokensList(_input: Input, context: Context): Promise<Answer> {
  const found = await context.client.json({ path: at`/tokens`, signal: context.signal }, "Tokens");
  if (found.tokens.length === 0) {
    return { json: found, blocks: [line("No tokens. Make one: hop3 tokens create NAME")] };
  }
  const rows = found.tokens.map((token) => [
    token.id,
    { text: token.name, tone: "bold" } as const,
    token.user ?? "the machine",
    scopesText(token),
    token.expiresAt?.slice(0, 10) ?? "never",
    token.lastUsedAt === undefined ? "never" : formatAge(token.lastUsedAt, context.now()),
  ]);
  const head = ["id", "name", "of", "may", "expires", "used"];
  return { json: found, blocks: [table(head, rows)] };
}

function scopesText({ scopes }: TokenInfo): string {
  return scopes === undefined ? "all that its user may" : scopes.map(formatGrant).join(", ");
}

/** Prints the token alone, so that it can be taken up by a script; everything else goes beside it. */
export async function tokensCreate(input: Input, context: Context): Promise<Answer> {
  const [name = "", ...texts] = input.args;
  const scopes = texts.map(readScope);
  const given = input.text("days");
  const days = given === undefined ? undefined : parseWhole(given, "--days", 1);
  const body = {
    name,
    ...(scopes.length === 0 ? {} : { scopes }),
    ...(days === undefined ? {} : { days }),
  };
  const request = { method: "POST", path: at`/tokens`, body, signal: context.signal } as const;
  const made = await context.client.json(request, "TokenCreated");
  const until =
    made.expiresAt === undefined
      ? "It does not expire."
      : `It expires ${made.expiresAt.slice(0, 10)}.`;
  const said = `${made.name} may: ${scopesText(made)}. ${until} It is shown this once.`;
  context.output.notice(line({ text: said, tone: "dim" }));
  return { json: made, blocks: [], raw: `${made.token}\n` };
}

function readScope(text: string): Grant {
  const scope = parseGrant(text);
  if (scope !== undefined) return scope;
  const [near] = nearest(text.split(":", 1)[0] ?? "", [...roles, ...Object.keys(permissions)]);
  const meant = near === undefined ? "" : `Did you mean ${near}? `;
  throw usageError({
    message: `'${text}' is not a scope`,
    hint: `${meant}Write a role or a permission, with :APP for one app: viewer, developer:shop, app.deploy:shop`,
  });
}

export async function tokensRevoke(input: Input, context: Context): Promise<Answer> {
  const id = input.args[0] ?? "";
  await context.client.none({ method: "DELETE", path: at`/tokens/${id}`, signal: context.signal });
  return { json: { revoked: id }, blocks: [line(`The token ${id} works no more.`)] };
}
