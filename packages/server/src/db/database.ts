import { closeSync, existsSync, openSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { defineError, ExitCode, Hop3Error } from "@hop3/core";
import type { z } from "zod";
import type { Home } from "../home.ts";
import { migrations } from "./migrations.ts";

export const databaseTooNew = defineError<{ file: string; found: number; known: number }>({
  code: "DATABASE_TOO_NEW",
  exitCode: ExitCode.conflict,
  status: 500,
  message: ({ file, found, known }) =>
    `${file} was written by a newer Hop3 (schema ${found}; this one knows ${known})`,
  hint: () => "Start the newer version again, or restore the copy of the database made before it",
});

export const databaseUnusable = defineError<{ file: string; reason: string }>({
  code: "DATABASE_UNUSABLE",
  exitCode: ExitCode.failure,
  status: 500,
  message: ({ file, reason }) => `${file} cannot be opened: ${reason}`,
  hint: ({ file }) =>
    `Check owner and space (ls -l ${file}; df -h ${file}); if it is damaged, put back a copy or try: sqlite3 ${file} .recover`,
});

export const serverAlreadyRuns = defineError<{ home: string }>({
  code: "SERVER_ALREADY_RUNS",
  exitCode: ExitCode.conflict,
  status: 409,
  message: ({ home }) => `another server already runs on ${home}`,
  hint: ({ home }) =>
    `Use it (hop3 apps), stop it (hop3 server stop --home ${home}), or start this one with another --home`,
});

type Row = Record<string, unknown>;

/** SQLite behind one narrow door. Synchronous: a transaction cannot be interleaved with anything. */
export interface Database {
  /** Rows, each checked by the schema. */
  all<T>(schema: z.ZodType<T>, sql: string, ...values: SQLInputValue[]): readonly T[];
  get<T>(schema: z.ZodType<T>, sql: string, ...values: SQLInputValue[]): T | undefined;
  /** Returns the id of the last inserted row. */
  run(sql: string, ...values: SQLInputValue[]): number;
  /** All or nothing; a nested call joins the outer one. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/**
 * Fails where a home has a key and apps but no database: an empty one in its place would stop every app and forget
 * every Release.
 */
export function requireOwnDatabase(home: Home): void {
  const isThere = existsSync(home.database) && statSync(home.database).size > 0;
  const apps = join(home.dir, "apps");
  if (isThere || !existsSync(home.key) || !existsSync(apps) || readdirSync(apps).length === 0)
    return;
  throw databaseUnusable({
    file: home.database,
    reason: `it is missing or empty, though there are apps in ${apps}`,
  });
}

/** Opens or creates the database, brings its schema up to date. */
export function openDatabase(file: string): Database {
  const sqlite = openFile(file);
  try {
    sqlite.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;",
    );
    requireIntact(sqlite, file);
    migrate(sqlite, file);
  } catch (error) {
    sqlite.close();
    throw asUnusable(file, error);
  }
  return wrap(sqlite);
}

function openFile(file: string): DatabaseSync {
  try {
    // SQLite gives its journals the mode of the database itself.
    closeSync(openSync(file, "a", 0o600));
    return new DatabaseSync(file, { timeout: 5_000 });
  } catch (error) {
    throw asUnusable(file, error);
  }
}

function asUnusable(file: string, error: unknown): unknown {
  const isOwn = error instanceof Hop3Error;
  if (isOwn || !(error instanceof Error) || !("code" in error)) return error;
  return databaseUnusable({ file, reason: error.message }, { cause: error });
}

/** Damage is found at the start, while nothing has been decided from it yet. */
function requireIntact(sqlite: DatabaseSync, file: string): void {
  const found = sqlite.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
  if (found !== "ok") throw databaseUnusable({ file, reason: `it is damaged: ${String(found)}` });
}

function migrate(sqlite: DatabaseSync, file: string): void {
  const row = sqlite.prepare("PRAGMA user_version").get();
  const found = Number(row?.["user_version"] ?? 0);
  if (found > migrations.length) {
    throw databaseTooNew({ file, found, known: migrations.length });
  }
  for (const [index, sql] of migrations.entries()) {
    if (index < found) continue;
    sqlite.exec(`BEGIN IMMEDIATE; ${sql}; PRAGMA user_version = ${index + 1}; COMMIT;`);
  }
}

function wrap(sqlite: DatabaseSync): Database {
  const statements = new Map<string, ReturnType<DatabaseSync["prepare"]>>();
  let depth = 0;
  const prepare = (sql: string): ReturnType<DatabaseSync["prepare"]> => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const made = sqlite.prepare(sql);
    statements.set(sql, made);
    return made;
  };
  return {
    all: (schema, sql, ...values) =>
      prepare(sql)
        .all(...values)
        .map((row) => schema.parse(withoutNulls(row))),
    get(schema, sql, ...values) {
      const row = prepare(sql).get(...values);
      return row === undefined ? undefined : schema.parse(withoutNulls(row));
    },
    run: (sql, ...values) => Number(prepare(sql).run(...values).lastInsertRowid),
    transaction(work) {
      if (depth > 0) return work();
      sqlite.exec("BEGIN IMMEDIATE");
      depth++;
      try {
        const result = work();
        sqlite.exec("COMMIT");
        return result;
      } catch (error) {
        sqlite.exec("ROLLBACK");
        throw error;
      } finally {
        depth--;
      }
    },
    close: () => sqlite.close(),
  };
}

/** SQL's NULL is our `undefined`: schemas say `.optional()`. */
function withoutNulls(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}

export interface ServerLock {
  release(): void;
}

/**
 * One server a home. An exclusive transaction on a file of its own is a kernel lock: it goes with the process,
 * however that ends, and cannot be left behind.
 */
export function lockHome(file: string, home: string): ServerLock {
  const sqlite = openFile(file);
  try {
    sqlite.exec("PRAGMA journal_mode = DELETE; PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE;");
  } catch (error) {
    sqlite.close();
    if (error instanceof Error && /locked|busy/i.test(error.message)) {
      throw serverAlreadyRuns({ home }, { cause: error });
    }
    throw asUnusable(file, error);
  }
  return { release: () => sqlite.close() };
}
