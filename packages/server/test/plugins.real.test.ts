import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AppSummary, DoctorCheck, PluginInfo, ReleaseDetail } from "@hop3/core";
import { describe, expect, it } from "vitest";
import { makeTree, pageApp } from "./support/apps.ts";
import { cliFailure, hop3 } from "./support/cli.ts";
import { packPlugin } from "./support/plugin-package.ts";
import { useTestServer } from "./support/use-test-server.ts";

const server = useTestServer("plugins");

/** Throws in whatever of it is called: at once, or as a promise that fails. */
const hostile = `
import { definePlugin } from "hop3/plugin";
const now = (hook) => () => { throw new Error("hostile " + hook); };
const later = (hook) => async () => { throw new Error("hostile " + hook); };
export default definePlugin({
  name: "hostile",
  builders: [
    { name: "wild", accept: now("accept"), create: now("create") },
    { name: "wilder", accept: () => 5, create: () => ({ name: "wilder", build: later("build") }) },
  ],
  toolchains: [
    { name: "wild", detect: now("detect"), tools: later("tools"), build: later("build") },
    { name: "tame", detect: () => ({ fits: false, reason: "never" }), tools: async () => [],
      build: later("build") },
  ],
  templates: [{ id: "wild", title: "Wild", description: "Wild", tier: "source", keys: [], required: [],
    detect: now("detect"), reads: now("reads"), learn: later("learn"), render: now("render") }],
  addons: [{ type: "wild", create: later("create"), process: later("process"),
    connection: later("connection"), destroy: later("destroy") }],
  supervisors: [{ name: "wild", create: now("create") }],
  routers: [{ name: "wild", create: now("create") }],
  commands: [{ name: "wild", summary: "Throws", load: later("load") }],
  checks: [{ name: "wild", check: later("check") }],
  converters: [{ id: "wild", title: "Wild", files: ["wild.txt"], isImplicit: true,
    convert: now("convert") }],
});`;

const local = (toolchain: string) => ({
  "hop3.toml": `[build]\nmethod = "local"\ntoolchain = "${toolchain}"\n`,
  "index.html": "hello",
});

async function plugins(): Promise<readonly PluginInfo[]> {
  return (await server.json<{ plugins: PluginInfo[] }>("GET", "/plugins")).plugins;
}

describe("a plug-in that throws in every hook", () => {
  it("is installed from a tarball and there after the next start", async () => {
    const file = await packPlugin({ name: "hop3-hostile", source: hostile });
    const added = await hop3(server, "plugins", "add", file);
    expect(added.exitCode, added.stderr).toBe(0);
    expect(added.stdout).toContain("Installed hop3-hostile 1.0.0");
    expect((await plugins()).map(({ state }) => state)).toEqual(["added"]);
    await server.restart();
    expect(await plugins()).toEqual([
      expect.objectContaining({ name: "hop3-hostile", state: "ok", version: "1.0.0" }),
    ]);
  });

  it("does not disturb another app, nor the one after it", async () => {
    const page = await server.deployed("page", await pageApp("one", { "wild.txt": "" }));
    expect(page.failure, JSON.stringify(page.failure)).toBeUndefined();
    const files = { "hop3.toml": '[build]\nmethod = "local"\n', "index.html": "two" };
    const pages = await server.deployed("pages", await makeTree(files));
    expect(pages.failure, JSON.stringify(pages.failure)).toBeUndefined();
    expect((await server.get("pages")).text).toBe("two");
    const release = await server.json<ReleaseDetail>("GET", "/apps/pages/releases/1");
    expect(release.artifact?.provenance.toolchains).toEqual(["static"]);
  });

  it.each([
    ["wild", "toolchain 'wild' of the plug-in hostile failed in tools: hostile tools"],
    ["tame", "toolchain 'tame' of the plug-in hostile failed in build: hostile build"],
  ])("fails the deploy that asks for its toolchain %s", async (toolchain, message) => {
    const { failure } = await server.deployed(`by-${toolchain}`, await makeTree(local(toolchain)));
    expect(failure).toMatchObject({ code: "PLUGIN_FAILED", message, exitCode: 9 });
  });

  it.each([
    ["template", '[nix]\ntemplate = "wild"\n', "template 'wild'"],
    ["builder", '[build]\nmethod = "wild"\n', "builder 'wild'"],
  ])("fails the deploy that asks for its %s", async (what, config, part) => {
    const files = { "hop3.toml": config, "index.html": "x" };
    const { failure } = await server.deployed(`by-${what}`, await makeTree(files));
    expect(failure?.message).toContain(`${part} of the plug-in hostile failed in `);
  });

  it("is named by doctor, and its command fails alone", async () => {
    const { checks } = await server.json<{ checks: DoctorCheck[] }>("GET", "/doctor");
    expect(checks).toContainEqual(
      expect.objectContaining({
        name: "wild",
        state: "problem",
        message: "check 'wild' of the plug-in hostile failed in check: hostile check",
      }),
    );
    const command = await hop3(server, "wild", "--json");
    expect(cliFailure(command)).toMatchObject({ code: "PLUGIN_FAILED", exitCode: 9 });
    const apps = await hop3(server, "apps", "--json");
    expect(apps).toMatchObject({ exitCode: 0, stderr: "" });
  });

  it("stops the start only where server.toml asks for it", async () => {
    await server.stop();
    const settings = join(server.home, "server.toml");
    await writeFile(settings, '[server]\nrouter = "wild"\n');
    await expect(server.restart()).rejects.toThrow("router 'wild' of the plug-in hostile");
    const torn = await makeTree({ "package.json": "{}" });
    await writeFile(settings, `[plugins]\nload = ["${torn}"]\n`);
    await server.restart();
    const broken = (await plugins()).filter(({ state }) => state === "broken");
    expect(broken).toEqual([
      expect.objectContaining({ dir: torn, origin: "configuration", code: "PLUGIN_VERSION" }),
    ]);
    const { checks } = await server.json<{ checks: DoctorCheck[] }>("GET", "/doctor");
    expect(checks.filter(({ name }) => name === "plug-ins").map(({ state }) => state)).toEqual([
      "ok",
      "problem",
    ]);
    const { apps } = await server.json<{ apps: AppSummary[] }>("GET", "/apps");
    expect(apps.find(({ name }) => name === "page")?.state).toBe("running");
  });

  it("goes, and what it did not disturb is still there", async () => {
    const removed = await hop3(server, "plugins", "remove", "hostile");
    expect(removed.exitCode, removed.stderr).toBe(0);
    expect(removed.stdout).toContain("Removed hop3-hostile");
    expect((await hop3(server, "plugins", "remove", "hostile")).stderr).toContain(
      "PLUGIN_NOT_FOUND",
    );
    expect((await server.get("page")).text).toContain("one");
  });
});
