import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeSourceFilter } from "../source/filter.ts";
import { makeDirectoryTree } from "./directory-tree.ts";
import { scanSource } from "./scan-source.ts";
import { type SourceEntry, type WalkOptions, walkSource } from "./walk-source.ts";

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "hop3-walk-"));
});

afterEach(() => {
  rmSync(dir, { recursive: true });
});

function write(path: string, text = "x"): void {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), text);
}

async function walk(options?: WalkOptions): Promise<SourceEntry[]> {
  return await walkAll(dir, options);
}

async function walkAll(from: string, options?: WalkOptions): Promise<SourceEntry[]> {
  const entries: SourceEntry[] = [];
  for await (const entry of walkSource(from, makeSourceFilter(), options)) entries.push(entry);
  return entries;
}

describe("walkSource", () => {
  it("streams what the ignore files leave over, in byte order", async () => {
    write("b/x.log");
    write("b/y.py");
    write("b/.gitignore", "*.log\n");
    write("a.sh");
    chmodSync(join(dir, "a.sh"), 0o755);
    write(".env", "SECRET=1");
    write(".git/config");
    write("tls.pem", "-----BEGIN PRIVATE KEY-----");
    write("dist/app.js");
    write(".gitignore", "dist\n");
    write(".hop3ignore", "!dist\n");
    symlinkSync("b/y.py", join(dir, "link"));
    const dropped: string[] = [];
    const entries = await walk({ onDropped: (path, reason) => dropped.push(`${path}: ${reason}`) });
    expect(entries.map((entry) => entry.path)).toEqual([
      ".gitignore",
      ".hop3ignore",
      "a.sh",
      "b/.gitignore",
      "b/y.py",
      "dist/app.js",
      "link",
    ]);
    expect(dropped).toEqual([
      ".env: kept out by default",
      ".git: version control",
      "b/x.log: b/.gitignore: *.log",
      "tls.pem: holds a private key",
    ]);
    const tree = makeDirectoryTree(entries);
    expect(tree.paths().find(({ path }) => path === "a.sh")).toMatchObject({ executable: true });
    expect(tree.paths().find(({ path }) => path === "link")).toMatchObject({ link: "b/y.py" });
    expect(await tree.readText("b/.gitignore")).toBe("*.log\n");
    expect(tree.has(".env")).toBe(false);
  });

  it("holds no text that is larger than any file of its kind", async () => {
    write("Procfile");
    truncateSync(join(dir, "Procfile"), 128 * 1024 ** 2 + 1);
    const tree = makeDirectoryTree(await walk());
    await expect(tree.readText("Procfile")).rejects.toMatchObject({
      code: "SOURCE_FILE_TOO_LARGE",
      message: "Procfile is 129 MiB large, and the plan is to be made of it",
    });
  });

  it("leaves a socket out with a warning", async () => {
    write("a");
    const server = createServer().listen(join(dir, "s.sock"));
    await new Promise((resolve) => server.once("listening", resolve));
    const warnings: string[] = [];
    expect(await walk({ onWarning: (message) => warnings.push(message) })).toHaveLength(1);
    expect(warnings).toEqual(["s.sock is a socket, pipe or device and is left out"]);
    server.close();
  });

  it.each([
    ["an absolute link", "/etc/passwd"],
    ["a link upwards", "../x"],
    ["a link that goes up and down", "sub/../../x"],
    ["a link through a link", "self/../x"],
  ])("refuses %s", async (_name, target) => {
    write("sub/file");
    symlinkSync(".", join(dir, "self"));
    writeFileSync(join(dirname(dir), "x"), "");
    symlinkSync(target, join(dir, "zlink"));
    await expect(walk()).rejects.toMatchObject({ code: "SOURCE_LINK_ESCAPES" });
    rmSync(join(dirname(dir), "x"));
  });

  it("keeps a link that leads nowhere yet", async () => {
    symlinkSync("build/later", join(dir, "link"));
    expect(await walk()).toMatchObject([{ path: "link", link: "build/later" }]);
  });

  it("says what is wrong with the directory", async () => {
    write("file");
    const at = (path: string) => walkAll(join(dir, path));
    await expect(at("none")).rejects.toMatchObject({ code: "SOURCE_NOT_FOUND" });
    await expect(at("file")).rejects.toMatchObject({ code: "SOURCE_NOT_DIRECTORY" });
    await expect(at("file/below")).rejects.toMatchObject({ code: "SOURCE_NOT_DIRECTORY" });
  });
});

describe("scanSource", () => {
  it("reads 10,000 files and reports in order", async () => {
    const text = "export const answer = 42;\n".repeat(80);
    for (let index = 0; index < 10_000; index++) write(`d${index % 100}/f${index}.ts`, text);
    const token = ["gh", "p_", "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zC0fR2uI6"].join("");
    write("d5/a-token.ts", `\n${token}`);
    write("d7/allowed.ts", token);
    const entries = await walk();
    const found = await scanSource(entries, ["d7/allowed.ts"]);
    expect(found).toEqual([{ path: "d5/a-token.ts", line: 2, kind: "GitHub token" }]);
  });
});
