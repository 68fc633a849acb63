import { createRoute, z } from "@hono/zod-openapi";
import {
  InviteCreated,
  InviteRequest,
  RoleChange,
  UserInfo,
  UserList,
  UserName,
  UserRequest,
  type UserRole,
} from "@hop3/core";
import { lastOwner, userExists, userNotFound } from "../../accounts/errors.ts";
import type { NewInvite } from "../../accounts/invites.ts";
import { hashPassword } from "../../accounts/passwords.ts";
import type { User } from "../../db/users.ts";
import { changes, describeChange, reads } from "../access.ts";
import { showInvite, showRoles, showUser } from "../account-views.ts";
import { json, jsonBody, makeRoutes, problems } from "../openapi.ts";
import type { Service } from "../service.ts";

const UserParams = z.object({ name: UserName });

const listUsers = createRoute({
  ...reads("users.read"),
  method: "get",
  path: "/users",
  responses: { 200: json(UserList, "By name"), ...problems },
});
const addUser = createRoute({
  ...changes("users.manage", "user.add"),
  method: "post",
  path: "/users",
  request: { body: jsonBody(UserRequest) },
  responses: { 200: json(UserInfo, "The new user"), ...problems },
});
const removeUser = createRoute({
  ...changes("users.manage", "user.remove"),
  method: "delete",
  path: "/users/{name}",
  description:
    "Ends all sessions and tokens of the user too. Of somebody who has no account yet, withdraws the invitation.",
  request: { params: UserParams },
  responses: { 204: { description: "It is gone" }, ...problems },
});
const changeRole = createRoute({
  ...changes("users.manage", "user.role"),
  method: "post",
  path: "/users/{name}/roles",
  request: { params: UserParams, body: jsonBody(RoleChange) },
  responses: { 200: json(UserInfo, "With the new role"), ...problems },
});
const inviteUser = createRoute({
  ...changes("users.manage", "user.invite"),
  method: "post",
  path: "/invites",
  request: { body: jsonBody(InviteRequest) },
  responses: { 200: json(InviteCreated, "The only time that the link is told"), ...problems },
});
const resetUser = createRoute({
  ...changes("users.manage", "user.reset"),
  method: "post",
  path: "/users/{name}/reset",
  description:
    "A link to set a new password; `secondFactor` takes the authenticator app away at once.",
  request: {
    params: UserParams,
    body: jsonBody(
      z.strictObject({
        hours: InviteRequest.shape.hours,
        secondFactor: z.boolean().default(false),
      }),
    ),
  },
  responses: { 200: json(InviteCreated, "The only time that the link is told"), ...problems },
});

export function userRoutes({ accounts, platform, origin }: Service) {
  const { users, invites, secondFactor } = accounts;
  const requireOtherOwner = (user: User): void => {
    const isOwner = users.roles(user.id).some(isOwnerOfAll);
    if (isOwner && users.owners() === 1) throw lastOwner({ name: user.name });
  };
  const makeLink = (wanted: NewInvite): InviteCreated => {
    const { secret, invite } = invites.add(wanted);
    return { ...showInvite(invite), secret, url: inviteLink(origin, secret) };
  };
  return makeRoutes()
    .openapi(listUsers, (c) => c.json(listAll(accounts), 200))
    .openapi(addUser, async (c) => {
      const { name, password, roles } = c.req.valid("json");
      describeChange(c, { target: name, after: showRoles(roles) });
      requireFree(accounts, name);
      const hash = await hashPassword(password);
      // Once more: meanwhile somebody may have taken it.
      requireFree(accounts, name);
      const user = users.add(name, hash, platform.now().toISOString());
      openAccount(accounts, user, roles);
      return c.json(showUser(accounts, user), 200);
    })
    .openapi(removeUser, (c) => {
      const { name } = c.req.valid("param");
      describeChange(c, { target: name });
      if (users.find(name) === undefined && invites.withdraw(name)) return c.body(null, 204);
      const user = requireUser(accounts, name);
      describeChange(c, { before: showRoles(users.roles(user.id)) });
      requireOtherOwner(user);
      users.remove(user.id);
      invites.withdraw(name);
      return c.body(null, 204);
    })
    .openapi(changeRole, (c) => {
      const user = requireUser(accounts, c.req.valid("param").name);
      const { role, app } = c.req.valid("json");
      const before = showRoles(users.roles(user.id));
      describeChange(c, { target: user.name, app, before });
      if (app === undefined && role !== "owner") requireOtherOwner(user);
      if (role === null) users.removeRole(user.id, app);
      else users.setRole(user.id, app === undefined ? { role } : { role, app });
      describeChange(c, { after: showRoles(users.roles(user.id)) });
      return c.json(showUser(accounts, user), 200);
    })
    .openapi(inviteUser, (c) => {
      const { name, roles, hours } = c.req.valid("json");
      describeChange(c, { target: name, after: showRoles(roles) });
      requireFree(accounts, name);
      return c.json(makeLink({ kind: "invite", name, roles, hours }), 200);
    })
    .openapi(resetUser, (c) => {
      const user = requireUser(accounts, c.req.valid("param").name);
      const { hours, secondFactor: alsoCodes } = c.req.valid("json");
      const after = alsoCodes ? "without second factor" : undefined;
      describeChange(c, { target: user.name, after });
      if (alsoCodes) secondFactor.disable(user);
      return c.json(makeLink({ kind: "reset", name: user.name, roles: [], hours }), 200);
    });
}

function listAll(accounts: Service["accounts"]): UserList {
  const { users, invites } = accounts;
  return {
    users: users.all().map((user) => showUser(accounts, user)),
    invites: invites.pending().map(showInvite),
  };
}

/** The roles of a new account; whoever has a link of its name would make the account another's. */
function openAccount(
  { users, invites }: Service["accounts"],
  { id, name }: User,
  roles: readonly UserRole[],
): void {
  invites.withdraw(name);
  for (const role of roles) users.setRole(id, role);
}

function requireUser({ users }: Service["accounts"], name: string): User {
  const user = users.find(name);
  if (user === undefined) throw userNotFound({ name });
  return user;
}

function requireFree({ users }: Service["accounts"], name: string): void {
  if (users.find(name) !== undefined) throw userExists({ name });
}

/** The secret stands behind `#`: browsers send that to nobody, and no log has it. */
export function inviteLink(origin: string, secret: string): string {
  return `${origin}/welcome#${secret}`;
}

function isOwnerOfAll({ role, app }: UserRole): boolean {
  return role === "owner" && app === undefined;
}
