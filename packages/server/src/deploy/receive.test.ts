import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type RawEntry, rawTar } from "../../test/support/raw-tar.ts";
import { unpack } from "./receive.ts";

let top = "";

beforeEach(() => {
  top = mkdtempSync("/tmp/hop3-receive-");
  mkdirSync(join(top, "outside"));
  writeFileSync(join(top, "outside/secret"), "nobody knows");
});
afterEach(() => rmSync(top, { recursive: true }));

const file = { name: "index.html", body: "x" };

/** A header that changes the next one's, as pax writes them. */
function pax(values: Readonly<Record<string, string>>): RawEntry {
  const records = Object.entries(values).map(([key, value]) => {
    const rest = ` ${key}=${value}\n`;
    const length = Buffer.byteLength(rest);
    const digits = String(length + String(length).length).length;
    return `${length + digits}${rest}`;
  });
  return { name: "PaxHeader", type: "x", body: records.join("") };
}

async function lay(entries: readonly RawEntry[]): Promise<string[]> {
  const archive = join(top, "source.tar.gz");
  writeFileSync(archive, rawTar(entries));
  const dir = join(top, "source");
  const limits = { maxBytes: 1_000_000, maxFiles: 100 };
  await unpack({ archive, dir, limits, onWarning: () => {} });
  return readdirSync(dir, { recursive: true, encoding: "utf8" }).sort();
}

/** Nothing but the upload itself has changed. */
function expectOutsideUntouched(): void {
  expect(readdirSync(join(top, "outside"))).toEqual(["secret"]);
  expect(readFileSync(join(top, "outside/secret"), "utf8")).toBe("nobody knows");
  expect(
    readdirSync(top)
      .filter((name) => name !== "source")
      .sort(),
  ).toEqual(["outside", "source.tar.gz"]);
}

describe("an archive that is meant to do harm", () => {
  const cases: Readonly<Record<string, readonly [readonly RawEntry[], string]>> = {
    "another path in a header before": [[pax({ path: "../outside/new" }), file], "UPLOAD_BROKEN"],
    "an absolute path in a header before": [
      [pax({ path: "/tmp/hop3-escaped" }), file],
      "UPLOAD_BROKEN",
    ],
    "another target in a header before": [
      [pax({ linkpath: "../outside/secret" }), { name: "l", type: "2", link: "index.html" }],
      "SOURCE_LINK_ESCAPES",
    ],
    "a larger size in a header before": [[pax({ size: "9000000000" }), file], "UPLOAD_TOO_LARGE"],
    "a hard link through a link": [
      [
        { name: "up", type: "2", link: ".." },
        { name: "secret", type: "1", link: "up/outside/secret" },
      ],
      "SOURCE_LINK_ESCAPES",
    ],
    "a link to a directory above, by way of one below": [
      [
        { name: "a", type: "5" },
        { name: "a/up", type: "2", link: "../.." },
      ],
      "SOURCE_LINK_ESCAPES",
    ],
    "a file in a link to a link": [
      [
        { name: "d", type: "5" },
        { name: "one", type: "2", link: "d" },
        { name: "two", type: "2", link: "one" },
        { name: "two/file", body: "x" },
      ],
      "UPLOAD_BROKEN",
    ],
    "a pipe": [[{ name: "pipe", type: "6" }], "UPLOAD_BROKEN"],
    "a block device": [[{ name: "disk", type: "4" }], "UPLOAD_BROKEN"],
    "a sparse file": [[{ name: "sparse", type: "S", body: "x" }], "UPLOAD_BROKEN"],
    "the rest of another volume": [[{ name: "rest", type: "M", body: "x" }], "UPLOAD_BROKEN"],
    "very many names of nothing": [
      Array.from({ length: 101 }, (_, n) => ({ name: `f${n}`, body: "" })),
      "UPLOAD_TOO_LARGE",
    ],
    "very many directories": [
      Array.from({ length: 101 }, (_, n) => ({ name: `d${n}/`, type: "5" })),
      "UPLOAD_TOO_LARGE",
    ],
    "one name again and again": [
      Array.from({ length: 101 }, () => ({ name: "again", body: "x" })),
      "UPLOAD_TOO_LARGE",
    ],
  };

  it.each(Object.entries(cases))("%s", async (_name, [entries, expected]) => {
    await expect(lay(entries)).rejects.toMatchObject({ failure: { code: expected } });
    expectOutsideUntouched();
  });
});

describe("an archive that only looks so", () => {
  it("keeps an archive within it as the file that it is", async () => {
    const inner = rawTar([{ name: "../outside/new", body: "x" }]);
    expect(await lay([{ name: "inner.tar.gz", body: inner.toString("latin1") }])).toEqual([
      "inner.tar.gz",
    ]);
    expectOutsideUntouched();
  });

  it("may have names that a terminal would obey", async () => {
    const names = ["a\u001b]0;owned\u0007", "b\nc", "d\r"];
    expect(await lay(names.map((name) => ({ name, body: "x" })))).toEqual(names);
  });

  it("does not make anything executable by its own word, nor anybody's but ours", async () => {
    await lay([file]);
    const { mode, uid } = lstatSync(join(top, "source/index.html"));
    expect([mode & 0o7022, uid]).toEqual([0, process.getuid?.()]);
  });
});
