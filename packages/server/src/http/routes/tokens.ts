import { createRoute, z } from "@hono/zod-openapi";
import { formatGrant, TokenCreated, TokenInfo, TokenRequest } from "@hop3/core";
import type { Context } from "hono";
import { tokenNotFound } from "../../accounts/errors.ts";
import { may } from "../../accounts/principal.ts";
import type { Token } from "../../db/tokens.ts";
import { changes, describeChange, principalOf, reads } from "../access.ts";
import { showToken } from "../account-views.ts";
import { json, jsonBody, makeRoutes, problems } from "../openapi.ts";
import type { Service } from "../service.ts";
import { daysFrom } from "./sign-in.ts";

const listTokens = createRoute({
  ...reads("account"),
  method: "get",
  path: "/tokens",
  description: "Those of the user who asks; for whoever manages users, those of all.",
  responses: { 200: json(z.object({ tokens: z.array(TokenInfo) }), "Oldest first"), ...problems },
});
const createToken = createRoute({
  ...changes("account", "token.create"),
  method: "post",
  path: "/tokens",
  request: { body: jsonBody(TokenRequest) },
  responses: { 200: json(TokenCreated, "The only time that the token is told"), ...problems },
});
const revokeToken = createRoute({
  ...changes("account", "token.revoke"),
  method: "delete",
  path: "/tokens/{id}",
  request: { params: z.object({ id: z.string() }) },
  responses: { 204: { description: "It opens nothing any more" }, ...problems },
});

export function tokenRoutes({ accounts, platform }: Service) {
  const isTheirs = (c: Context, token: Token): boolean => {
    const principal = principalOf(c);
    return token.userId === principal.userId || may(principal, "users.manage");
  };
  return makeRoutes()
    .openapi(listTokens, (c) => {
      const found = accounts.tokens.all().filter((token) => isTheirs(c, token));
      return c.json({ tokens: found.map((token) => showToken(accounts, token)) }, 200);
    })
    .openapi(createToken, (c) => {
      const { name, scopes, days } = c.req.valid("json");
      const { userId } = principalOf(c);
      const expiresAt = daysFrom(platform.now(), days);
      const { secret, token } = accounts.addToken({ name, userId, scopes, expiresAt });
      describeChange(c, { target: name, after: scopes?.map(formatGrant).join(", ") });
      return c.json({ ...showToken(accounts, token), token: secret }, 200);
    })
    .openapi(revokeToken, (c) => {
      const { id } = c.req.valid("param");
      const token = accounts.tokens.findById(id);
      if (token === undefined || !isTheirs(c, token)) throw tokenNotFound({ id });
      accounts.tokens.remove(token.hash);
      describeChange(c, { target: token.name });
      return c.body(null, 204);
    });
}
