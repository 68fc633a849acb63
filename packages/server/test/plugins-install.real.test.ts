import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Failure, Hop3Error, type PluginInfo } from "@hop3/core";
import { afterEach, describe, expect, it } from "vitest";
import {
  type InstallerParts,
  makePluginInstaller,
  type PluginInstaller,
} from "../src/plugins/install.ts";
import { settlePlugins } from "../src/plugins/load.ts";
import { makeRegistries } from "../src/registries/registries.ts";
import { packPlugin } from "./support/plugin-package.ts";

const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const following = { signal: new AbortController().signal, onLine: () => {} };
const none: Pick<InstallerParts, "loaded" | "apps" | "releases"> = {
  loaded: { plugins: [], problems: [] },
  apps: { all: () => [] },
  releases: { find: () => undefined },
};

interface Bed extends PluginInstaller {
  readonly dir: string;
  install(wanted: Parameters<PluginInstaller["add"]>[0]): Promise<PluginInfo>;
}

async function makeBed(more: Partial<InstallerParts> = {}): Promise<Bed> {
  const home = await mkdtemp(join(tmpdir(), "hop3-plugins-"));
  ends.push(() => rm(home, { recursive: true, force: true }));
  const dir = join(home, "plugins");
  const registries = { forBuilds: async () => ({}) };
  const parts = { home: { plugins: dir }, configured: [], registries, ...none, ...more };
  const installer = makePluginInstaller(parts);
  return { dir, ...installer, install: (wanted) => installer.add(wanted, following) };
}

/** What it fails with. */
async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof Hop3Error) return thrown.failure;
  throw new Error(`it did not fail as expected: ${String(thrown)}`);
}

const toolchain = (name: string) =>
  `import { definePlugin } from "hop3/plugin";
export default definePlugin({ name: "${name}", toolchains: [
  { name: "${name}", detect: () => ({ fits: false, reason: "no" }), tools: async () => [], build: async () => ({}) },
] });`;

async function packToolchain(name: string, version = "1.0.0"): Promise<string> {
  return packPlugin({ name: `hop3-${name}`, version, source: toolchain(name) });
}

async function readManifest(dir: string): Promise<{ dependencies: Record<string, string> }> {
  return JSON.parse(await readFile(join(dir, "package.json"), "utf8"));
}

describe("a tarball", () => {
  it("is installed, replaced by another version, and taken out", async () => {
    const bed = await makeBed();
    const first = await bed.install({ archive: await packToolchain("perl") });
    const dir = join(bed.dir, "node_modules/hop3-perl");
    const expected = {
      name: "hop3-perl",
      plugin: "perl",
      version: "1.0.0",
      dir,
      origin: "home",
      state: "added",
      adds: { toolchains: ["perl"] },
    };
    expect(first).toEqual(expected);
    await bed.install({ archive: await packToolchain("lua") });
    expect(readdirSync(join(bed.dir, "archives"))).toHaveLength(2);
    await bed.install({ archive: await packToolchain("perl", "1.1.0") });
    const { dependencies } = await readManifest(bed.dir);
    expect(Object.keys(dependencies)).toEqual(["hop3-lua", "hop3-perl"]);
    expect(readdirSync(join(bed.dir, "archives"))).toHaveLength(2);
    const listed = await bed.list();
    expect(listed.map(({ name, version, state }) => [name, version, state])).toEqual([
      ["hop3-lua", "1.0.0", "added"],
      ["hop3-perl", "1.1.0", "added"],
    ]);
    const removed = await bed.remove("perl", following);
    expect(removed).toEqual({
      plugin: { ...expected, version: "1.1.0", state: "removed" },
      usedBy: [],
    });
    expect(existsSync(dir)).toBe(false);
    expect((await bed.list()).map(({ name }) => name)).toEqual(["hop3-lua"]);
  });

  it("runs no script, and its wish for hop3 is asked of no registry", async () => {
    const mark = join(tmpdir(), `hop3-script-${process.pid}`);
    const manifest = { scripts: { postinstall: `touch ${mark}` } };
    const bed = await makeBed();
    await bed.install({
      archive: await packPlugin({ name: "hop3-x", source: toolchain("x"), manifest }),
    });
    expect(existsSync(mark)).toBe(false);
    expect(readdirSync(join(bed.dir, "node_modules")).filter((name) => name[0] !== ".")).toEqual([
      "hop3-x",
    ]);
  });

  it("comes one after the other where two come at once", async () => {
    const bed = await makeBed();
    const archives = await Promise.all([packToolchain("a"), packToolchain("b")]);
    const infos = await Promise.all(archives.map((archive) => bed.install({ archive })));
    expect(infos.map(({ name }) => name)).toEqual(["hop3-a", "hop3-b"]);
    expect(Object.keys((await readManifest(bed.dir)).dependencies)).toEqual(["hop3-a", "hop3-b"]);
  });
});

const broken = [
  [`throw new Error("no disk");`, "no disk"],
  ["process.exit(3);", "loading it ends the program (3"],
  ["export default 5;", "the default export is not an object"],
  [toolchain("python"), "and so does hop3 itself"],
  [toolchain("sound"), "and so does sound"],
] as const;

describe("what does not load is not kept", () => {
  it("whatever it does instead", async () => {
    const bed = await makeBed();
    await bed.install({ archive: await packToolchain("sound") });
    const before = await readManifest(bed.dir);
    for (const [source, reason] of broken) {
      const archive = await packPlugin({ name: "hop3-broken", source });
      const failure = await failureOf(bed.install({ archive }));
      expect(failure).toMatchObject({ code: "PLUGIN_NOT_INSTALLED", exitCode: 9 });
      expect(failure.message).toContain(reason);
      expect(failure.message).not.toContain("plugins.next");
      expect(await readManifest(bed.dir)).toEqual(before);
      expect(readdirSync(join(bed.dir, ".."))).toEqual(["plugins"]);
    }
    expect((await bed.list()).map(({ name }) => name)).toEqual(["hop3-sound"]);
    const stop = AbortSignal.abort();
    const archive = await packToolchain("late");
    const failure = await failureOf(bed.add({ archive }, { ...following, signal: stop }));
    expect(failure.message).toContain("npm was stopped");
    expect(await readManifest(bed.dir)).toEqual(before);
  });

  it("a file that is no package", async () => {
    const bed = await makeBed();
    const archive = join(bed.dir, "../x.tgz");
    await writeFile(archive, "not a tarball");
    const failure = await failureOf(bed.install({ archive }));
    expect(failure.code).toBe("PLUGIN_NOT_INSTALLED");
    expect(existsSync(bed.dir)).toBe(false);
  });
});

describe("what is refused before npm runs", () => {
  it.each([
    "--global",
    "../x",
    "file:/etc",
    "git+ssh://host/x",
    "me/repository",
    "http://example.org/x.tgz",
    "https://me:secret@example.org/x.tgz",
    "x@file:../y",
    "a b",
  ])("%s", async (spec) => {
    const bed = await makeBed();
    const failure = await failureOf(bed.install({ spec }));
    expect(failure.code).toBe("PLUGIN_SPEC_INVALID");
    expect(existsSync(bed.dir)).toBe(false);
  });
});

describe("removing", () => {
  it("fails where there is nothing of the name, and where server.toml names it", async () => {
    const dir = "/srv/mine";
    const loaded = {
      plugins: [
        {
          plugin: { name: "mine" },
          name: "hop3-mine",
          version: "1.0.0",
          dir,
          origin: "configuration" as const,
        },
      ],
      problems: [],
    };
    const bed = await makeBed({ loaded });
    await expect(bed.remove("other", following)).rejects.toMatchObject({
      code: "PLUGIN_NOT_FOUND",
    });
    await expect(bed.remove("mine", following)).rejects.toMatchObject({
      code: "PLUGIN_CONFIGURED",
    });
  });
});

describe("a change that a killed server has left", () => {
  it("is undone, or was done", async () => {
    const bed = await makeBed();
    await bed.install({ archive: await packToolchain("sound") });
    const home = { plugins: bed.dir };
    // While npm worked on the copy.
    await cp(bed.dir, `${bed.dir}.next`, { recursive: true });
    settlePlugins(home);
    // Between the two renames.
    await cp(bed.dir, `${bed.dir}.next`, { recursive: true });
    await rename(bed.dir, `${bed.dir}.last`);
    settlePlugins(home);
    // After them.
    await mkdir(`${bed.dir}.last`);
    settlePlugins(home);
    expect(readdirSync(join(bed.dir, ".."))).toEqual(["plugins"]);
    expect((await bed.list()).map(({ name }) => name)).toEqual(["hop3-sound"]);
  });
});

/** A registry of npm's kind with one package, which wants a token. */
async function startRegistry(name: string, tarball: Buffer, token: string): Promise<string> {
  const integrity = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
  const server: Server = createServer((request, response) => {
    response.statusCode = 401;
    if (request.headers.authorization !== `Bearer ${token}`) return response.end("{}");
    response.statusCode = 200;
    if (request.url?.endsWith(".tgz") === true) return response.end(tarball);
    const dist = { tarball: `http://${request.headers.host}/${name}.tgz`, integrity };
    const versions = { "1.0.0": { name, version: "1.0.0", dist } };
    response.setHeader("content-type", "application/json");
    return response.end(JSON.stringify({ name, "dist-tags": { latest: "1.0.0" }, versions }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  ends.push(async () => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("a package by its name", () => {
  it("comes from the server's registry, whose token npm does not need", async () => {
    const tarball = await readFile(await packToolchain("named"));
    const url = await startRegistry("hop3-named", tarball, "t0ken");
    const settings = { npm: { url, token: "t0ken" } };
    const registries = makeRegistries({ settings, home: "/plugins-test", env: {} });
    ends.push(async () => registries.close());
    const bed = await makeBed({ registries });
    const info = await bed.install({ spec: "hop3-named" });
    expect(info).toMatchObject({ name: "hop3-named", plugin: "named", version: "1.0.0" });
    expect((await readManifest(bed.dir)).dependencies).toEqual({ "hop3-named": "1.0.0" });
    const failure = await failureOf(bed.install({ spec: "hop3-named@9.0.0" }));
    expect(failure.message).toContain("hop3-named@9.0.0 was not installed: ");
  });
});
