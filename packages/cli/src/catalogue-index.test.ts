import { createPublicKey, verify } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { CatalogueIndex } from "@hop3/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { call } from "../test/call.ts";

const sheet = `title = "A wiki"
summary = "Pages"
description = "Long."
version = "1"
categories = ["wiki"]
homepage = "https://wiki.example.org/"
license = "MIT"
`;

let dir = "";

beforeEach(() => {
  dir = mkdtempSync("/tmp/hop3-recipes-");
  addRecipe("wiki");
  addRecipe("notes");
  mkdirSync(join(dir, ".git"));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

function addRecipe(id: string): void {
  mkdirSync(join(dir, id, "pages"), { recursive: true });
  writeFileSync(join(dir, id, "recipe.toml"), sheet);
  writeFileSync(join(dir, id, "hop3.toml"), '[nix]\ntemplate = "static-site"\n');
  writeFileSync(join(dir, id, "pages/index.html"), "<title>Wiki</title>");
}

function index(...args: readonly string[]) {
  return call(["catalogue", "index", ...args], { cwd: dir });
}

function written(): CatalogueIndex {
  return CatalogueIndex.parse(JSON.parse(readFileSync(join(dir, "index.json"), "utf8")));
}

function isSignedBy(key: string, line: string): boolean {
  const der = Buffer.concat([
    Buffer.from("302a300506032b6570032100", "hex"),
    Buffer.from(key, "base64"),
  ]);
  const publicKey = createPublicKey({ key: der, format: "der", type: "spki" });
  const text = readFileSync(join(dir, "index.json"));
  return verify(null, text, publicKey, Buffer.from(line, "base64"));
}

describe("hop3 catalogue index", () => {
  it("names every file by its hash, and raises the serial where something has changed", async () => {
    const { stdout, exitCode } = await index("--name", "ours");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("ours, serial 1");
    expect(stdout).toContain("Not signed");
    const [notes] = written().recipes;
    expect(notes?.files.map(({ path }) => path)).toEqual([
      "hop3.toml",
      "pages/index.html",
      "recipe.toml",
    ]);
    expect((await index()).stdout).toContain("Unchanged");
    expect(written()).toMatchObject({ name: "ours", serial: 1 });
    writeFileSync(join(dir, "wiki/pages/index.html"), "<title>Other</title>");
    await index();
    expect(written().serial).toBe(2);
  });

  it("signs with a key that it makes, and with the one that takes its place", async () => {
    const { stdout } = await index("--key", ".key.pem", "--next-key", ".next.pem", "--json");
    const { keys } = JSON.parse(stdout) as { keys: string[] };
    const lines = readFileSync(join(dir, "index.json.sig"), "utf8").trim().split("\n");
    expect(keys.map((key, at) => isSignedBy(key, lines[at] ?? ""))).toEqual([true, true]);
    expect(statSync(join(dir, ".key.pem")).mode & 0o777).toBe(0o600);
    const again = await index("--key", ".key.pem", "--expires", "2d");
    expect(again.stdout).toContain(`[catalogue] key = "${keys[0]}"`);
    expect(written().expires?.slice(0, 10)).toBe("2026-11-25");
  });
});

describe("hop3 catalogue index writes nothing where", () => {
  interface Case {
    readonly what: string;
    readonly said: string;
    readonly args?: readonly string[];
    spoil?(): void;
  }
  const notes = (file: string): string => join(dir, "notes", file);
  const cases: readonly Case[] = [
    {
      what: "a recipe lacks its sheet",
      said: "notes lacks recipe.toml",
      spoil: () => rmSync(notes("recipe.toml")),
    },
    {
      what: "a sheet is wrong",
      said: "the recipe notes cannot be used: title: ",
      spoil: () => writeFileSync(notes("recipe.toml"), "summary = 1"),
    },
    {
      what: "a name is none",
      said: "My Notes cannot be the name of a recipe",
      spoil: () => addRecipe("My Notes"),
    },
    {
      what: "a file is hidden",
      said: "notes/.env cannot be the path of a recipe's file",
      spoil: () => writeFileSync(notes(".env"), "A=1"),
    },
    {
      what: "a file is a link",
      said: "passwd is a link",
      spoil: () => symlinkSync("/etc/passwd", notes("passwd")),
    },
    { what: "the name of the catalogue is none", said: "name ", args: ["--name", "Our Own"] },
    {
      what: "a key is none",
      said: ".key.pem is not a private ed25519 key",
      args: ["--key", ".key.pem"],
      spoil: () => writeFileSync(join(dir, ".key.pem"), "?"),
    },
    {
      what: "the time is none",
      said: "--expires 'soon' is no length of time",
      args: ["--expires", "soon"],
    },
    {
      what: "the index before is none",
      said: "it is no index of a catalogue",
      spoil: () => writeFileSync(join(dir, "index.json"), "[]"),
    },
    { what: "the directory is not there", said: "no-such: no such file", args: ["no-such"] },
  ];

  it.each(cases)("$what", async ({ said, args = [], spoil }) => {
    spoil?.();
    const { stderr, exitCode } = await index(...args);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain(said);
    expect(existsSync(join(dir, "index.json.sig"))).toBe(false);
    expect(() => written()).toThrow();
  });
});
