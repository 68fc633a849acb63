import { HookOutcome } from "@hop3/core";
import { z } from "zod";
import type { Database } from "./database.ts";

/** Where one repository of a forge tells of what happens to it. */
export interface Hook {
  readonly id: string;
  readonly appId: number;
  /** What is fetched when the forge tells of a push. */
  readonly repository: string;
  /** Sealed. */
  readonly secret: Uint8Array;
  /** Sealed; what the repository wants to see. */
  readonly credential: Uint8Array | undefined;
  /** `ssh-ed25519 AAAA…`: the only key of the host that is taken, for addresses of SSH. */
  readonly hostKey: string | undefined;
  readonly createdAt: string;
}

const HookRow = z
  .object({
    id: z.string(),
    app_id: z.int(),
    repository: z.string(),
    secret: z.instanceof(Uint8Array),
    credential: z.instanceof(Uint8Array).optional(),
    host_key: z.string().optional(),
    created_at: z.string(),
  })
  .transform(
    (row): Hook => ({
      id: row.id,
      appId: row.app_id,
      repository: row.repository,
      secret: row.secret,
      credential: row.credential,
      hostKey: row.host_key,
      createdAt: row.created_at,
    }),
  );

export const HookDelivery = z
  .object({
    id: z.int(),
    hook_id: z.string(),
    delivery: z.string().optional(),
    event: z.string(),
    at: z.string(),
    outcome: HookOutcome,
    reason: z.string().optional(),
    deployment_id: z.int().optional(),
  })
  .transform((row) => ({
    id: row.id,
    hookId: row.hook_id,
    delivery: row.delivery,
    event: row.event,
    at: row.at,
    outcome: row.outcome,
    reason: row.reason,
    deploymentId: row.deployment_id,
  }));
export type HookDelivery = z.infer<typeof HookDelivery>;

export interface NewDelivery {
  /** What the forge calls it, where it does. */
  readonly delivery: string | undefined;
  /** Of the body: a header that nobody signs cannot make an old body a new one. */
  readonly digest: string;
  readonly event: string;
  readonly at: string;
}

export interface DeliveryEnd {
  readonly outcome: HookOutcome;
  readonly reason?: string | undefined;
  readonly deploymentId?: number | undefined;
}

/** Where forges send what happens to a repository, and what they have sent lately. */
export interface HookStore {
  ofApp(appId: number): readonly Hook[];
  find(appId: number, id: string): Hook | undefined;
  add(hook: Hook): void;
  setHostKey(id: string, hostKey: string): void;
  remove(id: string): void;
  /** True for what has come before and did not fail. */
  isKnown(hookId: string, delivery: Pick<NewDelivery, "delivery" | "digest">): boolean;
  begin(hookId: string, delivery: NewDelivery): number;
  end(id: number, end: DeliveryEnd): void;
  /** Newest first. */
  deliveries(hookId: string, limit: number): readonly HookDelivery[];
  /** What was under way when the server ended: the forge may send it again. */
  failUnfinished(reason: string): void;
}

const hookColumns = "id, app_id, repository, secret, credential, host_key, created_at";
const columns = "id, hook_id, delivery, event, at, outcome, reason, deployment_id";
const kept = 500;

export function makeHookStore(db: Database): HookStore {
  return {
    ofApp: (appId) =>
      db.all(
        HookRow,
        `SELECT ${hookColumns} FROM hooks WHERE app_id = ? ORDER BY created_at, id`,
        appId,
      ),
    find: (appId, id) =>
      db.get(HookRow, `SELECT ${hookColumns} FROM hooks WHERE app_id = ? AND id = ?`, appId, id),
    add({ id, appId, repository, secret, credential = null, hostKey = null, createdAt }) {
      const sql = `INSERT INTO hooks (${hookColumns}) VALUES (?, ?, ?, ?, ?, ?, ?)`;
      db.run(sql, id, appId, repository, secret, credential, hostKey, createdAt);
    },
    setHostKey: (id, hostKey) =>
      void db.run("UPDATE hooks SET host_key = ? WHERE id = ?", hostKey, id),
    remove: (id) => void db.run("DELETE FROM hooks WHERE id = ?", id),
    isKnown(hookId, { delivery = null, digest }) {
      const sql = `SELECT ${columns} FROM hook_deliveries
        WHERE hook_id = ? AND outcome <> 'failed' AND (digest = ? OR delivery = ?) LIMIT 1`;
      return db.get(HookDelivery, sql, hookId, digest, delivery) !== undefined;
    },
    begin: (hookId, { delivery = null, digest, event, at }) =>
      db.transaction(() => {
        const sql = `INSERT INTO hook_deliveries (hook_id, delivery, digest, event, at, outcome)
          VALUES (?, ?, ?, ?, ?, 'accepted')`;
        const id = db.run(sql, hookId, delivery, digest, event, at);
        const surplus = `DELETE FROM hook_deliveries WHERE hook_id = ?1 AND id <=
          (SELECT id FROM hook_deliveries WHERE hook_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ${kept})`;
        db.run(surplus, hookId);
        return id;
      }),
    end(id, { outcome, reason = null, deploymentId = null }) {
      const sql =
        "UPDATE hook_deliveries SET outcome = ?, reason = ?, deployment_id = ? WHERE id = ?";
      db.run(sql, outcome, reason, deploymentId, id);
    },
    deliveries: (hookId, limit) =>
      db.all(
        HookDelivery,
        `SELECT ${columns} FROM hook_deliveries WHERE hook_id = ? ORDER BY id DESC LIMIT ?`,
        hookId,
        limit,
      ),
    failUnfinished(reason) {
      const sql =
        "UPDATE hook_deliveries SET outcome = 'failed', reason = ? WHERE outcome = 'accepted'";
      db.run(sql, reason);
    },
  };
}
