import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repository, runOrThrow } from "./pack.ts";

const budget = 200_000;

let dir: string;

beforeAll(async () => {
  dir = mkdtempSync("/tmp/hop3-built-page-");
  const vite = join(repository, "node_modules/vite/bin/vite.js");
  const web = join(repository, "packages/web");
  const flags = ["--outDir", dir, "--emptyOutDir", "--logLevel", "warn"];
  await runOrThrow([process.execPath, vite, "build", web, ...flags], repository);
});

afterAll(() => rmSync(dir, { recursive: true }));

function read(path: string): string {
  return readFileSync(join(dir, path), "utf8");
}

/** A script and all that it needs before it runs, by the names that the build gave them. */
function withImports(script: string, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(script)) return seen;
  seen.add(script);
  const imports = read(`assets/${script}`).matchAll(/(?:from|import)\s*"\.\/([\w.-]+\.js)"/g);
  for (const [, name = ""] of imports) withImports(name, seen);
  return seen;
}

describe("the built page", () => {
  it("needs less than 200 kB of compressed scripts for its first view", () => {
    const entries = [...read("index.html").matchAll(/src="\/assets\/([\w.-]+\.js)"/g)];
    const [, entry = ""] = entries[0] ?? [];
    const apps = /"assets\/(apps-[\w-]+\.js)"|"\.\/(apps-[\w-]+\.js)"/.exec(
      read(`assets/${entry}`),
    );
    const needed = withImports(apps?.[1] ?? apps?.[2] ?? "", withImports(entry));
    const bytes = [...needed].map((name) => gzipSync(read(`assets/${name}`)).byteLength);
    const total = bytes.reduce((sum, each) => sum + each, 0);
    expect(needed.size).toBeGreaterThan(1);
    expect(total).toBeLessThan(budget);
  });

  it("has nothing in it that its content policy forbids", () => {
    const html = read("index.html");
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\bon\w+=|\bstyle=|https?:/);
  });
});
