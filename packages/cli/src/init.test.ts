import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { converters, loadConfig } from "@hop3/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { call } from "../test/call.ts";
import { initKinds } from "./tree-groups.ts";

let dir: string;

beforeEach(() => {
  dir = mkdtempSync("/tmp/hop3-init-");
});

afterEach(() => {
  rmSync(dir, { recursive: true });
});

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) writeFileSync(join(dir, path), text);
}

const init = (...args: readonly string[]) => call(["init", dir, ...args]);
const written = () => readFileSync(join(dir, "hop3.toml"), "utf8");

const shop = {
  Procfile: "web: gunicorn shop.wsgi\n",
  "app.json": '{"formation":{"web":{"quantity":2}},"addons":["papertrail"]}',
  Dockerfile: "FROM python:3.11\nRUN pip install -r requirements.txt\nCMD ./other\n",
};

describe("hop3 init", () => {
  it("writes what it found and says what it could not take over", async () => {
    write(shop);
    const result = await init();
    expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    for (const file of Object.keys(shop)) expect(result.stdout).toContain(`  ${file}`);
    expect(result.stdout).toContain("warning  app.json:1:47 the addon 'papertrail'");
    expect(result.stdout).toContain("Dockerfile the command of web is not carried over");
    expect(written()).toContain("# Made by hop3 init from Procfile, app.json, Dockerfile.");
    expect(loadConfig(written()).config).toMatchObject({
      build: { toolchain: "python" },
      run: { workers: { web: { command: "gunicorn shop.wsgi", instances: 2 } } },
      nix: { template: "python-venv", "pip-requirements": "requirements.txt" },
    });
  });

  it("keeps a hop3.toml that is there, unless it is told to replace it", async () => {
    write({ ...shop, "hop3.toml": "# mine\n" });
    const refused = await init();
    expect(refused).toMatchObject({ exitCode: 6, stdout: "" });
    expect(refused.stderr).toContain("INIT_EXISTS");
    expect(refused.stderr).toContain("--force");
    expect(written()).toBe("# mine\n");
    expect(await init("--force")).toMatchObject({ exitCode: 0 });
    expect(written()).toContain("gunicorn");
  });

  it("prints the file alone and writes nothing with --print", async () => {
    write({ ...shop, "hop3.toml": "# mine\n" });
    const { stdout, exitCode } = await init("--print");
    expect(exitCode).toBe(0);
    expect(loadConfig(stdout).config.run).toBeDefined();
    expect(written()).toBe("# mine\n");
  });

  it("reads one kind of file with --from", async () => {
    write(shop);
    const { stdout } = await init("--print", "--from", "dockerfile");
    expect(loadConfig(stdout).config.run).toEqual({ start: "./other" });
  });

  it("is one object with --json", async () => {
    write(shop);
    const { stdout } = await init("--json");
    const answer: unknown = JSON.parse(stdout);
    expect(answer).toMatchObject({
      written: join(dir, "hop3.toml"),
      files: [
        { kind: "procfile", file: "Procfile" },
        { kind: "app-json", file: "app.json" },
        { kind: "dockerfile", file: "Dockerfile" },
      ],
      toml: written(),
    });
  });

  it("asks for no template where there is a hop3.nix", async () => {
    write({ ...shop, "hop3.nix": "{ }" });
    const { stdout } = await init("--print");
    expect(loadConfig(stdout).config.nix).toBeUndefined();
  });

  it.each([
    {
      name: "an empty directory",
      files: {},
      args: [],
      exitCode: 3,
      parts: ["INIT_NOTHING_FOUND", "Procfile, app.json", "hop3 plan"],
    },
    {
      name: "a kind that is not there",
      files: shop,
      args: ["--from", "fly-toml"],
      exitCode: 3,
      parts: ["INIT_NOTHING_FOUND", "of the kind fly-toml"],
    },
    {
      name: "an unknown kind",
      files: shop,
      args: ["--from", "dockerfil"],
      exitCode: 2,
      parts: ["INIT_UNKNOWN_KIND", "Did you mean dockerfile?"],
    },
    {
      name: "a broken file",
      files: { "app.json": '{\n  "name": }' },
      args: [],
      exitCode: 2,
      parts: ["CONVERT_INVALID", "app.json:2:11", "expected a value"],
    },
  ])("explains $name", async ({ files, args, exitCode, parts }) => {
    write(files);
    const result = await init(...args);
    expect(result).toMatchObject({ exitCode, stdout: "" });
    for (const part of parts) expect(result.stderr).toContain(part);
  });

  it("explains a directory that is none", async () => {
    const result = await call(["init", join(dir, "none")]);
    expect(result).toMatchObject({ exitCode: 3 });
    expect(result.stderr).toContain("SOURCE_NOT_FOUND");
  });

  it("says what it cannot write", async () => {
    write(shop);
    mkdirSync(join(dir, "hop3.toml"));
    const result = await init("--force");
    expect(result).toMatchObject({ exitCode: 1 });
    expect(result.stderr).toContain("FILE_UNWRITABLE");
    expect(result.stderr).toContain("hop3.toml: it is a directory");
  });

  it("offers the kinds that core has", () => {
    expect([...initKinds]).toEqual(converters.map(({ id }) => id));
  });
});
