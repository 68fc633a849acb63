import { createRoute, z } from "@hono/zod-openapi";
import {
  PasskeyInfo,
  PasskeyOptions,
  PasskeyResponse,
  Password,
  RecoveryCodes,
  SessionInfo,
  TotpSetup,
  UserInfo,
} from "@hop3/core";
import type { Context } from "hono";
import {
  accountNeeded,
  passkeyNotFound,
  passwordWrong,
  sessionNotFound,
} from "../../accounts/errors.ts";
import { hashPassword, verifyPassword } from "../../accounts/passwords.ts";
import { actorOf } from "../../accounts/principal.ts";
import type { User } from "../../db/users.ts";
import { changes, describeChange, principalOf, reads } from "../access.ts";
import { showPasskey, showSession, showUser } from "../account-views.ts";
import { json, jsonBody, makeRoutes, problems } from "../openapi.ts";
import type { Service } from "../service.ts";
import { siteOf } from "../site.ts";

const Current = z.strictObject({ password: z.string().max(1024) });
const Ids = z.object({ id: z.string() });

const getAccount = createRoute({
  ...reads("account"),
  method: "get",
  path: "/account",
  responses: { 200: json(UserInfo, "The user who asks"), ...problems },
});
const changePassword = createRoute({
  ...changes("account", "password.change"),
  method: "post",
  path: "/account/password",
  description: "Ends all other sessions of the user.",
  request: { body: jsonBody(Current.extend({ next: Password })) },
  responses: { 204: { description: "It counts from now on" }, ...problems },
});
const listSessions = createRoute({
  ...reads("account"),
  method: "get",
  path: "/account/sessions",
  responses: {
    200: json(z.object({ sessions: z.array(SessionInfo) }), "Newest use first"),
    ...problems,
  },
});
const endSession = createRoute({
  ...changes("account", "session.end"),
  method: "delete",
  path: "/account/sessions/{id}",
  request: { params: Ids },
  responses: { 204: { description: "It is signed out" }, ...problems },
});
const proposeTotp = createRoute({
  ...reads("account"),
  method: "post",
  path: "/account/totp",
  description: "A secret for an authenticator app; it counts once PUT has confirmed it.",
  responses: { 200: json(TotpSetup, "The secret, and as an address for a QR code"), ...problems },
});
const enableTotp = createRoute({
  ...changes("account", "totp.enable"),
  method: "put",
  path: "/account/totp",
  request: {
    body: jsonBody(Current.extend({ secret: z.string().max(256), code: z.string().max(64) })),
  },
  responses: { 200: json(RecoveryCodes, "Each works once instead of a code"), ...problems },
});
const disableTotp = createRoute({
  ...changes("account", "totp.disable"),
  method: "delete",
  path: "/account/totp",
  request: { body: jsonBody(Current) },
  responses: { 204: { description: "The password is enough again" }, ...problems },
});
const listPasskeys = createRoute({
  ...reads("account"),
  method: "get",
  path: "/account/passkeys",
  responses: {
    200: json(z.object({ passkeys: z.array(PasskeyInfo) }), "Oldest first"),
    ...problems,
  },
});
const passkeyOptions = createRoute({
  ...reads("account"),
  method: "post",
  path: "/account/passkeys/options",
  request: { body: jsonBody(Current) },
  responses: { 200: json(PasskeyOptions, "For navigator.credentials.create"), ...problems },
});
const addPasskey = createRoute({
  ...changes("account", "passkey.add"),
  method: "post",
  path: "/account/passkeys",
  request: {
    body: jsonBody(z.strictObject({ name: z.string().min(1).max(100), response: PasskeyResponse })),
  },
  responses: { 200: json(PasskeyInfo, "It opens the account from now on"), ...problems },
});
const removePasskey = createRoute({
  ...changes("account", "passkey.remove"),
  method: "delete",
  path: "/account/passkeys/{id}",
  request: { params: Ids },
  responses: { 204: { description: "It opens nothing any more" }, ...problems },
});

type Accounts = Service["accounts"];
type Routes = ReturnType<typeof makeRoutes>;

export function accountRoutes({ accounts }: Service) {
  const { users, sessions } = accounts;
  const routes = makeRoutes()
    .openapi(getAccount, (c) => c.json(showUser(accounts, userOf(c, accounts)), 200))
    .openapi(changePassword, async (c) => {
      const { password, next } = c.req.valid("json");
      const user = await confirmedUser(c, accounts, password);
      users.setPassword(user.id, await hashPassword(next));
      sessions.removeOthers(user.id, principalOf(c).credential);
      return c.body(null, 204);
    })
    .openapi(listSessions, (c) => {
      const user = userOf(c, accounts);
      const { credential } = principalOf(c);
      const found = sessions.ofUser(user.id).map((session) => showSession(session, credential));
      return c.json({ sessions: found }, 200);
    })
    .openapi(endSession, (c) => {
      const { id } = c.req.valid("param");
      const found = sessions.ofUser(userOf(c, accounts).id).find((session) => session.id === id);
      if (found === undefined) throw sessionNotFound({ id });
      sessions.remove(found.hash);
      describeChange(c, { target: id });
      return c.body(null, 204);
    });
  addTotpRoutes(routes, accounts);
  return addPasskeyRoutes(routes, accounts);
}

function addTotpRoutes(routes: Routes, accounts: Accounts) {
  const { secondFactor } = accounts;
  return routes
    .openapi(proposeTotp, (c) => {
      const issuer = `Hop3 ${siteOf(c).host}`;
      return c.json(secondFactor.propose(userOf(c, accounts), issuer), 200);
    })
    .openapi(enableTotp, async (c) => {
      const { password, secret, code } = c.req.valid("json");
      const user = await confirmedUser(c, accounts, password);
      return c.json({ codes: [...secondFactor.enable(user, { secret, code })] }, 200);
    })
    .openapi(disableTotp, async (c) => {
      const user = await confirmedUser(c, accounts, c.req.valid("json").password);
      secondFactor.disable(user);
      return c.body(null, 204);
    });
}

function addPasskeyRoutes(routes: Routes, accounts: Accounts) {
  const { passkeys, passkeySignIn } = accounts;
  return routes
    .openapi(listPasskeys, (c) => {
      const found = passkeys.ofUser(userOf(c, accounts).id).map(showPasskey);
      return c.json({ passkeys: found }, 200);
    })
    .openapi(passkeyOptions, async (c) => {
      const user = await confirmedUser(c, accounts, c.req.valid("json").password);
      return c.json(await passkeySignIn.registrationOptions(user, siteOf(c)), 200);
    })
    .openapi(addPasskey, async (c) => {
      const user = userOf(c, accounts);
      const made = await passkeySignIn.register(user, siteOf(c), c.req.valid("json"));
      describeChange(c, { target: made.name });
      return c.json(showPasskey(made), 200);
    })
    .openapi(removePasskey, (c) => {
      const { id } = c.req.valid("param");
      const found = passkeys.find(id);
      if (found?.userId !== userOf(c, accounts).id) throw passkeyNotFound({ id });
      passkeys.remove(id);
      describeChange(c, { target: found.name });
      return c.body(null, 204);
    });
}

function userOf(c: Context, { users }: Accounts): User {
  const principal = principalOf(c);
  const user = principal.userId === undefined ? undefined : users.findById(principal.userId);
  if (user === undefined) throw accountNeeded({ actor: actorOf(principal) });
  return user;
}

/** For what a session or token alone must not be enough: whoever found one could keep the account. */
async function confirmedUser(c: Context, accounts: Accounts, password: string): Promise<User> {
  const user = userOf(c, accounts);
  // Whoever has a session or token is no stranger: those must not keep the owner from this either.
  const from = { address: c.get("access").address, isKnown: true };
  accounts.limit.begin(user.name, from);
  if (!(await verifyPassword(user.password, password))) throw passwordWrong({});
  accounts.limit.succeeded(user.name, from);
  return user;
}
