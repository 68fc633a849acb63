import { createRoute, z } from "@hono/zod-openapi";
import {
  AcceptRequest,
  Identity,
  InviteInfo,
  PasskeyOptions,
  PasskeyResponse,
  SignInRequest,
  TokenCreated,
  TokenRequest,
  UserInfo,
} from "@hop3/core";
import type { Context } from "hono";
import { sessionIdleMs } from "../../accounts/sign-in.ts";
import type { User } from "../../db/users.ts";
import { changes, open, principalOf, reads, record } from "../access.ts";
import { showIdentity, showInvite, showToken, showUser } from "../account-views.ts";
import { json, jsonBody, makeRoutes, problems } from "../openapi.ts";
import type { Service } from "../service.ts";
import { clearSessionCookie, readSessionCookie, setSessionCookie } from "../session-cookie.ts";
import { refuseForeignOrigin, siteOf } from "../site.ts";

const signIn = createRoute({
  ...open(),
  method: "post",
  path: "/sign-in",
  description: "Signs a browser in: the answer sets the cookie of a new session.",
  request: { body: jsonBody(SignInRequest) },
  responses: { 200: json(Identity, "Signed in"), ...problems },
});
const signInToken = createRoute({
  ...open(),
  method: "post",
  path: "/sign-in/token",
  description: "Signs a program in: the answer has a token that may all that its user may.",
  request: { body: jsonBody(SignInRequest.extend({ token: TokenRequest.omit({ scopes: true }) })) },
  responses: { 200: json(TokenCreated, "The only time that the token is told"), ...problems },
});
const lookAtInvite = createRoute({
  ...open(),
  method: "post",
  path: "/sign-in/invite",
  description: "What a one-time link is for; it goes on working.",
  request: { body: jsonBody(z.strictObject({ secret: z.string().max(256) })) },
  responses: { 200: json(InviteInfo, "It works"), ...problems },
});
const acceptInvite = createRoute({
  ...open(),
  method: "post",
  path: "/sign-in/accept",
  description: "Uses a one-time link up: makes the account, or sets its new password.",
  request: { body: jsonBody(AcceptRequest) },
  responses: { 200: json(UserInfo, "The account; sign in next"), ...problems },
});
const passkeyOptions = createRoute({
  ...open(),
  method: "post",
  path: "/sign-in/passkey/options",
  responses: { 200: json(PasskeyOptions, "For navigator.credentials.get"), ...problems },
});
const signInPasskey = createRoute({
  ...open(),
  method: "post",
  path: "/sign-in/passkey",
  request: { body: jsonBody(PasskeyResponse) },
  responses: { 200: json(Identity, "Signed in"), ...problems },
});
const signOut = createRoute({
  ...changes("anyone", "session.end"),
  method: "post",
  path: "/sign-out",
  description: "Ends the session or revokes the token that this request came with.",
  responses: { 204: { description: "It is gone" }, ...problems },
});
const getIdentity = createRoute({
  ...reads("anyone"),
  method: "get",
  path: "/identity",
  responses: { 200: json(Identity, "Who asks, and what they may"), ...problems },
});

export function signInRoutes({ accounts, platform }: Service) {
  const routes = makeRoutes();
  const clientOf = (c: Context) => ({
    address: c.get("access").address,
    agent: c.req.header("user-agent") ?? "",
  });
  const startSession = (c: Context, user: User): Identity => {
    const earlier = readSessionCookie(c);
    const secret = accounts.signIn.start(user, { ...clientOf(c), earlier });
    setSessionCookie(c, secret, sessionIdleMs / 1000);
    record(c, { action: "session.start", actor: user.name, outcome: "done" });
    return showIdentity(accounts.ofUser(user, "session"));
  };
  routes
    .openapi(signIn, async (c) => {
      refuseForeignOrigin(c);
      return c.json(
        startSession(c, await accounts.signIn.check(c.req.valid("json"), clientOf(c))),
        200,
      );
    })
    .openapi(signInToken, async (c) => {
      const { token: wanted, ...request } = c.req.valid("json");
      const user = await accounts.signIn.check(request, clientOf(c));
      const expiresAt = daysFrom(platform.now(), wanted.days);
      const { secret, token } = accounts.addToken({ ...wanted, userId: user.id, expiresAt });
      accounts.users.signedIn(user.id, platform.now().toISOString());
      const entry = { action: "token.create", actor: user.name, target: token.name } as const;
      record(c, { ...entry, outcome: "done" });
      return c.json({ ...showToken(accounts, token), token: secret }, 200);
    })
    .openapi(signOut, (c) => {
      const { kind, credential = "" } = principalOf(c);
      if (kind === "session") {
        accounts.sessions.remove(credential);
        clearSessionCookie(c);
      }
      if (kind === "token") accounts.tokens.remove(credential);
      return c.body(null, 204);
    })
    .openapi(getIdentity, (c) => c.json(showIdentity(principalOf(c)), 200))
    .openapi(passkeyOptions, async (c) => {
      return c.json(await accounts.passkeySignIn.signInOptions(siteOf(c)), 200);
    })
    .openapi(signInPasskey, async (c) => {
      refuseForeignOrigin(c);
      accounts.limit.begin(undefined, clientOf(c));
      const user = await accounts.passkeySignIn.signIn(siteOf(c), c.req.valid("json"));
      return c.json(startSession(c, user), 200);
    });
  return addInviteRoutes(routes, accounts);
}

function addInviteRoutes(routes: ReturnType<typeof makeRoutes>, accounts: Service["accounts"]) {
  return routes
    .openapi(lookAtInvite, (c) => {
      return c.json(showInvite(accounts.invites.look(c.req.valid("json").secret)), 200);
    })
    .openapi(acceptInvite, async (c) => {
      const user = await accounts.invites.accept(c.req.valid("json"));
      record(c, { action: "invite.accept", actor: user.name, target: user.name, outcome: "done" });
      return c.json(showUser(accounts, user), 200);
    });
}

/** The end of something that lasts so many days; undefined: it has none. */
export function daysFrom(now: Date, days: number | undefined): string | undefined {
  return days === undefined ? undefined : new Date(now.getTime() + days * 86_400_000).toISOString();
}
