import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type FilterEntry,
  makeSourceFilter,
  type SourceFilter,
  type SourceFilterOptions,
} from "./filter.ts";

const root = (text: string) => [{ directory: "", text }];

/** What a walk would see: a file is reached only through directories that are kept. */
function keeps(filter: SourceFilter, entry: FilterEntry): boolean {
  const parts = entry.path.split("/");
  const parents = parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
  const reached = parents.every((path) => filter.decide({ path, kind: "directory" }).kept);
  return reached && filter.decide(entry).kept;
}

const cases: readonly {
  name: string;
  options?: SourceFilterOptions;
  entry: Partial<FilterEntry> & { path: string };
  kept: boolean;
}[] = [
  { name: "an ordinary file", entry: { path: "app.py" }, kept: true },
  { name: ".git directory", entry: { path: ".git", kind: "directory" }, kept: false },
  { name: ".git file of a submodule", entry: { path: "lib/x/.git" }, kept: false },
  { name: ".gitignore itself", entry: { path: ".gitignore" }, kept: true },
  { name: ".github", entry: { path: ".github/workflow.yml" }, kept: true },
  { name: "node_modules", entry: { path: "node_modules/a/index.js" }, kept: false },
  { name: "nested node_modules", entry: { path: "web/node_modules/a/x.js" }, kept: false },
  { name: ".env", entry: { path: ".env" }, kept: false },
  { name: ".env.production", entry: { path: "config/.env.production" }, kept: false },
  { name: ".env.example", entry: { path: ".env.example" }, kept: true },
  { name: ".env.template below", entry: { path: "a/.env.template" }, kept: true },
  { name: ".hop3", entry: { path: ".hop3/state.json" }, kept: false },
  { name: "ssh key", entry: { path: "deploy/id_ed25519" }, kept: false },
  { name: "public ssh key", entry: { path: "deploy/id_ed25519.pub" }, kept: true },
  { name: "key file", entry: { path: "tls/server.KEY" }, kept: false },
  { name: "a directory called x.key", entry: { path: "x.key", kind: "directory" }, kept: true },
  { name: "aws credentials", entry: { path: "home/.aws/credentials" }, kept: false },
  {
    name: "nix-build result",
    entry: { path: "result-doc", kind: "link", link: "/nix/store/x-y" },
    kept: false,
  },
  { name: "a file called result", entry: { path: "result" }, kept: true },
  {
    name: "a link called result to a file of the app",
    entry: { path: "result", kind: "link", link: "out/x" },
    kept: true,
  },
  {
    name: ".gitignore",
    options: { gitignore: root("*.log\n# *.py\n") },
    entry: { path: "a/b.log" },
    kept: false,
  },
  {
    name: ".gitignore is case-sensitive",
    options: { gitignore: root("*.log") },
    entry: { path: "b.LOG" },
    kept: true,
  },
  {
    name: "nested .gitignore applies below",
    options: { gitignore: [{ directory: "web", text: "/dist\n" }] },
    entry: { path: "web/dist/x" },
    kept: false,
  },
  {
    name: "nested .gitignore does not apply beside",
    options: { gitignore: [{ directory: "web", text: "/dist\n*.map\n" }] },
    entry: { path: "api/dist/x.map" },
    kept: true,
  },
  {
    name: "a deeper .gitignore wins, in whatever order they come",
    options: {
      gitignore: [
        { directory: "web", text: "!keep.log" },
        { directory: "", text: "*.log" },
      ],
    },
    entry: { path: "web/keep.log" },
    kept: true,
  },
  {
    name: ".gitignore cannot bring .env back",
    options: { gitignore: root("!.env") },
    entry: { path: ".env" },
    kept: false,
  },
  {
    name: ".hop3ignore brings .env back",
    options: { hop3ignore: root("!.env.test") },
    entry: { path: ".env.test" },
    kept: true,
  },
  {
    name: ".hop3ignore brings an ignored build directory back with its files",
    options: { gitignore: root("dist\nbuild/"), hop3ignore: root("!dist\n!build/") },
    entry: { path: "dist/a/b.js" },
    kept: true,
  },
  {
    name: ".hop3ignore brings back a directory written with a slash",
    options: { gitignore: root("dist\nbuild/"), hop3ignore: root("!dist\n!build/") },
    entry: { path: "build/a/b.js" },
    kept: true,
  },
  {
    name: ".hop3ignore cannot bring a private key back",
    options: { hop3ignore: root("!id_rsa\n!*.key\n!.git") },
    entry: { path: "id_rsa" },
    kept: false,
  },
  {
    name: ".hop3ignore cannot bring .git back",
    options: { hop3ignore: root("!.git") },
    entry: { path: ".git", kind: "directory" },
    kept: false,
  },
  {
    name: "a lone ! in a nested .gitignore",
    options: { gitignore: [{ directory: "b", text: "c\n!" }] },
    entry: { path: "b/c" },
    kept: false,
  },
  {
    name: "[build] ignore",
    options: { buildIgnore: ["docs/**"] },
    entry: { path: "docs/a.md" },
    kept: false,
  },
  {
    name: "a directory name with glob characters",
    options: { gitignore: [{ directory: "a[1]", text: "x" }] },
    entry: { path: "a[1]/x" },
    kept: false,
  },
];

describe("makeSourceFilter", () => {
  it.each(cases)("$name: kept is $kept", ({ options, entry, kept }) => {
    expect(keeps(makeSourceFilter(options), { kind: "file", ...entry })).toBe(kept);
  });

  it("says which rule dropped a path", () => {
    const filter = makeSourceFilter({ gitignore: [{ directory: "web", text: "*.map" }] });
    expect(filter.decide({ path: "web/a.map", kind: "file" })).toEqual({
      kept: false,
      reason: "web/.gitignore: *.map",
    });
    expect(filter.decide({ path: ".env", kind: "file" })).toMatchObject({
      reason: "kept out by default",
    });
  });

  it.each([
    ["tls.pem", "-----BEGIN CERTIFICATE-----", undefined],
    ["tls.pem", "-----BEGIN RSA PRIVATE KEY-----", "holds a private key"],
    [".npmrc", "registry=x\n//x/:_authToken=${NPM_TOKEN}", undefined],
    [".npmrc", "//x/:_authToken=abc", "holds a token of a package registry"],
    ["gcloud-credentials.json", '{"client_email": "x"}', undefined],
    ["credentials.json", '{"private_key": "x"}', "holds credentials of a cloud account"],
  ])("judges %s by its text (%s)", (path, text, reason) => {
    const verdict = makeSourceFilter().decide({ path, kind: "file" });
    expect(verdict.kept && verdict.inspect?.(text)).toBe(reason);
  });

  it("agrees with Git about .gitignore files at any depth", () => {
    const files = ["a", "a.x", "b/a", "b/c/a.x", "b/c/d", "c/d/b", "d/x y", "B/a", "b/!a"];
    const pattern = fc
      .array(
        fc.constantFrom("a", "b", "c", "d", "*", "**", "/", "!", ".x", "?", "[ab]", " ", "\\"),
        {
          minLength: 1,
          maxLength: 5,
        },
      )
      .map((parts) => parts.join(""));
    const rules = fc.record({
      "": fc.array(pattern, { maxLength: 3 }),
      b: fc.array(pattern, { maxLength: 3 }),
      "b/c": fc.array(pattern, { maxLength: 2 }),
    });
    fc.assert(
      fc.property(rules, (lines) => {
        const gitignore = Object.entries(lines).map(([directory, some]) => ({
          directory,
          text: some.join("\n"),
        }));
        const filter = makeSourceFilter({ gitignore });
        const kept = files.filter((path) => keeps(filter, { path, kind: "file" }));
        expect(kept).toEqual(keptByGit(files, gitignore));
      }),
      { numRuns: 60 },
    );
  });
});

function keptByGit(
  files: readonly string[],
  gitignore: readonly { directory: string; text: string }[],
): string[] {
  const dir = mkdtempSync(join(tmpdir(), "hop3-filter-"));
  try {
    execFileSync("git", ["init", "-q", dir]);
    for (const path of files) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), "");
    }
    for (const { directory, text } of gitignore) {
      writeFileSync(join(dir, directory, ".gitignore"), text);
    }
    const args = ["-C", dir, "ls-files", "-z", "--others", "--exclude-per-directory=.gitignore"];
    const listed = execFileSync("git", args, { encoding: "utf8" }).split("\0");
    return files.filter((path) => listed.includes(path));
  } finally {
    rmSync(dir, { recursive: true });
  }
}
