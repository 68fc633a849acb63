import { z } from "zod";
import type { Database } from "./database.ts";

export interface DeployKey {
  readonly appId: number;
  /** One line, as forges take it. */
  readonly publicKey: string;
  /** Sealed. */
  readonly privateKey: Uint8Array;
  readonly createdAt: string;
}

const DeployKeyRow = z
  .object({
    app_id: z.int(),
    public_key: z.string(),
    private_key: z.instanceof(Uint8Array),
    created_at: z.string(),
  })
  .transform(
    (row): DeployKey => ({
      appId: row.app_id,
      publicKey: row.public_key,
      privateKey: row.private_key,
      createdAt: row.created_at,
    }),
  );

/** Keys by which Apps fetch their repositories over SSH: one for each App that does. */
export interface DeployKeyStore {
  find(appId: number): DeployKey | undefined;
  /** Takes the place of the one that there is. */
  set(key: DeployKey): void;
}

export function makeDeployKeyStore(db: Database): DeployKeyStore {
  return {
    find: (appId) => db.get(DeployKeyRow, "SELECT * FROM deploy_keys WHERE app_id = ?", appId),
    set({ appId, publicKey, privateKey, createdAt }) {
      const sql = `INSERT OR REPLACE INTO deploy_keys (app_id, public_key, private_key, created_at)
        VALUES (?, ?, ?, ?)`;
      db.run(sql, appId, publicKey, privateKey, createdAt);
    },
  };
}
