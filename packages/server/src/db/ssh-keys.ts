import { z } from "zod";
import type { Database } from "./database.ts";

export const SshKey = z
  .object({
    fingerprint: z.string(),
    user_id: z.int().optional(),
    name: z.string(),
    type: z.string(),
    blob: z.string(),
    created_at: z.string(),
    used_at: z.string().optional(),
  })
  .transform((row) => ({
    fingerprint: row.fingerprint,
    /** undefined: a key of the machine's own, which may everything. */
    userId: row.user_id,
    name: row.name,
    type: row.type,
    /** The key as an authorized_keys file has it, base64. */
    blob: row.blob,
    createdAt: row.created_at,
    usedAt: row.used_at,
  }));
export type SshKey = z.infer<typeof SshKey>;

const columns = "fingerprint, user_id, name, type, blob, created_at, used_at";

/** Public keys; each belongs to one user, who goes with them. */
export interface SshKeyStore {
  all(): readonly SshKey[];
  find(fingerprint: string): SshKey | undefined;
  add(key: Omit<SshKey, "usedAt">): void;
  remove(fingerprint: string): void;
  used(fingerprint: string, at: string): void;
}

export function makeSshKeyStore(db: Database): SshKeyStore {
  return {
    all: () => db.all(SshKey, `SELECT ${columns} FROM ssh_keys ORDER BY created_at, fingerprint`),
    find: (fingerprint) =>
      db.get(SshKey, `SELECT ${columns} FROM ssh_keys WHERE fingerprint = ?`, fingerprint),
    add({ fingerprint, userId = null, name, type, blob, createdAt }) {
      const sql = `INSERT INTO ssh_keys (fingerprint, user_id, name, type, blob, created_at)
         VALUES (?, ?, ?, ?, ?, ?)`;
      db.run(sql, fingerprint, userId, name, type, blob, createdAt);
    },
    remove: (fingerprint) => void db.run("DELETE FROM ssh_keys WHERE fingerprint = ?", fingerprint),
    used: (fingerprint, at) =>
      void db.run("UPDATE ssh_keys SET used_at = ? WHERE fingerprint = ?", at, fingerprint),
  };
}
