import { type Grant, withoutGaps } from "@hop3/core";
import { type AuditStore, makeAuditStore } from "../db/audit.ts";
import type { Database } from "../db/database.ts";
import { makeInviteStore } from "../db/invites.ts";
import { makePasskeyStore, type PasskeyStore } from "../db/passkeys.ts";
import { makeSessionStore, type SessionStore } from "../db/sessions.ts";
import { makeTokenStore, type NewToken, type Token, type TokenStore } from "../db/tokens.ts";
import { makeUserStore, type User, type UserStore } from "../db/users.ts";
import type { Vault } from "../secrets/vault.ts";
import { type Invites, makeInvites } from "./invites.ts";
import { makeSignInLimit, type SignInLimit } from "./limits.ts";
import { makePasskeys, type Passkeys } from "./passkeys.ts";
import type { Principal } from "./principal.ts";
import { makeSecondFactor, type SecondFactor } from "./second-factor.ts";
import { hashSecret, makeSecret } from "./secrets.ts";
import { makeSignIn, type SignIn, sessionIdleMs } from "./sign-in.ts";

/** Who there is and how they are recognised. */
export interface Accounts {
  readonly users: UserStore;
  readonly tokens: TokenStore;
  readonly sessions: SessionStore;
  readonly passkeys: PasskeyStore;
  readonly audit: AuditStore;
  readonly invites: Invites;
  readonly limit: SignInLimit;
  readonly signIn: SignIn;
  readonly secondFactor: SecondFactor;
  readonly passkeySignIn: Passkeys;
  /** Whose token this is; undefined where it is unknown or has expired. */
  byToken(secret: string): Principal | undefined;
  /** Whose session this cookie is; using it makes it last longer. */
  bySession(secret: string): Principal | undefined;
  /** A user who was recognised otherwise, such as by a key. */
  ofUser(user: User, kind: Principal["kind"]): Principal;
  /** Makes a token; this is the only time that anyone sees it. */
  addToken(token: Omit<NewToken, "hash" | "at">): {
    readonly secret: string;
    readonly token: Token;
  };
}

interface AccountsParts {
  readonly db: Database;
  /** Seals the secrets of authenticator apps. */
  readonly vault: Vault;
  now(): Date;
}

/** A session that is used ends too, at last. */
const sessionMaxMs = 90 * 24 * 3600_000;
/** How exactly it is known when something was last used: each request would be a write. */
const usedEveryMs = 60_000;

export const tokenPrefix = "hop3_";

export function makeAccounts({ db, vault, now }: AccountsParts): Accounts {
  const users = makeUserStore(db);
  const tokens = makeTokenStore(db);
  const sessions = makeSessionStore(db);
  const ofUser: Accounts["ofUser"] = (user, kind) => ({
    kind,
    userId: user.id,
    user: user.name,
    grants: users
      .roles(user.id)
      .map(({ role, app }): Grant => withoutGaps({ allow: role, app }) as Grant),
  });
  const passkeys = makePasskeyStore(db);
  const limit = makeSignInLimit(now);
  const secondFactor = makeSecondFactor({ users, vault, now });
  const audit = makeAuditStore(db);
  return {
    users,
    tokens,
    sessions,
    passkeys,
    audit,
    invites: makeInvites({ invites: makeInviteStore(db), users, sessions, now }),
    limit,
    secondFactor,
    signIn: makeSignIn({ users, sessions, limit, secondFactor, audit, now }),
    passkeySignIn: makePasskeys({ passkeys, users, now }),
    ofUser,
    byToken(secret) {
      const token = tokens.find(hashSecret(secret));
      if (token === undefined || hasPassed(token.expiresAt, now())) return undefined;
      if (isStale(token.usedAt, now())) tokens.used(token.hash, now().toISOString());
      const own = { kind: "token", token: token.name, credential: token.hash } as const;
      if (token.userId === undefined) {
        return { ...own, grants: [{ allow: "owner" }], scopes: token.scopes };
      }
      const user = users.findById(token.userId);
      return user && { ...ofUser(user, "token"), ...own, scopes: token.scopes };
    },
    bySession(secret) {
      const session = sessions.find(hashSecret(secret));
      if (session === undefined || hasPassed(session.expiresAt, now())) return undefined;
      if (isStale(session.usedAt, now())) {
        const last = Date.parse(session.createdAt) + sessionMaxMs;
        const end = new Date(Math.min(now().getTime() + sessionIdleMs, last));
        const times = { at: now().toISOString(), expiresAt: end.toISOString() };
        sessions.used(session.hash, times);
      }
      const user = users.findById(session.userId);
      return user && { ...ofUser(user, "session"), credential: session.hash };
    },
    addToken(token) {
      const secret = makeSecret(tokenPrefix);
      const at = now().toISOString();
      return { secret, token: tokens.add({ ...token, hash: hashSecret(secret), at }) };
    },
  };
}

function isStale(last: string | undefined, now: Date): boolean {
  return last === undefined || now.getTime() - Date.parse(last) > usedEveryMs;
}

function hasPassed(time: string | undefined, now: Date): boolean {
  return time !== undefined && Date.parse(time) <= now.getTime();
}
