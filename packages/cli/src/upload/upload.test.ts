import { randomBytes } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeUploadPages, uploadHeaderBytes } from "@hop3/core/node";
import { makeSourceFilter, type SourceEntry, walkSource } from "@hop3/core/source";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeOutput } from "../output.ts";
import { batchPieces, type Piece, packPieces, type WantedFile } from "./frames.ts";
import { hashSource } from "./hash-source.ts";
import { makeProgress, type Progress } from "./progress.ts";
import { openStatCache, type StatCache } from "./stat-cache.ts";
import { isWorthZipping } from "./worth-zipping.ts";

let dir: string;
let tree: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "hop3-cli-upload-"));
  tree = join(dir, "tree");
  mkdirSync(tree);
});

afterEach(() => {
  rmSync(dir, { recursive: true });
});

function write(path: string, data: string | Buffer): void {
  writeFileSync(join(tree, path), data);
}

async function walk(): Promise<SourceEntry[]> {
  const entries: SourceEntry[] = [];
  for await (const entry of walkSource(tree, makeSourceFilter())) entries.push(entry);
  return entries;
}

const env = (): NodeJS.ProcessEnv => ({ XDG_CACHE_HOME: join(dir, "cache") });
const open = (version = "1"): Promise<StatCache> =>
  openStatCache({ env: env(), directory: tree, version });

describe("makeUploadPages", () => {
  it("changes few pages when a file is added, whatever the files are called", () => {
    const Names = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 2_000 });
    fc.assert(
      fc.property(Names, fc.string({ minLength: 1 }), (names, added) => {
        const hashes = (of: readonly string[]) =>
          makeUploadPages(of.map((path) => ({ path, link: "x" }))).map(({ hash }) => hash);
        const before = new Set(hashes(names));
        const middle = names.length >> 1;
        const after = hashes([...names.slice(0, middle), added, ...names.slice(middle)]);
        expect(after.filter((hash) => !before.has(hash)).length).toBeLessThanOrEqual(2);
      }),
      { numRuns: 30 },
    );
  });

  it("keeps all of them, in their order", () => {
    const names = Array.from({ length: 5_000 }, (_, index) => `src/file-${index}`);
    const pages = makeUploadPages(names.map((path) => ({ path, link: "x" })));
    const lines = pages.flatMap(({ text }) => JSON.parse(text) as string[][]);
    expect(lines.map(([path]) => path)).toEqual(names);
    expect(pages.length).toBeLessThan(60);
  });
});

describe("batchPieces", () => {
  const Files = fc.array(
    fc.record({
      size: fc.integer({ min: 0, max: 40_000_000 }),
      part: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { maxLength: 20 },
  );

  function expectWhole(file: WantedFile, pieces: readonly Piece[]): void {
    let at = file.arrived;
    for (const { offset, length } of pieces) {
      expect(offset).toBe(at);
      at += length;
    }
    expect(at).toBe(file.size);
    if (file.size <= 1024 * 1024) expect(pieces).toHaveLength(1);
  }

  it("sends each byte that is missing once, in requests that are not too large", () => {
    fc.assert(
      fc.property(Files, (files) => {
        const wanted = files.map(({ size, part }, index): WantedFile => {
          const arrived = size <= 1024 * 1024 ? 0 : Math.floor((size - 1) * part);
          return { path: `${index}`, absolute: "", hash: "", size, arrived };
        });
        const batches = [...batchPieces(wanted)];
        for (const batch of batches) {
          const bytes = batch.reduce((sum, { length }) => sum + length, 0);
          expect(bytes).toBeLessThanOrEqual(16 * 1024 * 1024);
        }
        for (const file of wanted) {
          expectWhole(
            file,
            batches.flat().filter((piece) => piece.file === file),
          );
        }
      }),
    );
  });

  it("stops where a file is shorter than it was", async () => {
    write("short", "abc");
    const file = {
      path: "short",
      absolute: join(tree, "short"),
      hash: "ab".repeat(32),
      size: 5,
      arrived: 0,
    };
    const body = packPieces([{ file, offset: 0, length: 5 }], {
      onBytes: () => {},
      onFile: () => {},
    });
    await expect(body.toArray()).rejects.toThrow(
      "short cannot be read: it changes while it is read",
    );
  });

  it("reports bytes and files as they go", async () => {
    write("a", "abc");
    const seen: (number | string)[] = [];
    const file = {
      path: "a",
      absolute: join(tree, "a"),
      hash: "ab".repeat(32),
      size: 3,
      arrived: 0,
    };
    const events = {
      onBytes: (count: number) => seen.push(count),
      onFile: () => seen.push("done"),
    };
    const chunks = await packPieces([{ file, offset: 0, length: 3 }], events).toArray();
    expect(Buffer.concat(chunks as Buffer[])).toHaveLength(uploadHeaderBytes + 3);
    expect(seen).toEqual(["done", 3]);
  });
});

describe("isWorthZipping", () => {
  it.each([
    ["text", "hello ".repeat(20_000), true],
    ["what is random already", randomBytes(100_000), false],
  ])("%s", async (_name, data, expected) => {
    write("file", data);
    const length = Buffer.byteLength(data);
    const file = { path: "file", absolute: join(tree, "file"), hash: "", size: length, arrived: 0 };
    expect(await isWorthZipping([{ file, offset: 0, length }])).toBe(expected);
  });
});

describe("hashSource", () => {
  const progress: Progress = {
    begin: () => {},
    add: () => {},
    fileDone: () => {},
    close: () => {},
  };
  const old = new Date(Date.now() - 60_000);

  async function read(cache: StatCache): Promise<string[]> {
    let files = 0;
    const fileDone = (): void => {
      files += 1;
    };
    const counting = { ...progress, fileDone };
    const hashed = await hashSource(await walk(), { loaded: undefined, cache, progress: counting });
    return [`read ${files}`, ...hashed.map(({ listed }) => JSON.stringify(listed))];
  }

  /** A cache whose clock is ahead, so that files of a moment ago count as settled. */
  function settled(cache: StatCache): StatCache {
    return {
      ...cache,
      save: (files) =>
        cache.save(files.map(([entry, known]) => [{ ...entry, changedAt: 0 }, known])),
    };
  }

  it("reads what it does not know, and nothing twice", async () => {
    write("a.txt", "hello\n");
    write("run", "#!/bin/sh\n");
    chmodSync(join(tree, "run"), 0o755);
    symlinkSync("a.txt", join(tree, "link"));
    const [count, ...entries] = await read(settled(await open()));
    expect(count).toBe("read 2");
    expect(entries).toEqual([
      `{"path":"a.txt","size":6,"hash":"5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03","executable":false}`,
      `{"path":"link","link":"a.txt"}`,
      expect.stringContaining(`"executable":true`),
    ]);
    expect(await read(await open())).toEqual(["read 0", ...entries]);
  });

  it("reads again what has changed, though size and time are the same", async () => {
    write("a.txt", "hello\n");
    utimesSync(join(tree, "a.txt"), old, old);
    await read(settled(await open()));
    write("a.txt", "jello\n");
    utimesSync(join(tree, "a.txt"), old, old);
    expect((await read(await open()))[0]).toBe("read 1");
  });

  it("remembers nothing that has changed a moment ago", async () => {
    write("a.txt", "hello\n");
    await read(await open());
    expect((await read(await open()))[0]).toBe("read 1");
  });

  it("looks for secrets again with another version, and never forgets one that it has found", async () => {
    write("a.txt", "hello\n");
    await read(settled(await open("1")));
    expect((await read(await open("2")))[0]).toBe("read 1");
    const key = ["gh", "p_", "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zC0fR2uI6"].join("");
    write("settings.py", `KEY = "${key}"\n`);
    for (const _ of [1, 2]) {
      await expect(read(settled(await open("1")))).rejects.toMatchObject({
        failure: { code: "SOURCE_SECRET" },
      });
    }
  });

  it.each(["", "{", "[]", '{"version":"1","lines":[1]}', '{"version":"1","lines":[["a"]]}'])(
    "does without a cache that says %j",
    async (text) => {
      write("a.txt", "hello\n");
      await read(settled(await open()));
      const at = join(dir, "cache/hop3/sources");
      const [name = ""] = readdirSync(at);
      writeFileSync(join(at, name), text);
      expect((await read(await open()))[0]).toBe("read 1");
      expect(readFileSync(join(at, name), "utf8")).not.toBe(text);
    },
  );

  it("does without a place for it", async () => {
    write("a.txt", "hello\n");
    const nowhere = await openStatCache({ env: {}, directory: tree, version: "1" });
    expect((await read(nowhere))[0]).toBe("read 1");
    const closed = { XDG_CACHE_HOME: "/dev/null/x" };
    expect(
      (await read(await openStatCache({ env: closed, directory: tree, version: "1" })))[0],
    ).toBe("read 1");
  });
});

describe("a progress", () => {
  function capture(isTTY: boolean, json = false) {
    const written: string[] = [];
    const stdout = {
      write: (text: string | Uint8Array) => written.push(String(text)),
      isTTY,
      columns: 90,
    };
    const output = makeOutput({
      stdout,
      stderr: stdout,
      env: { NO_COLOR: "1" },
      json,
      verbose: false,
    });
    return { output, written };
  }

  it("is a bar on a terminal that leaves nothing behind", async () => {
    const { output, written } = capture(true);
    let now = 0;
    const progress = makeProgress("sending", { output, now: () => now });
    progress.begin({ files: 4, bytes: 2_000_000 });
    progress.add(1_000_000);
    progress.fileDone();
    now = 1_000;
    await expect.poll(() => written.length).toBeGreaterThan(0);
    progress.close();
    const [first = "", ...rest] = written;
    expect(first.replace("\r\u001b[K", "")).toBe(
      " sending    ██████████░░░░░░░░░░  50 %  1/4 files, 1.0 MB of 2.0 MB, 1.0 MB/s, 1.0 s left",
    );
    expect(rest.at(-1)).toBe("\r\u001b[K");
  });

  it("draws nothing where there is nothing to do, and nothing with --json", async () => {
    for (const { output, written } of [capture(true), capture(true, true), capture(false)]) {
      const progress = makeProgress("sending", { output, now: () => 0 });
      progress.begin({ files: output.json ? 1 : 0, bytes: 0 });
      progress.close();
      expect(written).toEqual([]);
    }
  });
});
