import {
  formatGrant,
  type Identity,
  type InviteInfo,
  type PasskeyInfo,
  type SessionInfo,
  type TokenInfo,
  type UserInfo,
  type UserRole,
} from "@hop3/core";
import type { Accounts } from "../accounts/accounts.ts";
import type { Principal } from "../accounts/principal.ts";
import type { Invite } from "../db/invites.ts";
import type { Passkey } from "../db/passkeys.ts";
import type { Session } from "../db/sessions.ts";
import type { Token } from "../db/tokens.ts";
import type { User } from "../db/users.ts";

export function showIdentity({ kind, user, token, grants, scopes }: Principal): Identity {
  return {
    kind,
    grants: [...grants],
    ...(user === undefined ? {} : { user }),
    ...(token === undefined ? {} : { token }),
    ...(scopes === undefined ? {} : { scopes: [...scopes] }),
  };
}

export function showUser({ users, passkeys }: Accounts, user: User): UserInfo {
  return {
    name: user.name,
    roles: [...users.roles(user.id)],
    createdAt: user.createdAt,
    password: user.password !== undefined,
    totp: user.totp !== undefined,
    passkeys: passkeys.ofUser(user.id).length,
    ...(user.signedInAt === undefined ? {} : { lastSignInAt: user.signedInAt }),
  };
}

export function showInvite({ kind, name, roles, expiresAt }: Invite): InviteInfo {
  return { kind, roles, expiresAt, ...(name === undefined ? {} : { name }) };
}

export function showToken({ users }: Accounts, token: Token): TokenInfo {
  const { id, name, userId, scopes, createdAt, expiresAt, usedAt } = token;
  const user = userId === undefined ? undefined : users.findById(userId)?.name;
  return {
    id,
    name,
    createdAt,
    ...(user === undefined ? {} : { user }),
    ...(scopes === undefined ? {} : { scopes }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(usedAt === undefined ? {} : { lastUsedAt: usedAt }),
  };
}

export function showSession(session: Session, current: string | undefined): SessionInfo {
  const { id, createdAt, usedAt, expiresAt, address, agent, hash } = session;
  const isCurrent = hash === current;
  return { id, createdAt, lastUsedAt: usedAt, expiresAt, address, agent, current: isCurrent };
}

export function showPasskey({ id, name, createdAt, usedAt }: Passkey): PasskeyInfo {
  return { id, name, createdAt, ...(usedAt === undefined ? {} : { lastUsedAt: usedAt }) };
}

/** `operator, developer:shop`; how the audit log writes roles. */
export function showRoles(roles: readonly UserRole[]): string {
  return roles.map(({ role, ...app }) => formatGrant({ allow: role, ...app })).join(", ");
}
