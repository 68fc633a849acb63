import { Hop3Error, isError, type SignInRequest } from "@hop3/core";
import type { AuditStore } from "../db/audit.ts";
import type { SessionStore } from "../db/sessions.ts";
import type { User, UserStore } from "../db/users.ts";
import { networkOf } from "./client-address.ts";
import { secondFactorNeeded, signInBusy, signInFailed, signInLimited } from "./errors.ts";
import type { SignInLimit } from "./limits.ts";
import { verifyPassword } from "./passwords.ts";
import type { SecondFactor } from "./second-factor.ts";
import { hashSecret, makeSecret } from "./secrets.ts";

/** Where somebody signs in from, for limits and for the list of sessions. */
export interface Client {
  readonly address: string;
  readonly agent: string;
}

interface SignInParts {
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly limit: SignInLimit;
  readonly secondFactor: SecondFactor;
  readonly audit: AuditStore;
  now(): Date;
}

export interface SignIn {
  /** The user whose password and, where one is set up, second factor this is. The audit log gets what is refused. */
  check(request: SignInRequest, client: Client): Promise<User>;
  /** A new session; the one that the browser came with, if any, ends. */
  start(user: User, client: Client & { readonly earlier?: string | undefined }): string;
}

interface Attempt {
  readonly request: SignInRequest;
  readonly address: string;
}

/** A session that is not used so long ends. */
export const sessionIdleMs = 14 * 24 * 3600_000;

export function makeSignIn(parts: SignInParts): SignIn {
  const { users, sessions, limit, secondFactor, now } = parts;
  const prove = async (user: User | undefined, { request, address }: Attempt): Promise<User> => {
    const { name, password, code } = request;
    const account = name.toLowerCase();
    const from = {
      address,
      isKnown: user !== undefined && hasSessionAt(sessions, user, address),
    };
    limit.begin(account, from);
    const isRight = await verifyPassword(user?.password, password);
    if (user === undefined || !isRight) throw signInFailed({});
    if (user.totp !== undefined) {
      if (code === undefined) throw secondFactorNeeded({});
      if (!secondFactor.accepts(user, code)) throw signInFailed({});
    }
    limit.succeeded(account, from);
    return user;
  };
  return {
    async check(request, { address }) {
      const user = users.find(request.name.toLowerCase());
      try {
        return await prove(user, { request, address });
      } catch (error) {
        recordRefusal(parts, { user, address, error });
        throw error;
      }
    },
    start(user, { address, agent, earlier }) {
      const at = now();
      sessions.removeExpired(at.toISOString());
      if (earlier !== undefined) sessions.remove(hashSecret(earlier));
      const secret = makeSecret("");
      sessions.add({
        hash: hashSecret(secret),
        userId: user.id,
        createdAt: at.toISOString(),
        usedAt: at.toISOString(),
        expiresAt: new Date(at.getTime() + sessionIdleMs).toISOString(),
        address,
        agent: agent.slice(0, 300),
      });
      users.signedIn(user.id, at.toISOString());
      return secret;
    },
  };
}

function hasSessionAt(sessions: SessionStore, { id }: User, address: string): boolean {
  const network = networkOf(address);
  return sessions.ofUser(id).some((session) => networkOf(session.address) === network);
}

interface Refusal {
  readonly user: User | undefined;
  readonly address: string;
  readonly error: unknown;
}

function recordRefusal({ audit, now }: SignInParts, { user, address, error }: Refusal): void {
  // Too early or too many: strangers must not be able to fill the log.
  if (isError(error, signInLimited) || isError(error, signInBusy)) return;
  audit.add({
    at: now().toISOString(),
    // A name that is nobody's may be a password in the wrong field.
    actor: user?.name ?? "unknown",
    via: "none",
    address,
    action: "session.start",
    target: error instanceof Hop3Error ? error.code : undefined,
    outcome: "refused",
  });
}
