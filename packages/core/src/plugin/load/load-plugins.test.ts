import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { PartOwner } from "./index.ts";
import { type LoadResult, loadPlugins } from "./load-plugins.ts";

const made: string[] = [];

afterEach(async () => {
  for (const dir of made.splice(0)) await rm(dir, { recursive: true, force: true });
});

async function makeDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "hop3-load-"));
  made.push(dir);
  return dir;
}

type Files = Readonly<Record<string, string>>;

async function write(dir: string, files: Files): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
}

function manifest(more: Readonly<Record<string, unknown>> = {}, hop3: unknown = "^0.1.0"): string {
  const base = { version: "1.2.3", type: "module", peerDependencies: { hop3 } };
  return JSON.stringify({ ...base, ...more });
}

const perl = `export default { name: "perl", toolchains: [
  { name: "perl", detect() {}, tools() {}, build() {} },
] };`;

/** A home with these packages in it, as npm would leave it. */
async function install(packages: Readonly<Record<string, Files>>): Promise<string> {
  const dir = await makeDir();
  const dependencies = Object.fromEntries(Object.keys(packages).map((name) => [name, "1.2.3"]));
  await write(dir, { "package.json": JSON.stringify({ dependencies }) });
  for (const [name, files] of Object.entries(packages)) {
    await write(join(dir, "node_modules", name), files);
  }
  return dir;
}

interface Load {
  readonly configured?: readonly string[];
  readonly owners?: readonly PartOwner[];
}

function load(dir: string, { configured = [], owners = [] }: Load = {}): Promise<LoadResult> {
  return loadPlugins({ dir, configured, owners, hop3Version: "0.1.0", importTimeoutMs: 500 });
}

/** One package of this name and these files alone. */
async function loadOne(files: Files): Promise<LoadResult> {
  return load(await install({ broken: files }));
}

describe("plug-ins that load", () => {
  it("is none where none was ever installed", async () => {
    expect(await load("/nonexistent/plugins")).toEqual({ plugins: [], problems: [] });
  });

  it.each([
    ["exports as a text", { exports: "./lib/a.js" }, "lib/a.js"],
    ["exports by condition", { exports: { types: "./a.d.ts", import: "./a.mjs" } }, "a.mjs"],
    ["exports with a root", { exports: { ".": { default: "./a.js" } } }, "a.js"],
    ["exports with a choice", { exports: [{ browser: "./b.js" }, "./a.js"] }, "a.js"],
    ["main", { main: "a.js" }, "a.js"],
    ["neither", {}, "index.js"],
  ])("finds the module by %s", async (_what, more, file) => {
    const dir = await install({ perl: { "package.json": manifest(more), [file]: perl } });
    const { plugins, problems } = await load(dir);
    expect(problems).toEqual([]);
    expect(plugins.map(({ plugin, ...rest }) => [plugin.name, rest])).toEqual([
      [
        "perl",
        {
          name: "perl",
          version: "1.2.3",
          dir: join(dir, "node_modules/perl"),
          origin: "home",
        },
      ],
    ]);
  });

  it("takes a directory of the configuration, TypeScript too", async () => {
    const dir = await makeDir();
    const source = `const name: string = "mine"; export default { name };`;
    await write(dir, {
      "package.json": manifest({ name: "@me/mine", main: "a.ts" }),
      "a.ts": source,
    });
    const { plugins, problems } = await load("/nonexistent", { configured: [dir] });
    expect(problems).toEqual([]);
    expect(plugins.map(({ name, origin }) => ({ name, origin }))).toEqual([
      { name: "@me/mine", origin: "configuration" },
    ]);
  });

  it("takes parts that are instances of classes", async () => {
    const source = `class Check { name = "disk"; check() {} }
export default { name: "c", checks: [new Check()] };`;
    const { plugins, problems } = await loadOne({
      "package.json": manifest(),
      "index.js": source,
    });
    expect(problems).toEqual([]);
    expect(plugins).toHaveLength(1);
  });
});

const command = `{ name: "x", summary: "y" }`;

describe("plug-ins that do not load", () => {
  it.each<[string, Files, readonly [code: string, reason: string]]>([
    ["without a package.json", {}, ["PLUGIN_NOT_LOADED", "there is no package.json"]],
    ["with a broken package.json", { "package.json": "{" }, ["PLUGIN_NOT_LOADED", "is not JSON"]],
    ["for nothing said", { "package.json": "{}" }, ["PLUGIN_VERSION", "does not say"]],
    [
      "for another version",
      { "package.json": manifest({}, "^2.0.0") },
      ["PLUGIN_VERSION", "the plug-in broken is for hop3 ^2.0.0, and this is 0.1.0"],
    ],
    ["for no version", { "package.json": manifest({}, "what") }, ["PLUGIN_VERSION", "hop3 what"]],
    [
      "without the module",
      { "package.json": manifest({ main: "gone.js" }) },
      ["PLUGIN_NOT_LOADED", "gone.js is not there"],
    ],
    [
      "for require alone",
      { "package.json": manifest({ exports: { require: "./a.cjs" } }) },
      ["PLUGIN_NOT_LOADED", "exports no module"],
    ],
  ])("names one %s", async (_what, files, [code, reason]) => {
    const { plugins, problems } = await loadOne(files);
    expect(plugins).toEqual([]);
    expect(problems).toEqual([
      expect.objectContaining({ name: "broken", code, reason: expect.stringContaining(reason) }),
    ]);
  });

  it.each([
    ["a mistake in its syntax", "export default {", "SyntaxError"],
    ["an error at import", `throw new Error("no disk")`, "no disk"],
    ["something thrown that is no error", `throw "text"`, "it throws text at import"],
    ["something missing", `import "not-there-at-all"`, "not-there-at-all"],
    ["no end", "await new Promise(() => {})", "its import has not ended within 0.5 s"],
    ["a getter that throws", `export default { get name() { throw new Error("ha"); } }`, "ha"],
  ])("names one with %s", async (_what, source, reason) => {
    const { plugins, problems } = await loadOne({
      "package.json": manifest(),
      "index.js": source,
    });
    expect(plugins).toEqual([]);
    expect(problems).toEqual([
      expect.objectContaining({
        code: "PLUGIN_NOT_LOADED",
        version: "1.2.3",
        reason: expect.stringContaining(reason),
      }),
    ]);
  });

  it.each([
    ["export const name = 1;", "it has no default export"],
    ["export default 5;", "the default export is not an object"],
    ["export default {};", "name is not a text"],
    [`export default { name: "A B" };`, "name is not a name"],
    [`export default { name: "a", toolchain: [] };`, "has toolchain, which is nothing"],
    [`export default { name: "a", toolchains: {} };`, "toolchains is not a list"],
    [
      `export default { name: "a", toolchains: [{ name: "t", detect: 1 }] };`,
      "toolchains[0].detect is not a function",
    ],
    [`export default { name: "a", commands: [${command}] };`, "commands[0] has neither"],
    [
      `export default { name: "a", commands: [{ name: "x", summary: "y", children: [${command}] }] };`,
      "commands[0].children[0] has neither",
    ],
    [
      `export default { name: "a", checks: [{ name: "x", check() {} }, { name: "x", check() {} }] };`,
      "checks[1].name is there twice",
    ],
  ])("names the path of what is wrong in %s", async (source, reason) => {
    const { problems } = await loadOne({ "package.json": manifest(), "index.js": source });
    expect(problems).toEqual([
      expect.objectContaining({
        code: "PLUGIN_INVALID",
        reason: expect.stringContaining(reason),
      }),
    ]);
  });

  it("leaves the sound ones alone, and a broken list of them", async () => {
    const sound = { "package.json": manifest(), "index.js": perl };
    const dir = await install({ broken: {}, perl: sound });
    expect((await load(dir)).plugins.map(({ name }) => name)).toEqual(["perl"]);
    await write(dir, { "package.json": "no" });
    const { plugins, problems } = await load(dir, {
      configured: [join(dir, "node_modules/perl")],
    });
    expect(plugins.map(({ name }) => name)).toEqual(["perl"]);
    expect(problems.map(({ code }) => code)).toEqual(["PLUGIN_NOT_LOADED"]);
  });
});

describe("names that are taken", () => {
  const twin = perl.replace(`name: "perl", toolchains`, `name: "twin", toolchains`);

  it("refuses the later of two, and names both", async () => {
    const dir = await install({
      perl: { "package.json": manifest(), "index.js": perl },
      twin: { "package.json": manifest(), "index.js": twin },
      zz: { "package.json": manifest(), "index.js": perl },
    });
    const { plugins, problems } = await load(dir);
    expect(plugins.map(({ name }) => name)).toEqual(["perl"]);
    expect(problems.map(({ code, reason }) => [code, reason])).toEqual([
      ["PLUGIN_NAME_TAKEN", "the plug-in twin brings the toolchain 'perl', and so does perl"],
      ["PLUGIN_NAME_TAKEN", "the plug-in zz brings the name 'perl', and so does perl"],
    ]);
  });

  it("refuses the newest, wherever its name stands", async () => {
    const dir = await install({
      perl: { "package.json": manifest(), "index.js": perl },
      twin: { "package.json": manifest(), "index.js": twin },
    });
    const request = { dir, configured: [], owners: [], hop3Version: "0.1.0", newest: "perl" };
    const { plugins, problems } = await loadPlugins(request);
    expect(plugins.map(({ name }) => name)).toEqual(["twin"]);
    expect(problems.map(({ name }) => name)).toEqual(["perl"]);
  });

  it("refuses what is built in", async () => {
    const dir = await install({ perl: { "package.json": manifest(), "index.js": perl } });
    const owners = [{ name: "hop3", parts: { toolchains: ["perl"] } }];
    const { plugins, problems } = await load(dir, { owners });
    expect(plugins).toEqual([]);
    expect(problems.map(({ reason }) => reason)).toEqual([
      "the plug-in perl brings the toolchain 'perl', and so does hop3 itself",
    ]);
  });
});

describe("hop3/plugin", () => {
  it("is the running program's own module", async () => {
    const source = `import { definePlugin } from "hop3/plugin"; export default definePlugin({ name: "own" });`;
    const { plugins, problems } = await loadOne({
      "package.json": manifest(),
      "index.js": source,
    });
    expect(problems).toEqual([]);
    expect(plugins.map(({ plugin }) => plugin)).toEqual([{ name: "own" }]);
  });
});
