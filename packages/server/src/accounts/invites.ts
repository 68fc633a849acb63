import type { UserRole } from "@hop3/core";
import type { Invite, InviteStore } from "../db/invites.ts";
import type { SessionStore } from "../db/sessions.ts";
import type { User, UserStore } from "../db/users.ts";
import { inviteInvalid, inviteNeedsName, userExists } from "./errors.ts";
import { hashPassword } from "./passwords.ts";
import { hashSecret, makeSecret } from "./secrets.ts";

/** Tells a link's secret from a token: a token in a link would open everything. */
export const invitePrefix = "hop3i_";
const firstHours = 24;

interface InviteParts {
  readonly invites: InviteStore;
  readonly users: UserStore;
  readonly sessions: SessionStore;
  now(): Date;
}

export interface NewInvite {
  readonly kind: Invite["kind"];
  readonly name?: string | undefined;
  readonly roles: readonly UserRole[];
  readonly hours: number;
}

/** Links that work once: for the first account, for a new one, for a new password. */
export interface Invites {
  add(invite: NewInvite): { readonly secret: string; readonly invite: Invite };
  /** The link of the first start, where there is nobody yet; an earlier one works no more. */
  first(): string | undefined;
  /** What the link is for; fails where it does not work. */
  look(secret: string): Invite;
  /** Of people who have no account yet. */
  pending(): readonly Invite[];
  /** Links for this name work no more; whether an invitation was among them. */
  withdraw(name: string): boolean;
  /** Makes the account or sets its password, and uses the link up. */
  accept(request: Acceptance): Promise<User>;
}

export interface Acceptance {
  readonly secret: string;
  readonly name?: string | undefined;
  readonly password: string;
}

export function makeInvites({ invites, users, sessions, now }: InviteParts): Invites {
  const add: Invites["add"] = ({ kind, name, roles, hours }) => {
    const secret = makeSecret(invitePrefix);
    const at = now();
    const expiresAt = new Date(at.getTime() + hours * 3600_000).toISOString();
    const invite = { hash: hashSecret(secret), kind, name, roles: [...roles], expiresAt };
    // The newest link of a name is the only one.
    invites.removeWhere({ now: at.toISOString(), ...(name === undefined ? { kind } : { name }) });
    invites.add(invite as Invite, at.toISOString());
    return { secret, invite: invite as Invite };
  };
  const look: Invites["look"] = (secret) => {
    const invite = invites.find(hashSecret(secret));
    if (invite === undefined || Date.parse(invite.expiresAt) <= now().getTime()) {
      throw inviteInvalid({});
    }
    // Somebody else was faster: the first account is there.
    if (invite.kind === "first" && users.all().length > 0) throw inviteInvalid({});
    return invite;
  };
  const replacePassword = (name: string, hash: string): User => {
    const user = users.find(name);
    if (user === undefined) throw inviteInvalid({});
    users.setPassword(user.id, hash);
    // Whoever knew the old one is signed out.
    sessions.removeOthers(user.id, undefined);
    return user;
  };
  return {
    add,
    look,
    pending: () => invites.open("invite", now().toISOString()),
    withdraw(name) {
      const at = now().toISOString();
      const isInvited = invites.open("invite", at).some((invite) => invite.name === name);
      invites.removeWhere({ name, now: at });
      return isInvited;
    },
    first() {
      if (users.all().length > 0) return undefined;
      return add({ kind: "first", roles: [{ role: "owner" }], hours: firstHours }).secret;
    },
    async accept({ secret, name: chosen, password }) {
      const { name = chosen } = look(secret);
      if (name === undefined) throw inviteNeedsName({});
      const hash = await hashPassword(password);
      // Once more: meanwhile somebody may have used it.
      const { hash: link, kind, roles } = look(secret);
      if (kind !== "reset" && users.find(name) !== undefined) throw userExists({ name });
      invites.remove(link);
      if (kind === "reset") return replacePassword(name, hash);
      const user = users.add(name, hash, now().toISOString());
      for (const role of roles) users.setRole(user.id, role);
      return user;
    },
  };
}
