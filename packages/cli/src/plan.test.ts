import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Plan } from "@hop3/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call } from "../test/call.ts";

let root = "";

const start = JSON.stringify({ scripts: { start: "node server.js" } });
const lock = JSON.stringify({ lockfileVersion: 3, packages: {} });
const trees: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  locked: { "package.json": start, "package-lock.json": lock },
  named: { "package.json": start, "hop3.toml": '[build]\nmethod = "local"\n' },
  two: {
    "package.json": JSON.stringify({ scripts: { build: "vite build" } }),
    "requirements.txt": "",
  },
  image: { Dockerfile: "FROM scratch\n" },
  unsure: { "package.json": start, "package-lock.json": lock, "index.php": "<?php" },
  nothing: { "a.txt": "" },
};

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "hop3-plan-"));
  for (const [name, files] of Object.entries(trees)) {
    await mkdir(join(root, name));
    for (const [file, text] of Object.entries(files)) {
      await writeFile(join(root, name, file), text);
    }
  }
});

afterAll(() => rm(root, { recursive: true }));

const why = (name: string, ...more: readonly string[]) =>
  call(["plan", join(root, name), "--why", ...more], { home: root });

describe("hop3 plan --why", () => {
  it.each(["locked", "named", "two", "image"])("of the tree '%s'", async (name) => {
    const { stdout, exitCode } = await why(name);
    expect(exitCode).toBe(0);
    const shown = stdout.slice(stdout.indexOf("\nWhy\n") + 1);
    await expect(shown).toMatchFileSnapshot(`../test/golden/plan-why-${name}.golden`);
  });

  it.each(["unsure", "nothing"])("carries all answers where none is taken: '%s'", async (name) => {
    const { stderr, exitCode } = await why(name);
    expect(exitCode).not.toBe(0);
    await expect(stderr).toMatchFileSnapshot(`../test/golden/plan-why-${name}.golden`);
  });

  it("names toolchains instead of an expression where Nix builds nothing", async () => {
    const { stdout } = await why("two");
    expect(stdout).toMatch(/^toolchains {2}node \(assets\), then python$/m);
    expect(stdout).not.toMatch(/^expression/m);
  });

  it("is the Plan with --json", async () => {
    const { stdout } = await why("named", "--json");
    const plan = Plan.parse(JSON.parse(stdout));
    expect(plan.decided).toBe('hop3.toml:2:1 [build] method = "local"');
    expect(plan.answers.map(({ builder }) => builder)).toEqual(["nix", "local", "docker"]);
    expect(plan.answers[1]?.considered.filter(({ fits }) => fits)).toEqual([
      { name: "node", fits: true, reason: "found package.json" },
    ]);
  });
});
