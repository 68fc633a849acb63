import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PluginInfo } from "@hop3/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { handled } from "../test/api-server.ts";
import { call } from "../test/call.ts";
import { useApiServer } from "../test/use-api-server.ts";

/** A plug-in of each kind that a command line meets. */
const source = `
const template = {
  id: "bell", title: "Bells", description: "Rings", tier: "source", keys: [], required: [],
  detect: ({ tree }) => ({ fits: tree.has("bell.txt"), reason: "bell.txt" }),
  reads: () => [], render: () => { throw new Error("the rope is torn"); },
};
const handler = async (input, context) => ({
  json: { args: input.args, home: context.home },
  blocks: [{ kind: "line", spans: ["ding " + input.args.join(" ")] }],
});
export default {
  name: "bells",
  templates: [template],
  toolchains: [{ name: "bell", detect: () => { throw new Error("no hammer"); }, tools() {}, build() {} }],
  converters: [{ id: "belltower", title: "Bell tower", files: ["tower.txt"], isImplicit: false,
    convert: () => { throw new Error("no tower"); } }],
  commands: [
    { name: "ring", summary: "Ring a bell", args: [{ name: "word", summary: "What", kind: "text", many: true }],
      load: async () => handler },
    { name: "crack", summary: "Break it", load: async () => () => { throw new Error("cracked"); } },
    { name: "mumble", summary: "Say nothing", load: async () => async () => undefined },
    { name: "apps", summary: "Ours is another", load: async () => handler },
  ],
};`;

let home = "";
let tree = "";

async function install(name: string, text: string): Promise<void> {
  const dir = join(home, "plugins/node_modules", name);
  await mkdir(dir, { recursive: true });
  const manifest = { name, version: "1.0.0", type: "module", peerDependencies: { hop3: "*" } };
  await writeFile(join(dir, "package.json"), JSON.stringify(manifest));
  await writeFile(join(dir, "index.js"), text);
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "hop3-plugins-"));
  tree = join(home, "app");
  await mkdir(tree);
  await writeFile(join(tree, "bell.txt"), "");
  await writeFile(join(tree, "tower.txt"), "");
  await install("hop3-bells", source);
  await install("hop3-torn", "export default 5;");
  const dependencies = { "hop3-bells": "1.0.0", "hop3-torn": "1.0.0" };
  await writeFile(join(home, "plugins/package.json"), JSON.stringify({ dependencies }));
});

afterAll(() => rm(home, { recursive: true }));

const torn =
  "warning  hop3-torn is not a plug-in as this version knows them: the default export is not an object\n";
const taken = "warning  the plug-in bells has a command 'apps', which is hop3's own\n";

describe("a plug-in's command", () => {
  it("runs like one of ours, wherever the options stand", async () => {
    const plain = await call(["ring", "a", "b"], { home });
    expect(plain).toEqual({ exitCode: 0, stdout: "ding a b\n", stderr: torn + taken });
    const json = await call(["--home", home, "--json", "ring", "a"], {});
    expect(JSON.parse(json.stdout)).toEqual({ args: ["a"], home });
    expect(json.stderr).toBe("");
  });

  it("stands in the help and in the completion", async () => {
    expect((await call(["--help"], { home })).stdout).toContain("Ring a bell");
    expect((await call(["ring", "--help"], { home })).stdout).toContain("Usage: hop3 ring");
    expect((await call(["completion", "fish"], { home })).stdout).toContain("Ring a bell");
  });

  it("fails with its name", async () => {
    const { exitCode, stderr } = await call(["crack"], { home });
    expect(exitCode).toBe(9);
    expect(stderr).toContain(
      "error PLUGIN_FAILED  command 'crack' of the plug-in bells failed in run: cracked",
    );
  });

  it("fails with its name where it gives no answer", async () => {
    const { exitCode, stderr } = await call(["mumble"], { home });
    expect(exitCode).toBe(9);
    expect(stderr).toContain("command 'mumble' of the plug-in bells failed in run: it gave no");
  });

  it("is not looked for where the word is ours, or asked for the version", async () => {
    expect((await call(["--version"], { home })).stderr).toBe("");
    expect((await call(["apps"], { home })).stderr).not.toContain("warning");
    const unknown = await call(["rign"], { home });
    expect(unknown.exitCode).toBe(2);
    expect(unknown.stderr).toContain("Did you mean ring?");
  });
});

describe("a plug-in's parts", () => {
  it("are among those that hop3 plan asks", async () => {
    const { exitCode, stdout, stderr } = await call(["plan", tree, "--json"], { home });
    expect(exitCode, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      builder: "nix",
      nix: { template: "bell" },
      tier: "source",
    });
  });

  it("are named where they fail", async () => {
    const nix = await call(["nix", "plan", tree], { home });
    expect(nix.exitCode).toBe(9);
    expect(nix.stderr).toContain(
      "template 'bell' of the plug-in bells failed in render: the rope is torn",
    );
    const init = await call(["init", tree, "--print"], { home });
    expect(init.exitCode).toBe(9);
    expect(init.stderr).toContain("converter 'belltower' of the plug-in bells failed in convert");
    const tiers = await call(["nix", "tiers"], { home });
    expect(tiers.stdout).toContain("Bells");
  });

  it("come from a directory of server.toml too", async () => {
    const other = await mkdtemp(join(tmpdir(), "hop3-plugins-"));
    const dir = join(home, "plugins/node_modules/hop3-bells");
    await writeFile(join(other, "server.toml"), `[plugins]\nload = ["${dir}"]\n`);
    expect((await call(["ring", "x"], { home: other })).stdout).toBe("ding x\n");
    await rm(other, { recursive: true });
  });
});

const info: PluginInfo = {
  name: "hop3-perl",
  plugin: "perl",
  version: "1.0.0",
  dir: "/h/plugins/node_modules/hop3-perl",
  origin: "home",
  state: "ok",
  adds: { toolchains: ["perl"], commands: ["deploy"] },
};
const broken: PluginInfo = {
  name: "hop3-torn",
  dir: "/srv/torn",
  origin: "configuration",
  state: "broken",
  adds: {},
  code: "PLUGIN_NOT_LOADED",
  reason: "the plug-in hop3-torn cannot be loaded: index.js is not there",
};

describe("hop3 plugins", () => {
  const api = useApiServer();

  const lines =
    (...values: readonly object[]) =>
    ({ response }: { readonly response: { end(text: string): unknown } }) => {
      response.end(values.map((value) => `${JSON.stringify(value)}\n`).join(""));
      return handled;
    };
  const added = { type: "end", plugin: { ...info, state: "added" } };
  const here = (...argv: readonly string[]) => call(["plugins", ...argv], { home: api.home });

  it("lists them with what they add and what is broken", async () => {
    api.routes = { "GET /plugins": () => ({ plugins: [info, broken] }) };
    await expect((await here()).stdout).toMatchFileSnapshot("../test/golden/plugins.golden");
    api.routes = { "GET /plugins": () => ({ plugins: [] }) };
    expect((await here("list")).stdout).toContain("No plug-ins.");
  });

  it("adds one by name, and says what the next start is for", async () => {
    api.routes = { "POST /plugins": lines({ type: "log", text: "added 1 package" }, added) };
    const { stdout, stderr, exitCode } = await here("add", "hop3-perl@1.0.0");
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toBe("added 1 package\n");
    await expect(stdout).toMatchFileSnapshot("../test/golden/plugins-add.golden");
    expect(JSON.parse(String(api.calls[0]?.body))).toEqual({ spec: "hop3-perl@1.0.0" });
  });

  it("sends a tarball of this machine", async () => {
    api.routes = { "POST /plugins/archive": lines(added) };
    const file = join(api.home, "x.tgz");
    await writeFile(file, "bytes");
    expect((await here("add", file)).exitCode).toBe(0);
    expect(String(api.calls[0]?.body)).toBe("bytes");
    const missing = await here("add", "./gone.tgz");
    expect(missing.exitCode).toBe(2);
    expect(missing.stderr).toContain("there is no file ./gone.tgz");
  });

  it("removes one and names the apps that it has built", async () => {
    const usedBy = [{ app: "shop", release: 3, part: "toolchain 'perl'" }];
    const plugin = { ...info, state: "removed" };
    api.routes = { "DELETE /plugins/%40me%2Fperl": () => ({ plugin, usedBy }) };
    const { stdout, stderr } = await here("remove", "@me/perl");
    expect(stderr).toBe("");
    await expect(stdout).toMatchFileSnapshot("../test/golden/plugins-remove.golden");
  });
});
