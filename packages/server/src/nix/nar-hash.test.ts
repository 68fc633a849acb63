import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { run } from "../proc/run.ts";
import { narHash } from "./nar-hash.ts";

type Tree =
  | { readonly kind: "file"; readonly contents: Uint8Array; readonly executable: boolean }
  | { readonly kind: "link"; readonly target: string }
  | { readonly kind: "directory"; readonly entries: Readonly<Record<string, Tree>> };

const name = fc
  .oneof(
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }),
    fc.constantFrom("a", "B", "a-b", ".hidden", "\uffee", "\u{1f600}", "-x", "é"),
  )
  .filter((text) => !/[/\0]/.test(text) && text !== "." && text !== ".." && text.isWellFormed());

const tree = fc.letrec<{ node: Tree; directory: Tree }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small" },
    fc.record({
      kind: fc.constant("file" as const),
      contents: fc.uint8Array({ maxLength: 40 }),
      executable: fc.boolean(),
    }),
    fc.record({ kind: fc.constant("link" as const), target: name }),
    tie("directory"),
  ),
  directory: fc.record({
    kind: fc.constant("directory" as const),
    entries: fc.dictionary(name, tie("node"), { maxKeys: 6, noNullPrototype: true }),
  }),
})).directory;

async function build(path: string, node: Tree): Promise<void> {
  if (node.kind === "link") return symlink(node.target, path);
  if (node.kind === "file") {
    await writeFile(path, node.contents);
    return chmod(path, node.executable ? 0o755 : 0o644);
  }
  await mkdir(path);
  for (const [inner, child] of Object.entries(node.entries)) await build(join(path, inner), child);
}

async function nixHash(path: string): Promise<string> {
  const features = ["--extra-experimental-features", "nix-command"];
  const result = await run({ argv: ["nix", ...features, "hash", "path", "--sri", path] });
  expect(result.stderr).toBe("");
  return result.stdout.trim();
}

describe("narHash", () => {
  it("is what Nix computes, for any tree", async () => {
    const root = await mkdtemp(join(tmpdir(), "hop3-nar-"));
    let count = 0;
    await fc.assert(
      fc.asyncProperty(tree, async (node) => {
        const path = join(root, String(count++));
        await build(path, node);
        expect(await narHash(path)).toBe(await nixHash(path));
      }),
      { numRuns: 40 },
    );
    await rm(root, { recursive: true });
  }, 60_000);

  it("leaves out what include refuses, directories with all they hold", async () => {
    const root = await mkdtemp(join(tmpdir(), "hop3-nar-"));
    await mkdir(join(root, "all/node_modules/x"), { recursive: true });
    await mkdir(join(root, "some"));
    for (const file of ["all/a", "all/node_modules/x/b", "some/a"]) {
      await writeFile(join(root, file), "text");
    }
    const include = (path: string): boolean => path !== "node_modules";
    expect(await narHash(join(root, "all"), { include })).toBe(await nixHash(join(root, "some")));
    await rm(root, { recursive: true });
  });

  it("refuses what a store path cannot hold", async () => {
    await expect(narHash("/dev/null")).rejects.toThrow("/dev/null is a socket, pipe or device");
  });
});
