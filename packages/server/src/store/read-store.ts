import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { defineError, ExitCode } from "@hop3/core";
import { type GraphRows, makeGraph, type StoreGraph } from "./graph.ts";
import { takeTurns } from "./turns.ts";

export const storeUnreadable = defineError<{ file: string; reason: string }>({
  code: "STORE_UNREADABLE",
  exitCode: ExitCode.failure,
  status: 500,
  message: ({ file, reason }) => `what is in the Nix store cannot be read from ${file}: ${reason}`,
  hint: () =>
    "Look whether the server may read the file, and whether Nix works: nix-store --verify",
});

/** Where Nix keeps what it knows of the store of the machine. */
export const nixStateDir = "/nix/var/nix";

/** Reads all paths and references of one moment, from the database that Nix itself writes; nothing is locked. */
export async function readStore(stateDir: string): Promise<StoreGraph> {
  const file = join(stateDir, "db/db.sqlite");
  try {
    const db = openReadOnly(file);
    try {
      return makeGraph(await readRows(db));
    } finally {
      db.close();
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw storeUnreadable({ file, reason }, { cause: error });
  }
}

/**
 * Reading needs a file beside the database that only its owner can make. Where it is not there, nobody has the
 * database open, and it can be read as if it never changed.
 */
function openReadOnly(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    db.prepare("SELECT 1 FROM ValidPaths LIMIT 1").get();
    return db;
  } catch {
    db.close();
    const address = pathToFileURL(file);
    address.searchParams.set("immutable", "1");
    return new DatabaseSync(address, { readOnly: true });
  }
}

async function readRows(db: DatabaseSync): Promise<GraphRows> {
  // Of one moment: Nix goes on meanwhile.
  db.exec("BEGIN");
  const count = Number(readAll(db, "SELECT COUNT(*) FROM ValidPaths")[0]?.[0]);
  const edges = Number(
    readAll(db, "SELECT COUNT(*) FROM Refs WHERE referrer <> reference")[0]?.[0],
  );
  const turns = takeTurns();
  const paths: string[] = [];
  const derivers: (string | undefined)[] = [];
  const bytes = new Float64Array(count);
  const numbers = new Map<unknown, number>();
  for (const [id, path, size, deriver] of iterate(db, pathsQuery)) {
    numbers.set(id, paths.length);
    bytes[paths.length] = Number(size ?? 0);
    derivers.push(typeof deriver === "string" && deriver !== "" ? deriver : undefined);
    paths.push(String(path));
    if (turns.isOver()) await turns.next();
  }
  const from = new Uint32Array(edges);
  const to = new Uint32Array(edges);
  let edge = 0;
  for (const [referrer, reference] of iterate(db, referencesQuery)) {
    from[edge] = numbers.get(referrer) ?? 0;
    to[edge] = numbers.get(reference) ?? 0;
    edge += 1;
    if (turns.isOver()) await turns.next();
  }
  return { paths, bytes, derivers, from, to };
}

const pathsQuery = "SELECT id, path, narSize, deriver FROM ValidPaths";
const referencesQuery = "SELECT referrer, reference FROM Refs WHERE referrer <> reference";

type Row = readonly unknown[];

function prepare(db: DatabaseSync, query: string): StatementSync {
  const statement = db.prepare(query);
  // An object for each of half a million rows takes longer than the reading.
  statement.setReturnArrays(true);
  return statement;
}

function readAll(db: DatabaseSync, query: string): readonly Row[] {
  return prepare(db, query).all() as unknown as readonly Row[];
}

function iterate(db: DatabaseSync, query: string): Iterable<Row> {
  return prepare(db, query).iterate() as unknown as Iterable<Row>;
}
