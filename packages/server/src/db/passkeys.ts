import { z } from "zod";
import type { Database } from "./database.ts";

export const Passkey = z
  .object({
    id: z.string(),
    user_id: z.int(),
    name: z.string(),
    public_key: z.instanceof(Uint8Array),
    counter: z.int(),
    transports: z.string(),
    created_at: z.string(),
    used_at: z.string().optional(),
  })
  .transform((row) => ({
    id: row.id,
    userId: row.user_id,
    name: row.name,
    publicKey: row.public_key,
    /** How often the authenticator says that it was used; a copy of it would fall behind. */
    counter: row.counter,
    transports: z.array(z.string()).parse(JSON.parse(row.transports)),
    createdAt: row.created_at,
    usedAt: row.used_at,
  }));
export type Passkey = z.infer<typeof Passkey>;

const columns = "id, user_id, name, public_key, counter, transports, created_at, used_at";

/** Public halves of passkeys. */
export interface PasskeyStore {
  find(id: string): Passkey | undefined;
  ofUser(userId: number): readonly Passkey[];
  add(passkey: Omit<Passkey, "usedAt">): void;
  used(id: string, use: { readonly counter: number; readonly at: string }): void;
  remove(id: string): void;
}

export function makePasskeyStore(db: Database): PasskeyStore {
  return {
    find: (id) => db.get(Passkey, `SELECT ${columns} FROM passkeys WHERE id = ?`, id),
    ofUser: (userId) => {
      const sql = `SELECT ${columns} FROM passkeys WHERE user_id = ? ORDER BY created_at`;
      return db.all(Passkey, sql, userId);
    },
    add: ({ id, userId, name, publicKey, counter, transports, createdAt }) => {
      const sql = `INSERT INTO passkeys (id, user_id, name, public_key, counter, transports, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)`;
      db.run(sql, id, userId, name, publicKey, counter, JSON.stringify(transports), createdAt);
    },
    used: (id, { counter, at }) => {
      db.run("UPDATE passkeys SET counter = ?, used_at = ? WHERE id = ?", counter, at, id);
    },
    remove: (id) => void db.run("DELETE FROM passkeys WHERE id = ?", id),
  };
}
