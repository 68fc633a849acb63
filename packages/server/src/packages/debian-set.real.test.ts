import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lockTree } from "../nix/locked-tree.ts";
import { findNixDir } from "../nix/nix-dir.ts";
import { run } from "../proc/run.ts";
import { updatePackages } from "./debian/update.ts";
import { updateApart } from "./debian/update-apart.ts";
import { describePackageSet } from "./describe.ts";
import { loadPackageSet, type PackageSet } from "./package-set.ts";
import { nearestAttributes, otherAttributes, searchPackages } from "./search.ts";

/** The Debian set with real apt, real Nix, its sandbox on: what a hop3.nix may expect of `pkgs`. */
const fixtures = join(import.meta.dirname, "../../test/package-set");
const settings = { set: "debian" } as const;
const options = [
  ...["--option", "pure-eval", "true"],
  ...["--option", "extra-experimental-features", "flakes nix-command fetch-tree"],
  ...["--option", "sandbox", "true"],
  ...["--option", "sandbox-paths", ""],
  ...["--option", "substitute", "false"],
  ...["--option", "build-users-group", ""],
];
const entry = `{ input }: let
    i = builtins.fromJSON input;
    enter = tree: builtins.fetchTree { type = "path"; inherit (tree) path narHash; };
    pkgs = import (enter i.nix + "/packages") i.packages;
  in if i.file == "" then pkgs else import (enter i.project + "/\${i.file}") { inherit pkgs; }`;

let home: string;
let set: PackageSet;

beforeAll(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), "hop3-packages-")));
  await updatePackages(home, () => {});
  set = await loadPackageSet(home, settings);
});

afterAll(() => rm(home, { recursive: true, force: true }));

async function makeInput(file: string): Promise<string> {
  const nix = await lockTree(findNixDir());
  return JSON.stringify({
    nix,
    packages: set.arguments,
    file,
    project: await lockTree(fixtures),
  });
}

async function build(file: string, attribute: string): Promise<string> {
  const argv = ["-E", entry, "--argstr", "input", await makeInput(file), "-A", attribute] as const;
  const result = await run({ argv: ["nix-build", "--no-out-link", ...options, ...argv] });
  expect(result.exitCode, result.stderr).toBe(0);
  return result.stdout.trim();
}

async function evaluate(attribute: string): Promise<{ value: unknown; stderr: string }> {
  const argv = ["-E", entry, "--argstr", "input", await makeInput(""), "-A", attribute] as const;
  const result = await run({
    argv: ["nix-instantiate", "--eval", "--strict", "--json", ...options, ...argv],
  });
  const value: unknown = result.exitCode === 0 ? JSON.parse(result.stdout) : undefined;
  return { value, stderr: result.stderr };
}

/** Runs a program with nothing in its environment but what is given. */
async function output(
  program: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<string> {
  const result = await run({ argv: [program, ...args], env, cwd: "/" });
  expect(result.exitCode, result.stderr).toBe(0);
  return result.stdout.trim();
}

/** What the platform computes at build time: PATH and PYTHONPATH of a package and what it propagates. */
async function searchPaths(storePath: string): Promise<{ PATH: string; PYTHONPATH: string }> {
  const seen = new Set<string>();
  const programs: string[] = [];
  const modules: string[] = [];
  const todo = [storePath];
  for (let path = todo.shift(); path !== undefined; path = todo.shift()) {
    if (seen.has(path)) continue;
    seen.add(path);
    programs.push(`${path}/bin`);
    const libraries = await readdir(`${path}/lib`).catch(() => []);
    for (const name of libraries.filter((library) => library.startsWith("python3"))) {
      modules.push(`${path}/lib/${name}/site-packages`, `${path}/lib/${name}/dist-packages`);
    }
    const file = `${path}/nix-support/propagated-build-inputs`;
    todo.push(...(await readFile(file, "utf8").catch(() => "")).split(/\s+/).filter(Boolean));
  }
  return { PATH: programs.join(":"), PYTHONPATH: modules.join(":") };
}

/** Starts a server, asks it for / over its Unix socket, stops it. */
async function ask(argv: readonly [string, ...string[]], env: Record<string, string>) {
  const socket = env["HOP3_SOCKET"] ?? "";
  const stop = new AbortController();
  const running = run({ argv, env, cwd: "/", signal: stop.signal });
  try {
    for (let attempt = 0; attempt < 100; attempt++) {
      const answer = await request(socket);
      if (answer !== undefined) return answer;
      await wait(100);
    }
    return undefined;
  } finally {
    stop.abort();
    const result = await running;
    if (!result.stderr.includes("Handling signal")) expect(result.stderr).toBe("");
  }
}

function request(socketPath: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const call = get({ socketPath, path: "/" }, async (response) => {
      let text = "";
      for await (const chunk of response) text += String(chunk);
      resolve(text);
    });
    call.on("error", () => resolve(undefined));
  });
}

async function closureOf(storePath: string): Promise<string[]> {
  const listed = await output("nix-store", ["--query", "--requisites", storePath], {
    PATH: process.env["PATH"] ?? "",
  });
  return listed.split("\n").map((path) => path.replace(/^\/nix\/store\/\w{32}-/, ""));
}

describe("a Flask app", () => {
  it.each([
    ["flask", "the example of the design, with setup.py"],
    ["plain", "requirements.txt alone"],
  ])("%s answers over its socket: %s", async (name) => {
    const built = await build(`${name}/hop3.nix`, "package");
    const paths = await searchPaths(built);
    const gunicorn = paths.PATH.split(":").find((dir) => dir.includes("-gunicorn-"));
    const env = { ...paths, HOP3_SOCKET: join(home, `${name}.sock`) };
    const argv = [`${gunicorn}/gunicorn`, "app:app", "--bind", `unix:${env.HOP3_SOCKET}`] as const;
    expect(await ask(argv, env)).toBe("hello from flask\n");
    const closure = await closureOf(built);
    expect(closure.filter((path) => /^(?:perl|dpkg|debconf|gcc|bash)-/.test(path))).toEqual([]);
  });
});

describe("programs without any environment", () => {
  it.each([
    ["gunicorn", "gunicorn", ["--version"], /^gunicorn \(version/],
    ["python3", "python3", ["-c", "import ssl,sqlite3,ctypes,json;print(1)"], /^1$/],
    ["environment", "python3", ["-c", "import flask,yaml,requests;print(2)"], /^2$/],
    ["npm", "npm", ["--version"], /^\d+\./],
    ["npm", "node", ["-p", "process.version"], /^v\d+\./],
    ["joined", "jq", ["-n", "1+1"], /^2$/],
    ["joined", "git", ["--version"], /^git version/],
    ["joined", "curl", ["--version"], /OpenSSL/],
    ["joined", "redis-server", ["--version"], /Redis|v=/],
    ["joined", "sqlite3", [":memory:", "select 1+2"], /^3$/],
    ["joined", "perl", ["-MPOSIX", "-e", "print floor(4.5)"], /^4$/],
    ["debian", "hello", [], /^Hello, world!$/],
    ["compiled", "hello", [], /^hi 1\./],
    ["multi.out", "greet", [], /^hello 2$/],
    ["overridden", "greet", [], /^hello 3$/],
    ["project", "greet", ["you"], /^hello you \[('LC_CTYPE')?\]$/],
    ["busybox", "sh", ["-c", "echo $0; httpd --help 2>/dev/null; busybox uname"], /Linux/],
  ])("%s: %s %j", async (...[attribute, program, args, expected]) => {
    const built = await build("programs.nix", attribute);
    expect(await output(`${built}/bin/${program}`, args)).toMatch(expected);
  });

  it("serves HTTP from node", async () => {
    const built = await build("programs.nix", "node");
    const env = { HOP3_SOCKET: join(home, "node.sock") };
    expect(await ask([`${built}/bin/serve`], env)).toBe("from node");
  });
});

describe("derivations", () => {
  it("keeps headers and compilers out of the closure of a compiled program", async () => {
    const closure = await closureOf(await build("programs.nix", "compiled"));
    expect(closure.map((path) => path.replace(/-[\d.]+.*/, "")).sort()).toEqual([
      "compiled",
      "libc6",
      "zlib1g",
    ]);
  });

  it("needs no compiler for a package that only copies files", async () => {
    const copied = await build("programs.nix", "copied");
    expect(await readdir(copied)).toContain("app.py");
    expect(await closureOf(copied)).toHaveLength(1);
  });

  it("wraps programs as nixpkgs does", async () => {
    const wrapped = await build("programs.nix", "wrapped");
    const all = await output(`${wrapped}/bin/all`, ["three"], { D: "gone", C: "mid" });
    expect(all).toBe("it's $x|default|/first:mid:/last:run||one two three|/");
    expect(await output(`${wrapped}/bin/own`)).toBe("own|||||/");
    expect(await output(`${wrapped}/bin/all`, [], { B: "set" })).toContain("|set|");
  });

  it("takes the chosen files of a source", async () => {
    const sources = await build("programs.nix", "sources");
    expect((await readdir(`${sources}/fileset/src/greeter`)).sort()).toEqual(["main.py"]);
    expect((await readdir(`${sources}/filtered`)).sort()).toEqual(["app.py", "setup.py"]);
    expect((await readdir(`${sources}/clean`)).sort()).toEqual(["Makefile", "hello.c"]);
  });

  it("has outputs, overrides and passthru", async () => {
    const passthru = await readFile(await build("programs.nix", "passthru"), "utf8");
    expect(passthru).toMatch(/^kept kept \/nix\/store\/\w{32}-multi-2-dev$/);
    const log = await readFile(`${await build("programs.nix", "overridden.dev")}/include/log`);
    expect(String(log)).toBe("before\nafter\n");
  });

  it("writes files as they are given", async () => {
    const files = await build("programs.nix", "files");
    expect(await readFile(`${files}/text/plain`, "utf8")).toBe('it\'s $HOME "quoted" ${x}\n');
    expect(await output(`${files}/script`, ["one"])).toBe("one 5");
    expect(await readFile(`${files}/cacert`, "utf8")).toContain("BEGIN CERTIFICATE");
  });

  it("has the data plane", async () => {
    const plane = await build("programs.nix", "dataPlane");
    const names = (await readFile(plane, "utf8")).split("\n");
    expect(names).toEqual(expect.arrayContaining(["haproxy", "s6-svscan", "s6-svc", "s6-log"]));
  });

  it("builds the same bytes again", async () => {
    for (const attribute of ["gunicorn", "python3", "project"]) {
      const built = await build("programs.nix", attribute);
      const env = { PATH: process.env["PATH"] ?? "" };
      const derivation = await output("nix-store", ["--query", "--deriver", built], env);
      const argv = ["nix-store", "--realise", "--check", derivation, ...options] as const;
      const result = await run({ argv });
      expect(result.exitCode, result.stderr).toBe(0);
    }
  });
});

describe("the lock", () => {
  it("has one pin for one index, and none of its addresses in a store path", async () => {
    const before = await evaluate("haproxy.outPath");
    const moved = structuredClone(set);
    if (moved.arguments.kind !== "debian") throw new Error("not the Debian set");
    moved.arguments.mirrors.fill("http://mirror.invalid/");
    const original = set;
    set = moved;
    const after = await evaluate("haproxy.outPath");
    set = original;
    expect(after.value).toBe(before.value);
  });

  it("is the same from a lock in 256 pieces, as they were made before", async () => {
    if (set.arguments.kind !== "debian") throw new Error("not the Debian set");
    const old = await makeOldIndex(set.arguments.index.path);
    const before = await evaluate("haproxy.drvPath");
    const original = set;
    set = { ...set, arguments: { ...set.arguments, index: await lockTree(old) } };
    const after = await evaluate("haproxy.drvPath");
    set = original;
    expect(after.value).toBe(before.value);
  });

  it("keeps serving an evaluation while it is replaced", async () => {
    const lines: string[] = [];
    await updateApart(home, (line) => lines.push(line));
    expect(lines.at(-1)).toMatch(/^locked \d+ packages as sha256-/);
    const fresh = await loadPackageSet(home, settings);
    expect(fresh.pin).toBe(set.pin);
    expect(fresh.arguments).not.toEqual(set.arguments);
    if (set.arguments.kind !== "debian") throw new Error("not the Debian set");
    expect(await readdir(set.arguments.index.path)).toContain("000.json");
    expect((await describePackageSet(home, settings)).packages).toBeGreaterThan(10_000);
  });

  it("finds packages and names near a missing one", async () => {
    const [first, ...others] = await searchPackages(home, "gunicorn");
    expect(first).toMatchObject({ name: "gunicorn", attribute: "python3Packages.gunicorn" });
    expect(others.map(({ name }) => name)).toContain("python3-gunicorn");
    expect(await nearestAttributes(home, "haproxi")).toEqual(["haproxy"]);
    expect(await nearestAttributes(home, "flaskk")).toContain("python3Packages.flask");
  });

  it("says which attribute is missing", async () => {
    expect((await evaluate("python3Packages.flaskk")).stderr).toContain("flaskk");
    expect((await evaluate("debianPackages.flaskk")).stderr).toContain("flaskk");
  });

  it("suggests only attributes that exist", async () => {
    const names = await attributeNames();
    expect(otherAttributes.filter((name) => !names.includes(name))).toEqual([]);
  });
});

/** The index as it was written when a piece had two digits instead of three. */
async function makeOldIndex(dir: string): Promise<string> {
  const old = join(home, "old-index");
  const pieces = new Map<string, object>();
  await mkdir(old);
  for (const name of await readdir(dir)) {
    const piece = /^([0-9a-f]{2})[0-9a-f]\.json$/.exec(name)?.[1];
    if (piece === undefined) await cp(join(dir, name), join(old, name));
    else {
      const entries = JSON.parse(await readFile(join(dir, name), "utf8")) as object;
      pieces.set(piece, { ...pieces.get(piece), ...entries });
    }
  }
  for (const [piece, entries] of pieces) {
    await writeFile(join(old, `${piece}.json`), JSON.stringify(entries));
  }
  return old;
}

async function attributeNames(): Promise<string[]> {
  const expression = `{ input }: builtins.attrNames ((${entry}) { inherit input; })`;
  const argv = ["-E", expression, "--argstr", "input", await makeInput("")] as const;
  const result = await run({
    argv: ["nix-instantiate", "--eval", "--strict", "--json", ...options, ...argv],
  });
  return JSON.parse(result.stdout) as string[];
}

describe("without a lock", () => {
  it("names the command that makes one", async () => {
    const empty = await mkdtemp(join(tmpdir(), "hop3-empty-"));
    await expect(loadPackageSet(empty, { set: "auto" })).rejects.toMatchObject({
      failure: { code: "PACKAGES_NOT_LOCKED", hint: "Run: hop3 packages update" },
    });
    await expect(loadPackageSet(empty, { set: "nixpkgs" })).rejects.toMatchObject({
      failure: { code: "NIXPKGS_UNAVAILABLE" },
    });
    await rm(empty, { recursive: true });
  });

  it("takes a local nixpkgs where one is configured", async () => {
    const local = await mkdtemp(join(tmpdir(), "hop3-nixpkgs-"));
    await cp(join(fixtures, "plain/hop3.nix"), join(local, "default.nix"));
    const found = await loadPackageSet(home, { set: "auto", nixpkgs: { path: local } });
    expect(found).toMatchObject({ name: "nixpkgs", arguments: { tree: { path: local } } });
    await rm(local, { recursive: true });
  });
});
