import { Grant } from "@hop3/core";
import { z } from "zod";
import type { Database } from "./database.ts";

export const Token = z
  .object({
    hash: z.string(),
    name: z.string(),
    user_id: z.int().optional(),
    scopes: z.string().optional(),
    created_at: z.string(),
    expires_at: z.string().optional(),
    used_at: z.string().optional(),
  })
  .transform((row) => ({
    /** What it is called where it is listed and revoked: enough of the hash to be the only one. */
    id: row.hash.slice(0, idLength),
    hash: row.hash,
    name: row.name,
    /** undefined: of the machine itself, such as the one in HOP3_HOME/token. */
    userId: row.user_id,
    /** undefined: everything that its user may. */
    scopes: row.scopes === undefined ? undefined : z.array(Grant).parse(JSON.parse(row.scopes)),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    usedAt: row.used_at,
  }));
export type Token = z.infer<typeof Token>;

export interface NewToken {
  readonly hash: string;
  readonly name: string;
  readonly userId?: number | undefined;
  readonly scopes?: readonly Grant[] | undefined;
  readonly at: string;
  readonly expiresAt?: string | undefined;
}

/** API tokens, by SHA-256 (hexadecimal): the tokens themselves are nowhere. */
export interface TokenStore {
  all(): readonly Token[];
  find(hash: string): Token | undefined;
  findById(id: string): Token | undefined;
  add(token: NewToken): Token;
  remove(hash: string): void;
  used(hash: string, at: string): void;
}

const idLength = 12;
const columns = "hash, name, user_id, scopes, created_at, expires_at, used_at";

export function makeTokenStore(db: Database): TokenStore {
  const find: TokenStore["find"] = (hash) =>
    db.get(Token, `SELECT ${columns} FROM tokens WHERE hash = ?`, hash);
  return {
    all: () => db.all(Token, `SELECT ${columns} FROM tokens ORDER BY created_at, hash`),
    find,
    findById: (id) => {
      const sql = `SELECT ${columns} FROM tokens WHERE substr(hash, 1, ${idLength}) = ?`;
      return db.get(Token, sql, id);
    },
    add({ hash, name, userId, scopes, at, expiresAt }) {
      db.run(
        `INSERT INTO tokens (hash, name, user_id, scopes, created_at, expires_at)
         VALUES (?, ?, ?, ?, ?, ?)`,
        hash,
        name,
        userId ?? null,
        scopes === undefined ? null : JSON.stringify(scopes),
        at,
        expiresAt ?? null,
      );
      const token = find(hash);
      if (token === undefined) throw new Error(`token ${name} was not stored`);
      return token;
    },
    remove: (hash) => void db.run("DELETE FROM tokens WHERE hash = ?", hash),
    used: (hash, at) => void db.run("UPDATE tokens SET used_at = ? WHERE hash = ?", at, hash),
  };
}
