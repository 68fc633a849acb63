import { NoticeEvent, NoticeState } from "@hop3/core";
import { z } from "zod";
import type { Database } from "./database.ts";

/** Somebody who is told of Deployments. */
export interface Receiver {
  readonly id: string;
  /** undefined: of all Apps. */
  readonly appId: number | undefined;
  readonly url: string;
  /** Sealed. */
  readonly secret: Uint8Array;
  readonly events: readonly NoticeEvent[];
  readonly createdAt: string;
}

const ReceiverRow = z
  .object({
    id: z.string(),
    app_id: z.int().optional(),
    url: z.string(),
    secret: z.instanceof(Uint8Array),
    events: z.string(),
    created_at: z.string(),
  })
  .transform(
    (row): Receiver => ({
      id: row.id,
      appId: row.app_id,
      url: row.url,
      secret: row.secret,
      events: z.array(NoticeEvent).parse(JSON.parse(row.events)),
      createdAt: row.created_at,
    }),
  );

/** What a receiver was told, or is to be told. */
export const StoredNotice = z
  .object({
    id: z.int(),
    receiver_id: z.string(),
    event: NoticeEvent,
    body: z.string(),
    at: z.string(),
    state: NoticeState,
    attempts: z.int(),
    next_at: z.string().optional(),
    status: z.int().optional(),
    reason: z.string().optional(),
  })
  .transform((row) => ({
    id: row.id,
    receiverId: row.receiver_id,
    event: row.event,
    body: row.body,
    at: row.at,
    state: row.state,
    attempts: row.attempts,
    /** When it is tried next. */
    nextAt: row.next_at,
    status: row.status,
    reason: row.reason,
  }));
export type StoredNotice = z.infer<typeof StoredNotice>;

export type NewNotice = Pick<StoredNotice, "receiverId" | "event" | "body" | "at">;

export interface NoticeAttempt {
  readonly state: NoticeState;
  readonly nextAt?: string | undefined;
  readonly status?: number | undefined;
  readonly reason?: string | undefined;
}

/** Receivers, and a queue for each that cannot grow without end. */
export interface ReceiverStore {
  /** Those of one App, or those of all. */
  of(appId: number | undefined): readonly Receiver[];
  find(id: string): Receiver | undefined;
  add(receiver: Receiver): void;
  remove(id: string): void;
  queue(notice: NewNotice): void;
  /** Those whose time has come, oldest first. */
  due(now: string, limit: number): readonly StoredNotice[];
  nextAt(): string | undefined;
  notices(receiverId: string, limit: number): readonly StoredNotice[];
  notice(receiverId: string, id: number): StoredNotice | undefined;
  tried(id: number, attempt: NoticeAttempt): void;
  again(id: number, at: string): void;
}

const receiverColumns = "id, app_id, url, secret, events, created_at";
const columns = "id, receiver_id, event, body, at, state, attempts, next_at, status, reason";
/** Of each receiver: the oldest go first, told or not. */
const kept = 200;

export function makeReceiverStore(db: Database): ReceiverStore {
  return { ...receiverRows(db), ...noticeRows(db) };
}

function receiverRows(db: Database): Pick<ReceiverStore, "of" | "find" | "add" | "remove"> {
  const select = `SELECT ${receiverColumns} FROM receivers WHERE`;
  return {
    of: (appId = -1) =>
      db.all(ReceiverRow, `${select} coalesce(app_id, -1) = ? ORDER BY created_at, id`, appId),
    find: (id) => db.get(ReceiverRow, `${select} id = ?`, id),
    add({ id, appId = null, url, secret, events, createdAt }) {
      const sql = `INSERT INTO receivers (${receiverColumns}) VALUES (?, ?, ?, ?, ?, ?)`;
      db.run(sql, id, appId ?? null, url, secret, JSON.stringify(events), createdAt);
    },
    remove: (id) => void db.run("DELETE FROM receivers WHERE id = ?", id),
  };
}

function noticeRows(db: Database): Omit<ReceiverStore, "of" | "find" | "add" | "remove"> {
  const select = `SELECT ${columns} FROM notices WHERE`;
  return {
    queue({ receiverId, event, body, at }) {
      db.transaction(() => {
        const sql = `INSERT INTO notices (receiver_id, event, body, at, state, next_at)
          VALUES (?, ?, ?, ?, 'waiting', ?)`;
        db.run(sql, receiverId, event, body, at, at);
        const surplus = `DELETE FROM notices WHERE receiver_id = ?1 AND id <=
          (SELECT id FROM notices WHERE receiver_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ${kept})`;
        db.run(surplus, receiverId);
      });
    },
    due: (now, limit) =>
      db.all(StoredNotice, `${select} next_at <= ? ORDER BY next_at, id LIMIT ?`, now, limit),
    nextAt: () =>
      db.get(z.object({ at: z.string().optional() }), "SELECT min(next_at) AS at FROM notices")?.at,
    notices: (receiverId, limit) =>
      db.all(StoredNotice, `${select} receiver_id = ? ORDER BY id DESC LIMIT ?`, receiverId, limit),
    notice: (receiverId, id) =>
      db.get(StoredNotice, `${select} receiver_id = ? AND id = ?`, receiverId, id),
    tried(id, { state, nextAt = null, status = null, reason = null }) {
      const sql = `UPDATE notices SET attempts = attempts + 1, state = ?, next_at = ?, status = ?, reason = ?
        WHERE id = ?`;
      db.run(sql, state, nextAt, status, reason, id);
    },
    again: (id, at) =>
      void db.run(
        "UPDATE notices SET state = 'waiting', attempts = 0, next_at = ? WHERE id = ?",
        at,
        id,
      ),
  };
}
