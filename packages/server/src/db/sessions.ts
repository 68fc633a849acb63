import { z } from "zod";
import type { Database } from "./database.ts";

export const Session = z
  .object({
    hash: z.string(),
    user_id: z.int(),
    created_at: z.string(),
    used_at: z.string(),
    expires_at: z.string(),
    address: z.string(),
    agent: z.string(),
  })
  .transform((row) => ({
    /** What it is called where it is listed and revoked. */
    id: row.hash.slice(0, 12),
    hash: row.hash,
    userId: row.user_id,
    createdAt: row.created_at,
    usedAt: row.used_at,
    expiresAt: row.expires_at,
    address: row.address,
    agent: row.agent,
  }));
export type Session = z.infer<typeof Session>;

const columns = "hash, user_id, created_at, used_at, expires_at, address, agent";

/** Signed-in browsers, by the SHA-256 of their cookie. */
export interface SessionStore {
  find(hash: string): Session | undefined;
  ofUser(userId: number): readonly Session[];
  add(session: Omit<Session, "id">): void;
  used(hash: string, times: { readonly at: string; readonly expiresAt: string }): void;
  remove(hash: string): void;
  removeOthers(userId: number, keep: string | undefined): void;
  removeExpired(now: string): void;
}

export function makeSessionStore(db: Database): SessionStore {
  return {
    find: (hash) => db.get(Session, `SELECT ${columns} FROM sessions WHERE hash = ?`, hash),
    ofUser: (userId) => {
      const sql = `SELECT ${columns} FROM sessions WHERE user_id = ? ORDER BY used_at DESC`;
      return db.all(Session, sql, userId);
    },
    add: ({ hash, userId, createdAt, usedAt, expiresAt, address, agent }) => {
      const sql = `INSERT INTO sessions (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?)`;
      db.run(sql, hash, userId, createdAt, usedAt, expiresAt, address, agent);
    },
    used: (hash, { at, expiresAt }) => {
      db.run("UPDATE sessions SET used_at = ?, expires_at = ? WHERE hash = ?", at, expiresAt, hash);
    },
    remove: (hash) => void db.run("DELETE FROM sessions WHERE hash = ?", hash),
    removeOthers: (userId, keep) => {
      db.run("DELETE FROM sessions WHERE user_id = ? AND hash <> ?", userId, keep ?? "");
    },
    removeExpired: (now) => void db.run("DELETE FROM sessions WHERE expires_at <= ?", now),
  };
}
