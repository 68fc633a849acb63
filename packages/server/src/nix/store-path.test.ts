import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { run } from "../proc/run.ts";
import { narHash } from "./nar-hash.ts";
import { sourceStorePath } from "./store-path.ts";

const dir = mkdtempSync(join(tmpdir(), "hop3-store-path-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe("sourceStorePath", () => {
  it.each(["a", "b", "c", "d"])("is where Nix puts the tree %s", async (name) => {
    const source = join(dir, name, "source");
    mkdirSync(source, { recursive: true });
    writeFileSync(join(source, "file"), name.repeat(1000));
    const added = await run({ argv: ["nix-store", "--add", source] });
    expect(sourceStorePath(await narHash(source))).toBe(added.stdout.trim());
  });
});
