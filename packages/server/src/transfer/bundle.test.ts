import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { unpackBundle } from "./bundle.ts";

let dir: string;

beforeEach(() => {
  dir = mkdtempSync("/tmp/hop3-bundle-");
  mkdirSync(join(dir, "made/cache/nar"), { recursive: true });
});

afterEach(() => rmSync(dir, { recursive: true }));

it.each([
  ["a text", Buffer.from("this is a text\n".repeat(1000))],
  [
    "what begins like gzip",
    Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.alloc(2000, 7)]),
  ],
])("says of %s that it is no bundle, in its own words", async (_what, content) => {
  const archive = join(dir, "other");
  writeFileSync(archive, content);
  const unpacked = unpackBundle(archive, { dir: join(dir, "unpacked"), maxBytes: 1_000_000 });
  await expect(unpacked).rejects.toMatchObject({
    failure: { message: "this is no bundle of a Release: it is no tar, or a damaged one" },
  });
});

it.each([["--gzip"], ["--no-auto-compress"]])(
  "writes no more than it may, however small the bundle is (%s)",
  async (flag) => {
    const archive = join(dir, "bomb.tar");
    const name = `cache/nar/${"a".repeat(52)}.nar`;
    writeFileSync(join(dir, "made/release.json"), "{}");
    writeFileSync(join(dir, "made", name), "");
    truncateSync(join(dir, "made", name), 50_000_000);
    const files = ["release.json", name] as const;
    execFileSync("tar", ["-C", join(dir, "made"), flag, "-cf", archive, ...files]);
    const to = join(dir, "unpacked");
    await expect(unpackBundle(archive, { dir: to, maxBytes: 1_000_000 })).rejects.toMatchObject({
      failure: { code: "BUNDLE_INVALID", message: expect.stringContaining("1000000 bytes") },
    });
    expect(existsSync(join(to, name))).toBe(false);
  },
);
