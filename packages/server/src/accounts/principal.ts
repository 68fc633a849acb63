import { allows, type Grant, type Identity, type Permission } from "@hop3/core";
import { notAllowed, scopeMissing } from "./errors.ts";

/** Who asks: the machine itself (the local socket), a user with a session or a key, or a token. */
export interface Principal {
  readonly kind: Identity["kind"];
  /** undefined for the machine and for its own tokens. */
  readonly userId?: number | undefined;
  readonly user?: string | undefined;
  /** Name of the token that was sent. */
  readonly token?: string | undefined;
  /** Hash of the session or token that was sent. */
  readonly credential?: string | undefined;
  readonly grants: readonly Grant[];
  /** What is left of the grants; undefined: all. */
  readonly scopes?: readonly Grant[] | undefined;
}

/** Whoever may open the local socket owns the machine. */
export const machine: Principal = { kind: "machine", grants: [{ allow: "owner" }] };

/** Both what the user may and what the token leaves of it. */
export function may(
  { grants, scopes }: Principal,
  permission: Permission,
  app?: string | undefined,
): boolean {
  if (!allows(grants, permission, app)) return false;
  return scopes === undefined || allows(scopes, permission, app);
}

/** Fails unless it is allowed. The answer is the same whether there is such an app or not. */
export function requirePermission(
  principal: Principal,
  permission: Permission,
  app?: string | undefined,
): void {
  if (may(principal, permission, app)) return;
  const { grants, scopes, token } = principal;
  // The user may; it is the token that was made narrower.
  if (scopes !== undefined && allows(grants, permission, app)) {
    throw scopeMissing({ token: token ?? "", permission, app });
  }
  throw notAllowed({ actor: actorOf(principal), permission, app });
}

/** How the audit log and messages name whoever asks. */
export function actorOf({ kind, user, token }: Principal): string {
  if (user !== undefined) return user;
  return token === undefined ? kind : `token ${token}`;
}

/** How the audit log says by what it recognised them. */
export function viaOf({ kind, token }: Principal): string {
  return token === undefined ? kind : `token ${token}`;
}
