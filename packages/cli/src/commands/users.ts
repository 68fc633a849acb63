import type { Identity, InviteCreated, UserInfo, UserRole } from "@hop3/core";
import { formatGrant, Role } from "@hop3/core/api";
import { askNewPassword } from "../ask-password.ts";
import { type Block, fields, line, table } from "../blocks.ts";
import { at } from "../client.ts";
import type { Answer } from "../command.ts";
import type { Context } from "../context.ts";
import { usageError } from "../errors.ts";
import { type Input, parseWhole } from "../input.ts";
import { formatAge, formatMinute } from "../text.ts";

export async function whoami(_input: Input, context: Context): Promise<Answer> {
  const request = { path: at`/identity`, signal: context.signal };
  const found = await context.client.json(request, "Identity");
  return { json: found, blocks: [identityFields(found)] };
}

function identityFields({ kind, user, token, grants, scopes }: Identity): Block {
  return fields([
    [
      "user",
      user ??
        (kind === "machine" ? "none: the socket on this machine, which may do everything" : "none"),
    ],
    ["token", token],
    ["may", grants.map(formatGrant).join(", ") || "nothing"],
    ["only", scopes?.map(formatGrant).join(", ")],
  ]);
}

export async function usersList(_input: Input, context: Context): Promise<Answer> {
  const found = await context.client.json({ path: at`/users`, signal: context.signal }, "UserList");
  if (found.users.length === 0 && found.invites.length === 0) {
    return {
      json: found,
      blocks: [line("No users yet. Invite one: hop3 users invite NAME --role owner")],
    };
  }
  const rows = found.users.map((user) => [
    { text: user.name, tone: "bold" } as const,
    rolesText(user.roles),
    waysIn(user),
    user.lastSignInAt === undefined ? "never" : formatAge(user.lastSignInAt, context.now()),
  ]);
  const invited = found.invites.map(({ name = "", roles, expiresAt }) => [
    { text: name, tone: "dim" } as const,
    rolesText(roles),
    { text: `invited until ${formatMinute(expiresAt)} UTC`, tone: "dim" } as const,
    "never",
  ]);
  const header = ["user", "roles", "signs in with", "last"];
  return { json: found, blocks: [table(header, [...rows, ...invited])] };
}

function rolesText(roles: readonly UserRole[]): string {
  const texts = roles.map(({ role, ...app }) => formatGrant({ allow: role, ...app }));
  return texts.length === 0 ? "none" : texts.join(", ");
}

function waysIn({ password, totp, passkeys }: UserInfo): string {
  const ways = [
    ...(password ? [totp ? "password and code" : "password"] : []),
    ...(passkeys > 0 ? [passkeys === 1 ? "a passkey" : `${passkeys} passkeys`] : []),
  ];
  return ways.join(" or ");
}

export async function usersAdd(input: Input, context: Context): Promise<Answer> {
  const name = input.args[0] ?? "";
  const roles = readRoles(input);
  const password = await askNewPassword(context, name);
  const body = { name, password, roles };
  const request = { method: "POST", path: at`/users`, body, signal: context.signal } as const;
  const user = await context.client.json(request, "UserInfo");
  return { json: user, blocks: [line(`Added ${name}, with roles: ${rolesText(user.roles)}.`)] };
}

/** `--role viewer --app shop`, or nothing. */
function readRoles(input: Input): UserRole[] {
  const role = input.text("role");
  if (role === undefined) return [];
  const app = input.app();
  return [app === undefined ? { role: parseRole(role) } : { role: parseRole(role), app }];
}

function parseRole(text: string): Role {
  const role = Role.safeParse(text).data;
  if (role !== undefined) return role;
  const hint = "One of: viewer, developer, operator, owner";
  throw usageError({ message: `'${text}' is not a role`, hint });
}

export async function usersInvite(input: Input, context: Context): Promise<Answer> {
  const body = { name: input.args[0] ?? "", roles: readRoles(input), hours: readHours(input) };
  const request = { method: "POST", path: at`/invites`, body, signal: context.signal } as const;
  return linkAnswer(await context.client.json(request, "InviteCreated"));
}

export async function usersReset(input: Input, context: Context): Promise<Answer> {
  const body = { hours: readHours(input), secondFactor: input.flag("second-factor") };
  const path = at`/users/${input.args[0] ?? ""}/reset`;
  const request = { method: "POST", path, body, signal: context.signal } as const;
  return linkAnswer(await context.client.json(request, "InviteCreated"));
}

function readHours(input: Input): number {
  return parseWhole(input.text("hours") ?? "", "--hours", 1);
}

function linkAnswer(invite: InviteCreated): Answer {
  const what = invite.kind === "reset" ? "sets a new password for" : "makes the account of";
  return {
    json: invite,
    blocks: [
      line(invite.url),
      line({
        text: `Works once, until ${formatMinute(invite.expiresAt)} UTC, and ${what} ${invite.name ?? "whoever has it"}.`,
        tone: "dim",
      }),
      line({ text: "In a browser, or with: hop3 login 'LINK'", tone: "dim" }),
    ],
  };
}

export async function usersRemove(input: Input, context: Context): Promise<Answer> {
  const name = input.args[0] ?? "";
  await context.client.none({ method: "DELETE", path: at`/users/${name}`, signal: context.signal });
  const said = `Removed ${name}, with all sessions, tokens and links.`;
  return { json: { removed: name }, blocks: [line(said)] };
}

/** Gives a role, for one app or for all; `none` takes it away. */
export async function usersRole(input: Input, context: Context): Promise<Answer> {
  const [name = "", wanted = ""] = input.args;
  const role = wanted === "none" ? null : parseRole(wanted);
  const body = { role, ...appOf(input) };
  const path = at`/users/${name}/roles`;
  const request = { method: "POST", path, body, signal: context.signal } as const;
  const user = await context.client.json(request, "UserInfo");
  return { json: user, blocks: [line(`${name} has: ${rolesText(user.roles)}.`)] };
}

function appOf(input: Input): { app?: string } {
  const app = input.app();
  return app === undefined ? {} : { app };
}
