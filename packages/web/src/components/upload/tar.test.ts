import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { packFiles } from "./tar.ts";

it("is what tar unpacks to the same files", async () => {
  const segment = fc.stringMatching(/^[A-Za-z0-9_äß-]{1,60}$/);
  const path = fc.array(segment, { minLength: 1, maxLength: 6 }).map((parts) => parts.join("/"));
  const files = fc.uniqueArray(fc.tuple(path, fc.uint8Array({ maxLength: 2000 })), {
    maxLength: 5,
    // A file cannot be a directory too.
    comparator: (one, other) =>
      `${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`),
    selector: ([name]) => name,
  });
  await fc.assert(
    fc.asyncProperty(files, async (wanted) => {
      const dir = mkdtempSync(join(tmpdir(), "hop3-tar-"));
      try {
        const packed = packFiles(
          wanted.map(([name, data]) => ({ path: name, file: new Blob([data]) })),
        );
        const archive = join(dir, "a.tar.gz");
        writeFileSync(archive, Buffer.from(await new Response(packed).arrayBuffer()));
        execFileSync("tar", ["-xzf", archive, "-C", dir], {
          env: { ...process.env, LC_ALL: "C.UTF-8" },
        });
        for (const [name, data] of wanted) {
          expect(new Uint8Array(readFileSync(join(dir, name)))).toEqual(data);
        }
      } finally {
        rmSync(dir, { recursive: true, force: true });
      }
    }),
    { numRuns: 40 },
  );
});
