import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { frame, hashOf, listTree, streamOf, type Tree } from "../../test/support/uploading.ts";
import { assemble } from "./assemble.ts";
import { sweepContents } from "./sweep.ts";
import { makeUploads, type Uploads } from "./uploads.ts";

const limits = { maxBytes: 64 * 1024 * 1024, maxFiles: 1_000 };
const large = randomBytes(3 * 1024 * 1024);
const tree: Tree = {
  "*bin/run": "#!/bin/sh\n",
  empty: "",
  "index.html": "hello\n",
  "large.bin": large,
  link: "-> bin/run",
  "same.html": "hello\n",
};

let dir: string;
let contents: string;
let uploads: Uploads;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "hop3-upload-"));
  contents = join(dir, "contents");
  uploads = makeUploads(contents, limits);
});

afterEach(() => {
  rmSync(dir, { recursive: true });
});

/** Sends all that is missing. */
async function send(of: Tree, to = uploads): Promise<string> {
  const listed = listTree(of);
  const { id, missing } = await to.begin(listed.pages);
  if (missing.length > 0) {
    await to.receive(id, streamOf(Buffer.concat(listed.contents.map((data) => frame(data)))));
  }
  return id;
}

async function layOut(id: string): Promise<string> {
  const to = mkdtempSync(join(dir, "tree-"));
  await assemble(contents, id, { dir: to, limits });
  return to;
}

function filesIn(of: string): string[] {
  return readdirSync(of, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(of.length + 1))
    .sort();
}

describe("an upload", () => {
  it("asks for each content once, and for nothing the second time", async () => {
    const { pages } = listTree(tree);
    const first = await uploads.begin(pages);
    expect(first).toMatchObject({ missingPages: [], missing: [[0, 4]], arrived: [] });
    const id = await send(tree);
    expect(await uploads.state(id)).toMatchObject({ missing: [] });
    await uploads.claim(id);
    const changed = listTree({ ...tree, "index.html": "changed\n" });
    // The page has changed, and of its files one.
    expect((await uploads.begin(changed.pages)).missing).toEqual([[2, 3]]);
  });

  it("asks for pages that it does not know, in runs", async () => {
    const names = Array.from({ length: 900 }, (_, index) => `file-${index}.txt`);
    const listed = listTree(Object.fromEntries(names.map((name) => [name, name])));
    const hashes = listed.pages.map((page) => hashOf(Buffer.from(page)));
    expect(hashes.length).toBeGreaterThan(2);
    const begun = await uploads.begin(hashes);
    expect(begun).toMatchObject({ missingPages: [[0, hashes.length]], missing: [] });
    await expect(uploads.claim(begun.id)).rejects.toThrow("pages of its list of files");
    const half = await uploads.addPages(begun.id, listed.pages.slice(0, 1));
    expect(half.missingPages).toEqual([[1, hashes.length]]);
    const whole = await uploads.addPages(begun.id, listed.pages.slice(1));
    expect(whole).toMatchObject({ missingPages: [], missing: [[0, 900]] });
    // One more file changes one page.
    const more = listTree(Object.fromEntries(["a", ...names].map((name) => [name, name])));
    const again = await uploads.begin(more.pages.map((page) => hashOf(Buffer.from(page))));
    expect(again.missingPages).toEqual([[0, 1]]);
  });

  it("becomes a tree of copies: what is done to them does not reach what is kept", async () => {
    const id = await send(tree);
    await uploads.claim(id);
    const laidOut = await layOut(id);
    expect(filesIn(laidOut)).toEqual(
      Object.keys(tree)
        .map((path) => path.replace("*", ""))
        .sort(),
    );
    expect(readFileSync(join(laidOut, "large.bin")).equals(large)).toBe(true);
    expect(readlinkSync(join(laidOut, "link"))).toBe("bin/run");
    expect(statSync(join(laidOut, "bin/run")).mode & 0o777).toBe(0o755);
    expect(statSync(join(laidOut, "index.html")).mode & 0o777).toBe(0o644);
    for (const name of ["index.html", "large.bin", "empty"]) {
      expect(statSync(join(laidOut, name)).nlink).toBe(1);
      appendFileSync(join(laidOut, name), "written by a build");
    }
    expect(readFileSync(join(await layOut(id), "index.html"), "utf8")).toBe("hello\n");
  });

  it("knows nothing of what another app has sent", async () => {
    await send(tree);
    const other = makeUploads(join(dir, "other"), limits);
    expect((await other.begin(listTree(tree).pages)).missing).toEqual([[0, 4]]);
  });
});

describe("a connection that breaks", () => {
  it.each([0, 30, 48, 60, 1_000, 700_000, 3_000_000])(
    "after %i bytes loses what was on its way alone",
    async (length) => {
      const { pages, contents: files } = listTree(tree);
      const all = Buffer.concat(files.map((data) => frame(data)));
      const { id } = await uploads.begin(pages);
      const broken = streamOf(all.subarray(0, length), { thenBreak: true });
      await expect(uploads.receive(id, broken)).rejects.toThrow("aborted");
      const state = await uploads.state(id);
      const [, have = 0] = state.arrived[0] ?? [];
      expect(have).toBe(Math.max(0, length - all.indexOf(large.subarray(0, 64))));
      const rest = files.map((data) => frame(data, data === files[3] ? have : 0));
      expect(await uploads.receive(id, streamOf(Buffer.concat(rest)))).toMatchObject({
        files: state.missing.reduce((sum, [from, to]) => sum + to - from, 0),
      });
      await uploads.claim(id);
      expect(readFileSync(join(await layOut(id), "large.bin")).equals(large)).toBe(true);
      expect(readdirSync(join(contents, "parts"))).toEqual([]);
    },
  );

  it("goes on in a server that was started anew", async () => {
    const { pages, contents: files } = listTree(tree);
    const { id } = await uploads.begin(pages);
    const all = Buffer.concat(files.map((data) => frame(data)));
    const cut = streamOf(all.subarray(0, 2_000_000), { thenBreak: true });
    await expect(uploads.receive(id, cut)).rejects.toThrow();
    const { arrived } = await makeUploads(contents, limits).state(id);
    expect(arrived[0]?.[1]).toBeGreaterThan(1_900_000);
  });
});

describe("what is refused", () => {
  const hash = hashOf(Buffer.from("x"));
  const cases: readonly [string, unknown[][], string, string][] = [
    ["a way out", [["../x", 1, hash]], "UPLOAD_LIST_WRONG", "../x"],
    ["a way out further down", [["a/../../x", 1, hash]], "UPLOAD_LIST_WRONG", "a/../../x"],
    ["an absolute path", [["/etc/x", 1, hash]], "UPLOAD_LIST_WRONG", "/etc/x"],
    ["a name of nothing", [["a//x", 1, hash]], "UPLOAD_LIST_WRONG", "a//x"],
    ["a name with NUL", [["a\0x", 1, hash]], "UPLOAD_LIST_WRONG", "UTF-8"],
    ["half a character", [["a\ud800", 1, hash]], "UPLOAD_LIST_WRONG", "UTF-8"],
    ["a name too long", [["y".repeat(256), 1, hash]], "UPLOAD_LIST_WRONG", "255 bytes"],
    ["a link out of the tree", [["l", "../x"]], "SOURCE_LINK_ESCAPES", "../x"],
    ["an absolute link", [["l", "/etc/passwd"]], "SOURCE_LINK_ESCAPES", "/etc/passwd"],
    [
      "a file below a link",
      [
        ["l", "d"],
        ["l/x", 1, hash],
      ],
      "UPLOAD_LIST_WRONG",
      "l is a file",
    ],
    [
      "a file below a file",
      [
        ["f", 1, hash],
        ["f/x", 1, hash],
      ],
      "UPLOAD_LIST_WRONG",
      "f is a file",
    ],
    [
      "a file twice",
      [
        ["f", 1, hash],
        ["f", 1, hash],
      ],
      "UPLOAD_LIST_WRONG",
      "twice",
    ],
    [
      "two sizes of one content",
      [
        ["f", 1, hash],
        ["g", 2, hash],
      ],
      "UPLOAD_LIST_WRONG",
      "size",
    ],
    ["more bytes than allowed", [["f", 65 * 1024 * 1024, hash]], "UPLOAD_TOO_LARGE", "bytes"],
    [
      "a bomb: one content many times",
      Array.from({ length: 65 }, (_, index) => [`f${index}`, 1024 * 1024, hash]),
      "UPLOAD_TOO_LARGE",
      "bytes",
    ],
    [
      "more files than allowed",
      Array.from({ length: 1_001 }, (_, index) => [`f${index}`, 1, hash]),
      "UPLOAD_TOO_LARGE",
      "files",
    ],
    ["a hash that is none", [["f", 1, "../../x"]], "UPLOAD_LIST_WRONG", "page"],
    ["a size below nothing", [["f", -1, hash]], "UPLOAD_LIST_WRONG", "page"],
  ];

  it.each(cases)("%s", async (...[, lines, code, text]) => {
    const begun = uploads.begin([JSON.stringify(lines)]);
    await expect(begun).rejects.toMatchObject({ failure: { code } });
    await expect(begun).rejects.toThrow(text);
  });

  it.each([
    ["no page at all", []],
    ["no JSON", ["[oops"]],
    ["a page of nothing", ["[]"]],
  ])("%s", async (_name, lines) => {
    await expect(uploads.begin(lines)).rejects.toMatchObject({
      failure: { code: "UPLOAD_LIST_WRONG" },
    });
  });

  it("pages that the list does not name", async () => {
    const { id } = await uploads.begin(listTree(tree).pages);
    const page = JSON.stringify([["x", 1, hash]]);
    await expect(uploads.addPages(id, [page])).rejects.toThrow("does not name");
  });

  it("contents of no file of the list, or more than there is of one", async () => {
    const { id } = await uploads.begin(listTree(tree).pages);
    const refusal = (bytes: Buffer) => expect(uploads.receive(id, streamOf(bytes))).rejects;
    await refusal(frame(Buffer.from("other"))).toMatchObject({
      failure: { code: "UPLOAD_CONTENT_UNWANTED" },
    });
    const beyond = frame(Buffer.from("hello\n"));
    beyond.writeBigUInt64BE(3n, 32);
    await refusal(beyond).toThrow("index.html has 6 bytes, not 6 bytes from byte 3");
    const endless = frame(large, 0, 10);
    endless.writeBigUInt64BE(2n ** 63n, 40);
    await refusal(endless).toMatchObject({ failure: { code: "UPLOAD_CONTENT_UNWANTED" } });
  });

  it("other contents than the hash says, small and in parts", async () => {
    const { id } = await uploads.begin(listTree(tree).pages);
    const small = frame(Buffer.from("hello\n"));
    small.write("HELLO", 48);
    await expect(uploads.receive(id, streamOf(small))).rejects.toThrow("index.html is not what");
    const parts = frame(large);
    parts.write("other", 2_000_000);
    await expect(uploads.receive(id, streamOf(parts))).rejects.toThrow("large.bin is not what");
    expect(await uploads.state(id)).toMatchObject({ missing: [[0, 4]], arrived: [] });
    await send(tree);
    await uploads.claim(id);
  });

  it("a list that says less than there is of a content", async () => {
    await uploads.claim(await send(tree));
    const lie = await uploads.begin([JSON.stringify([["large.bin", 1, hashOf(large)]])]);
    expect(lie.missing).toEqual([]);
    await uploads.claim(lie.id);
    await expect(layOut(lie.id)).rejects.toMatchObject({
      failure: { code: "UPLOAD_CONTENT_WRONG" },
    });
    // What is true stays: nobody else has lost anything.
    expect((await uploads.begin(listTree(tree).pages)).missing).toEqual([]);
  });

  it("an upload that is not complete, or that nobody knows", async () => {
    const { id } = await uploads.begin(listTree(tree).pages);
    await expect(uploads.claim(id)).rejects.toThrow("the server lacks 4 of its files");
    await expect(uploads.state("0".repeat(64))).rejects.toMatchObject({
      failure: { code: "UPLOAD_NOT_FOUND" },
    });
  });
});

describe("what is kept", () => {
  it("is found out where the disk has changed it, and asked for again", async () => {
    const id = await send(tree);
    await uploads.claim(id);
    const hash = hashOf(Buffer.from("hello\n"));
    const file = join(contents, "files", hash.slice(0, 2), hash.slice(2));
    rmSync(file);
    writeFileSync(file, "jello\n");
    await expect(layOut(id)).rejects.toMatchObject({
      failure: { code: "UPLOAD_CONTENT_DAMAGED" },
    });
    expect((await uploads.state(id)).missing).toEqual([[2, 3]]);
  });

  it("is what a recent Source or an upload of the last day refers to", async () => {
    const day = 24 * 3600 * 1000;
    for (const number of [1, 2, 3, 4]) {
      await uploads.claim(await send({ "index.html": `release ${number}\n`, same: "same\n" }));
    }
    const pending = await send({ "pending.html": "pending\n" });
    const left = await send({ "left.html": "left\n" });
    const list = join(contents, "lists", `${left}.json`);
    utimesSync(list, new Date(Date.now() - day - 1000), new Date(Date.now() - day - 1000));
    writeFileSync(join(contents, "parts", `${"a".repeat(64)}.old`), "old");
    utimesSync(join(contents, "parts", `${"a".repeat(64)}.old`), 1, 1);
    await sweepContents(contents, new Date());
    const kept = filesIn(join(contents, "files")).map((path) =>
      readFileSync(join(contents, "files", path), "utf8"),
    );
    expect(kept.sort()).toEqual([
      "pending\n",
      "release 2\n",
      "release 3\n",
      "release 4\n",
      "same\n",
    ]);
    expect(readdirSync(join(contents, "parts"))).toEqual([]);
    expect(await uploads.state(pending)).toMatchObject({ missing: [] });
    await expect(uploads.state(left)).rejects.toMatchObject({
      failure: { code: "UPLOAD_NOT_FOUND" },
    });
  });

  it("is not swept away between the answer and the deployment", async () => {
    await uploads.claim(await send({ "index.html": "one\n" }));
    const begun = await Promise.all([
      uploads.begin(listTree({ "copy.html": "one\n" }).pages),
      ...[1, 2, 3, 4].map((number) =>
        send({ "index.html": `next ${number}\n` }).then(uploads.claim),
      ),
      sweepContents(contents, new Date()),
    ]);
    const [{ id, missing }] = begun;
    if (missing.length === 0) await uploads.claim(id);
  });
});

it("keeps the longest part of a content that is begun again and again", async () => {
  const { pages } = listTree(tree);
  const { id } = await uploads.begin(pages);
  const lengths = [900_000, 1_500_000, 700_000, 800_000];
  for (const length of lengths) {
    const cut = streamOf(frame(large).subarray(0, 48 + length), { thenBreak: true });
    await expect(uploads.receive(id, cut)).rejects.toThrow();
  }
  const parts = readdirSync(join(contents, "parts"));
  expect(parts).toHaveLength(2);
  expect((await uploads.state(id)).arrived[0]?.[1]).toBe(1_500_000);
});

describe("two uploads at once", () => {
  it("of the same files do not disturb each other", async () => {
    const { pages, contents: files } = listTree(tree);
    const { id } = await uploads.begin(pages);
    const all = Buffer.concat(files.map((data) => frame(data)));
    const both = [streamOf(all, { chunk: 10_000 }), streamOf(all, { chunk: 33_333 })];
    await Promise.all(both.map((source) => uploads.receive(id, source)));
    await uploads.claim(id);
    expect(readFileSync(join(await layOut(id), "large.bin")).equals(large)).toBe(true);
    expect(readdirSync(join(contents, "parts"))).toEqual([]);
  });

  it("of which one has gone silent: the other goes on where it stopped", async () => {
    const { pages } = listTree(tree);
    const { id } = await uploads.begin(pages);
    const line = Promise.withResolvers<void>();
    const half = frame(large).subarray(0, 1_500_000);
    async function* silent(): AsyncGenerator<Buffer> {
      yield half;
      await line.promise;
      yield Buffer.alloc(1_000);
    }
    const first = uploads.receive(id, silent());
    const arrived = async () => (await uploads.state(id)).arrived[0]?.[1];
    await expect.poll(arrived, { timeout: 20_000 }).toBe(half.length - 48);
    await uploads.receive(id, streamOf(frame(large, half.length - 48)));
    line.resolve();
    await expect(first).rejects.toMatchObject({ failure: { code: "UPLOAD_PART_MOVED" } });
    await send(tree);
    await uploads.claim(id);
    expect(readFileSync(join(await layOut(id), "large.bin")).equals(large)).toBe(true);
  });

  it("of which one would go on where the other writes: it is told so", async () => {
    const { pages } = listTree(tree);
    const { id } = await uploads.begin(pages);
    const cut = streamOf(frame(large).subarray(0, 1_000_000), { thenBreak: true });
    await expect(uploads.receive(id, cut)).rejects.toThrow();
    const have = (await uploads.state(id)).arrived[0]?.[1] ?? 0;
    const rest = () => streamOf(frame(large, have), { chunk: 1_000 });
    const results = await Promise.allSettled([
      uploads.receive(id, rest()),
      uploads.receive(id, rest()),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const refused = results.find((result) => result.status === "rejected");
    expect(refused?.reason).toMatchObject({ failure: { code: "UPLOAD_PART_MOVED" } });
  });
});

it("leaves nothing half-written on a full disk, and goes on when there is room", async () => {
  const small = join(dir, "small");
  mkdirSync(small);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "none", small]);
  try {
    const there = makeUploads(join(small, "contents"), limits);
    const { pages, contents: files } = listTree(tree);
    const { id } = await there.begin(pages);
    const all = Buffer.concat(files.map((data) => frame(data)));
    await expect(there.receive(id, streamOf(all))).rejects.toMatchObject({ code: "ENOSPC" });
    expect(readdirSync(join(small, "contents/parts"))).toEqual([]);
    // The small ones before it have stayed.
    expect((await there.state(id)).missing).toEqual([[3, 4]]);
    execFileSync("mount", ["-o", "remount,size=16m", small]);
    await there.receive(id, streamOf(frame(large)));
    await there.claim(id);
  } finally {
    execFileSync("umount", [small]);
  }
});
