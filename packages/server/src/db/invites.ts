import { InviteInfo, UserName, UserRole } from "@hop3/core";
import { z } from "zod";
import type { Database } from "./database.ts";

export const Invite = z
  .object({
    hash: z.string(),
    kind: InviteInfo.shape.kind,
    name: UserName.optional(),
    roles: z.string(),
    expires_at: z.string(),
  })
  .transform((row) => ({
    hash: row.hash,
    kind: row.kind,
    /** undefined: whoever follows the link chooses. */
    name: row.name,
    roles: z.array(UserRole).parse(JSON.parse(row.roles)),
    expiresAt: row.expires_at,
  }));
export type Invite = z.infer<typeof Invite>;

/** Links that work once, by the SHA-256 of their secret. */
export interface InviteStore {
  find(hash: string): Invite | undefined;
  /** Those that have not expired, by name. */
  open(kind: Invite["kind"], now: string): readonly Invite[];
  add(invite: Invite, at: string): void;
  remove(hash: string): void;
  /** Of a kind, or of a name; the expired ones go too. */
  removeWhere(which: { kind?: Invite["kind"]; name?: string; now: string }): void;
}

const select = "SELECT hash, kind, name, roles, expires_at FROM invites";

export function makeInviteStore(db: Database): InviteStore {
  return {
    find: (hash) => db.get(Invite, `${select} WHERE hash = ?`, hash),
    open: (kind, now) =>
      db.all(Invite, `${select} WHERE kind = ? AND expires_at > ? ORDER BY name`, kind, now),
    add({ hash, kind, name, roles, expiresAt }, at) {
      const sql = `INSERT INTO invites (hash, kind, name, roles, created_at, expires_at)
         VALUES (?, ?, ?, ?, ?, ?)`;
      db.run(sql, hash, kind, name ?? null, JSON.stringify(roles), at, expiresAt);
    },
    remove: (hash) => void db.run("DELETE FROM invites WHERE hash = ?", hash),
    removeWhere: ({ kind, name, now }) => {
      const sql = "DELETE FROM invites WHERE kind = ? OR name = ? OR expires_at <= ?";
      db.run(sql, kind ?? null, name ?? null, now);
    },
  };
}
