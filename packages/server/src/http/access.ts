import type { Permission } from "@hop3/core";
import type { Context, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import type { Accounts } from "../accounts/accounts.ts";
import type { AddressOf } from "../accounts/client-address.ts";
import { accountClosed, notSignedIn } from "../accounts/errors.ts";
import {
  actorOf,
  machine,
  may,
  type Principal,
  requirePermission,
  viaOf,
} from "../accounts/principal.ts";
import type { Events } from "../observe/events.ts";
import { routeUndeclared } from "./errors.ts";
import { limitJson, limitStrangers } from "./limit-body.ts";
import { nodeRequest } from "./node-request.ts";
import { readSessionCookie } from "./session-cookie.ts";
import { requireOwnOrigin } from "./site.ts";

/** What the request is allowed by, for the routes and for what is written down about it. */
interface Access {
  readonly principal: Principal | undefined;
  readonly accounts: Accounts;
  /** Where browsers see the server, where that is not what the request says: `[server] url`. */
  readonly publicUrl: string | undefined;
  /** Where the request comes from, as far as the connection tells. */
  readonly address: string;
  readonly appOfDeployment: (id: number) => string | undefined;
  readonly now: () => Date;
  readonly events: Events;
  /** Whoever asks by what they sent, as it stands now: for answers that go on. */
  recognise(): Principal | undefined;
  change: ChangeDetails;
}

/** What a changing route adds to its entry in the audit log. Values of secrets never: names only. */
export interface ChangeDetails {
  readonly app?: string | undefined;
  readonly target?: string | undefined;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

declare module "hono" {
  interface ContextVariableMap {
    readonly access: Access;
  }
}

export interface AccessParts
  extends Pick<Access, "accounts" | "appOfDeployment" | "now" | "publicUrl" | "events"> {
  /** The transport is proof enough: a socket of mode 0600. */
  readonly isLocal: boolean;
  readonly addressOf: AddressOf;
}

const guards = new WeakSet<object>();

/**
 * Recognises whoever asks, and lets no request pass to a handler that has not declared what it needs: every handler
 * stands behind `reads`, `changes`, `open` or `guard`.
 */
export function authenticate({ isLocal, addressOf, ...parts }: AccessParts): MiddlewareHandler {
  return async function establish(c, next) {
    const address = isLocal ? "local" : addressFrom(c, addressOf);
    const recognise = (): Principal | undefined => recognisePrincipal(c, isLocal);
    c.set("access", { ...parts, principal: undefined, address, change: {}, recognise });
    const principal = recognise();
    c.set("access", { ...c.get("access"), principal });
    const matched = matchedRoutes(c);
    const handlers = matched.slice(matched.findIndex(({ handler }) => handler === establish) + 1);
    const isDeclared = handlers.some(({ handler }) => guards.has(handler));
    // Strangers do not learn which routes there are.
    if (!isDeclared && principal === undefined) throw notSignedIn({ reason: "it brings none" });
    if (!isDeclared && handlers.length > 0) {
      throw routeUndeclared({ method: c.req.method, path: c.req.path });
    }
    await next();
  };
}

function addressFrom(c: Context, addressOf: AddressOf): string {
  const incoming = nodeRequest(c);
  return incoming === undefined ? "unknown" : addressOf(incoming);
}

function recognisePrincipal(c: Context, isLocal: boolean): Principal | undefined {
  const { accounts, address } = c.get("access");
  const header = c.req.header("authorization");
  if (header !== undefined) {
    const principal = byHeader(header, accounts);
    if (principal !== undefined) return principal;
    if (/^Bearer\b/i.test(header)) {
      accounts.limit.wrongToken(address);
      throw notSignedIn({ reason: "this one is not known" });
    }
  }
  if (isLocal) return machine;
  const cookie = readSessionCookie(c);
  const principal = cookie === undefined ? undefined : accounts.bySession(cookie);
  if (principal !== undefined) requireOwnOrigin(c);
  return principal;
}

function byHeader(header: string, accounts: Accounts): Principal | undefined {
  const secret = /^Bearer (\S+)$/i.exec(header)?.[1];
  return secret === undefined ? undefined : accounts.byToken(secret);
}

/** Whoever asks. A route without a principal is one that is declared `open`, and does not call this. */
export function principalOf(c: Context): Principal {
  const { principal } = c.get("access");
  if (principal === undefined) throw notSignedIn({ reason: "it brings none" });
  return principal;
}

/** For what only the handler knows, such as the app that a body names. */
export function allow(c: Context, permission: Permission, app?: string | undefined): void {
  requirePermission(principalOf(c), permission, app);
}

/** Adds to the entry that the audit log gets about this request. */
export function describeChange(c: Context, details: ChangeDetails): void {
  const access = c.get("access");
  access.change = { ...access.change, ...details };
}

/** Where the name of the app stands that the permission is about. */
type AppFrom = "path" | "query" | "deployment";

/** `open` is for strangers, `anyone` for whoever is signed in, `account` for users about themselves. */
type Need = Permission | "open" | "anyone" | "account";

interface Rule {
  readonly permission: Need;
  readonly app?: AppFrom;
  /** What the audit log calls it; routes that change nothing have none. */
  readonly action?: string;
}

/** Declares what a route needs that changes nothing. Spread it into `createRoute`. */
export function reads(permission: Exclude<Need, "open">, app: AppFrom = "path") {
  return declare({ permission, app });
}

/** Declares what a route needs, and how the audit log calls what it does. */
export function changes(permission: Exclude<Need, "open">, action: string, app: AppFrom = "path") {
  return declare({ permission, action, app });
}

/** Declares a route that strangers may use: it checks for itself. What they send is small. */
export function open() {
  const rule = { permission: "open" } as const;
  return { "x-permission": rule.permission, middleware: [guard(rule), ...limitStrangers] };
}

function declare(rule: Rule) {
  return { "x-permission": rule.permission, middleware: [guard(rule), ...limitJson] };
}

/** The check itself, for routes that the description of the API does not have. */
export function guard(rule: Rule): MiddlewareHandler {
  const check: MiddlewareHandler = async (c, next) => {
    const app = appOf(c, rule.app);
    try {
      requireNeed(c, rule, app);
    } catch (error) {
      record(c, { ...rule, app, outcome: "refused" });
      throw error;
    }
    await next();
    record(c, { ...rule, app, outcome: outcomeOf(c.res.status) });
  };
  guards.add(check);
  return check;
}

function requireNeed(c: Context, { permission: need, app: from }: Rule, app?: string): void {
  if (need === "open") return;
  const principal = principalOf(c);
  if (need === "anyone") return;
  // A token that was made narrow must not make itself a wide one.
  const isNarrow = principal.scopes !== undefined;
  if (need === "account") {
    if (isNarrow) throw accountClosed({ token: principal.token ?? "" });
    return;
  }
  // Numbers of deployments are easy to guess: the refusal must not tell whose it is.
  const isHidden = from === "deployment" && !may(principal, need, app);
  requirePermission(principal, need, isHidden ? undefined : app);
}

function appOf(c: Context, from: AppFrom | undefined): string | undefined {
  if (from === "query") return c.req.query("app");
  if (from !== "deployment") return c.req.param("app");
  return c.get("access").appOfDeployment(Number(c.req.param("id")));
}

function outcomeOf(status: number): "done" | "refused" | "failed" {
  if (status === 401 || status === 403) return "refused";
  return status < 400 ? "done" : "failed";
}

interface Recorded extends ChangeDetails {
  readonly action?: string;
  readonly outcome: "done" | "refused" | "failed";
  /** Who it is where nobody is signed in: the account that somebody tries to sign in to. */
  readonly actor?: string;
}

/** Writes an entry of the audit log. Routes that declare an action get theirs without calling this. */
export function record(c: Context, { action, actor, ...more }: Recorded): void {
  const { principal, accounts, address, change, now, events } = c.get("access");
  const who = principal === undefined ? actor : actorOf(principal);
  // Whoever is nobody leaves no trace: a stranger must not be able to fill the disk.
  if (who === undefined || action === undefined) return;
  const { app, target, before, after, outcome } = { ...more, ...change };
  accounts.audit.add({
    at: now().toISOString(),
    actor: who,
    via: principal === undefined ? "none" : viaOf(principal),
    address,
    action,
    app,
    target,
    outcome,
    before,
    after,
  });
  if (outcome === "done") announce(events, action, app);
}

/** What tells of itself while it happens, in more detail. */
const toldElsewhere: readonly string[] = ["app.destroy", "deployment.create", "deployment.cancel"];

/** Whoever shows what was changed reads it again: `domain.add` becomes the event `domain.changed`. */
function announce(events: Events, action: string, app: string | undefined): void {
  if (toldElsewhere.includes(action)) return;
  const kind = `${action.replace(/s?\..*/, "")}.changed`;
  events.emit(app === undefined ? { topic: "server", kind } : { topic: "app", kind, app });
}

/** Those of a list that whoever asks may see. */
export function visible<T extends { readonly name: string }>(
  c: Context,
  permission: Permission,
  apps: readonly T[],
): readonly T[] {
  const principal = principalOf(c);
  return apps.filter(({ name }) => may(principal, permission, name));
}
