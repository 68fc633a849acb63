import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { lockHome, openDatabase } from "./database.ts";

let dir: string;
let file: string;

beforeEach(() => {
  dir = mkdtempSync("/tmp/hop3-db-");
  file = join(dir, "hop3.db");
});

afterEach(() => rmSync(dir, { recursive: true }));

const Count = z.object({ n: z.int() });
const insert = "INSERT INTO tokens (hash, name, created_at) VALUES (?, 'n', 'now')";

describe("the database", () => {
  it("is readable by its owner alone, its journal included", () => {
    const db = openDatabase(file);
    db.run(insert, "a");
    for (const name of ["", "-wal", "-shm"]) {
      expect(statSync(`${file}${name}`).mode & 0o777, name).toBe(0o600);
    }
    db.close();
  });

  it("takes a transaction whole or not at all, the nested ones with it", () => {
    const db = openDatabase(file);
    const count = () => db.get(Count, "SELECT count(*) AS n FROM tokens")?.n;
    expect(() =>
      db.transaction(() => {
        db.run(insert, "a");
        db.transaction(() => db.run(insert, "b"));
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(count()).toBe(0);
    db.transaction(() => db.transaction(() => db.run(insert, "c")));
    expect(count()).toBe(1);
    db.close();
  });

  it("opens again with what it held", () => {
    const first = openDatabase(file);
    first.run(insert, "a");
    first.close();
    const second = openDatabase(file);
    expect(second.get(Count, "SELECT count(*) AS n FROM tokens")).toEqual({ n: 1 });
    second.close();
  });

  it("says what is wrong with a file that is none, and leaves it as it is", () => {
    writeFileSync(file, "x".repeat(10_000));
    expect(() => openDatabase(file)).toThrow(`${file} cannot be opened`);
    expect(statSync(file).size).toBe(10_000);
    expect(() => openDatabase(dir)).toThrow(`${dir} cannot be opened`);
    expect(() => openDatabase(join(dir, "none", "hop3.db"))).toThrow("cannot be opened");
  });
});

describe("the lock of a home", () => {
  it("belongs to one, until that one lets go", () => {
    const lock = join(dir, "server.lock");
    const first = lockHome(lock, dir);
    expect(() => lockHome(lock, dir)).toThrow("another server already runs");
    first.release();
    lockHome(lock, dir).release();
  });
});
