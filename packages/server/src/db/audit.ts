import { AuditEntry, withoutGaps } from "@hop3/core";
import type { Database } from "./database.ts";

const columns = "id, at, actor, via, address, action, app, target, outcome, before, after";

export interface AuditFilter {
  readonly app?: string | undefined;
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  /** ISO time; entries before it are left out. */
  readonly since?: string | undefined;
  /** Only entries older than this one. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Who did what. The database itself refuses to change or remove an entry. */
export interface AuditStore {
  add(entry: Omit<AuditEntry, "id">): void;
  /** Newest first. */
  find(filter: AuditFilter): readonly AuditEntry[];
}

/** Nothing is ever removed: what somebody sends must not fill the disk. */
const longestText = 2_000;

function shorten(text: string | undefined): string | null {
  if (text === undefined || text.length <= longestText) return text ?? null;
  return `${text.slice(0, longestText - 1).toWellFormed()}…`;
}

export function makeAuditStore(db: Database): AuditStore {
  return {
    add({ at, actor, via, address, action, outcome, ...more }) {
      const sql = `INSERT INTO audit (at, actor, via, address, action, app, target, outcome, before, after)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
      const { app, target, before, after } = more;
      const texts = [shorten(app), shorten(target), outcome, shorten(before), shorten(after)];
      db.run(sql, at, actor, via, address, action, ...texts);
    },
    find({ limit, before, since, ...named }) {
      const conditions = Object.entries(withoutGaps(named)).map(
        ([column, value]): [string, string | number] => [`${column} = ?`, value],
      );
      if (before !== undefined) conditions.push(["id < ?", before]);
      if (since !== undefined) conditions.push(["at >= ?", since]);
      const where = conditions.map(([text]) => text).join(" AND ");
      const sql = `SELECT ${columns} FROM audit ${where === "" ? "" : `WHERE ${where}`}
         ORDER BY id DESC LIMIT ?`;
      return db.all(AuditEntry, sql, ...conditions.map(([, value]) => value), limit);
    },
  };
}
