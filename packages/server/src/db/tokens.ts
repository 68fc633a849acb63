import { z } from "zod";
import type { Database } from "./database.ts";

export interface TokenStore {
  /** SHA-256 of each valid token, hexadecimal. */
  hashes(): readonly string[];
  add(hash: string, name: string, at: string): void;
}

export function makeTokenStore(db: Database): TokenStore {
  return {
    hashes: () =>
      db.all(z.object({ hash: z.string() }), "SELECT hash FROM tokens").map((row) => row.hash),
    add: (hash, name, at) => {
      db.run("INSERT INTO tokens (hash, name, created_at) VALUES (?, ?, ?)", hash, name, at);
    },
  };
}
