import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ReleaseDetail } from "@hop3/core";
import { describe, expect, it } from "vitest";
import { run } from "../src/proc/run.ts";
import { copyTree, makeTree } from "./support/apps.ts";
import { examplesDir } from "./support/examples.ts";
import { useTestServer } from "./support/use-test-server.ts";

const server = useTestServer("node");

/** Deploys an example, changed in one line of a file, and returns the Release's number. */
async function deploy(app: string, change?: string): Promise<number> {
  const dir = await copyTree(join(examplesDir, app));
  if (change !== undefined) {
    const text = await readFile(join(dir, change), "utf8");
    await writeFile(join(dir, change), `${text}// changed ${randomUUID()}\n`);
  }
  const deployment = await server.deployed(app, dir);
  expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
  return deployment.release ?? 0;
}

/** Names of all store paths that a Release consists of. */
async function closureOf(app: string, number: number): Promise<readonly string[]> {
  const path = `/apps/${app}/releases/${number}`;
  const { artifact } = await server.json<ReleaseDetail>("GET", path);
  const argv = ["nix-store", "--query", "--requisites", artifact?.location ?? ""] as const;
  const { stdout } = await run({ argv, env: { PATH: process.env["PATH"] ?? "" } });
  return stdout
    .trim()
    .split("\n")
    .map((line) => line.slice("/nix/store/".length + 33));
}

async function buildLog(app: string, number: number): Promise<string> {
  return (await server.api("GET", `/apps/${app}/releases/${number}/build-log`)).text;
}

describe("a native addon", () => {
  it("is compiled for the Release, which keeps nothing of the compiler", async () => {
    const number = await deploy("node-addon");
    expect((await server.get("node-addon", "/word")).text).toMatch(/^word: \$2b\$04\$ true/);
    const closure = await closureOf("node-addon", number);
    expect(closure).toContain("node-addon-node-modules");
    expect(closure.filter((name) => /gcc-|python3|headers|gnumake|\.tgz$/.test(name))).toEqual([]);
  });

  it("is not compiled again for a changed line", async () => {
    const number = await deploy("node-addon", "server.js");
    expect(await buildLog("node-addon", number)).not.toMatch(/node-modules\.drv|\.tgz\.drv/);
  });
});

describe.each(["node-workspaces", "node-pnpm", "node-yarn", "node-yarn-berry"])("%s", (app) => {
  it("is built with what development needs, and runs without", async () => {
    const number = await deploy(app);
    expect((await server.get(app, "/you")).text).toMatch(/^Hello you, after 1 hour, for 2d/);
    const closure = await closureOf(app, number);
    expect(closure).toContain(`${app}-node-modules-production`);
    expect(closure).not.toContain(`${app}-node-modules`);
  });

  it("builds no dependency again for a changed line of a workspace", async () => {
    const number = await deploy(app, "packages/greet/src/greet.ts");
    const log = await buildLog(app, number);
    expect(log).toContain(`-${app}.drv`);
    expect(log).not.toMatch(/node-modules(?:-production)?\.drv|\.tgz\.drv/);
  });
});

describe("engines", () => {
  it("that the set has no Node for are a warning of the build", async () => {
    const root = { scripts: { start: "node server.js" }, engines: { node: "^8.1.0" } };
    const dir = await makeTree({
      "package.json": JSON.stringify(root),
      "package-lock.json": JSON.stringify({ lockfileVersion: 3, packages: { "": root } }),
      "server.js": `// ${randomUUID()}
require("node:http").createServer((_, response) => response.end(process.version)).listen(process.env.PORT, process.env.BIND_ADDRESS);
`,
    });
    // A name of this run alone: what is built already has no log.
    const app = `old-${randomUUID().slice(0, 8)}`;
    const deployment = await server.deployed(app, dir);
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    expect(await buildLog(app, deployment.release ?? 0)).toContain("wants Node ^8.1.0");
  });
});

describe("an install script that fails", () => {
  // Published packages, so small that only their scripts matter.
  const app = (dependency: object) => ({
    "package.json": JSON.stringify({ scripts: { start: "node server.js" }, ...dependency }),
    "server.js": `let found = "without it";
try { require("unix-dgram"); found = "with it"; } catch {}
require("node:http").createServer((_, response) => response.end(found)).listen(process.env.PORT, process.env.BIND_ADDRESS);
`,
  });

  it("leaves an optional package out, and stops a deploy that needs it", async () => {
    const name = "unix-dgram";
    const lock = (dependency: object, more: object) =>
      JSON.stringify({
        lockfileVersion: 3,
        packages: {
          "": { ...dependency },
          [`node_modules/${name}`]: {
            version: "2.0.6",
            hasInstallScript: true,
            integrity:
              "sha512-AURroAsb73BZ6CdAyMrTk/hYKNj3DuYYEuOaB8bYMOHGKupRNScw90Q5C71tWJc3uE7dIeXRyuwN0xLLq3vDTg==",
            ...more,
          },
        },
      });
    // It needs bindings and nan, which are not there: its script cannot end well.
    const optional = { optionalDependencies: { [name]: "2.0.6" } };
    const dir = await makeTree({
      ...app(optional),
      "package-lock.json": lock(optional, { optional: true }),
    });
    const left = await server.deployed("script-optional", dir);
    expect(left.failure, JSON.stringify(left.failure)).toBeUndefined();
    expect((await server.get("script-optional")).text).toBe("without it");
    const needed = { dependencies: { [name]: "2.0.6" } };
    const other = await makeTree({ ...app(needed), "package-lock.json": lock(needed, {}) });
    const { failure } = await server.deployed("script-needed", other);
    expect(failure?.code).toBe("NIX_BUILD_FAILED");
    expect(failure?.detail).toContain(`the install script of node_modules/${name} failed`);
  });
});
