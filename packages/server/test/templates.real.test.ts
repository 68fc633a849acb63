import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ReleaseDetail } from "@hop3/core";
import { describe, expect, it } from "vitest";
import { copyTree, makeTree } from "./support/apps.ts";
import { hop3 } from "./support/cli.ts";
import { checkExample, examplesDir, plainExamples } from "./support/examples.ts";
import { useTestServer } from "./support/use-test-server.ts";

const server = useTestServer("templates");

describe("the example of each template, built in the sandbox and asked for its pages", () => {
  it.each(plainExamples())("%s", (name) => checkExample(server, name));
});

describe("node-source", () => {
  it("builds no dependency again for a changed line", async () => {
    const dir = await copyTree(join(examplesDir, "node-source"));
    const file = join(dir, "server.js");
    await writeFile(file, `${await readFile(file, "utf8")}// changed ${randomUUID()}\n`);
    const deployment = await server.deployed("node-source", dir);
    expect(deployment.state).toBe("succeeded");
    const log = await server.api(
      "GET",
      `/apps/node-source/releases/${deployment.release}/build-log`,
    );
    expect(log.text).toMatch(/-node-source\.drv/);
    expect(log.text).not.toMatch(/node-modules\.drv|\.tgz\.drv/);
  });
});

describe("files written at start", () => {
  it("are in the data directory, for the app alone, with the values of the process", async () => {
    const conf = join(server.home, "apps/nixpkgs-wrapper/data/conf");
    const text = await readFile(join(conf, "settings.json"), "utf8");
    expect(JSON.parse(text)).toEqual({
      greeting: 'Hello from the "set" of nixpkgs-wrapper',
      limits: { open: 10, strict: true },
    });
    expect((await stat(join(conf, "Caddyfile"))).mode & 0o777).toBe(0o600);
    expect(readdirSync(conf).sort()).toEqual(["Caddyfile", "settings.json"]);
  });
});

describe("an ejected or generated expression", () => {
  it("is built like any other once it is a file of the project", async () => {
    const dir = await copyTree(join(examplesDir, "nixpkgs-wrapper"));
    const ejected = await hop3(server, "nix", "eject", dir);
    expect(ejected.stderr).toBe("");
    const config = await readFile(join(dir, "hop3.toml"), "utf8");
    expect(config).toMatch(/^# Two packages of the set/);
    expect(config).not.toContain("[nix");
    const deployment = await server.deployed("ejected", dir);
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    expect((await server.get("ejected")).text).toContain("nobody, version 1.0");
    const release = await server.json<ReleaseDetail>("GET", "/apps/ejected/releases/1");
    expect(release.artifact?.provenance.template).toBeUndefined();
  });

  it("is refused beside a hop3.nix", async () => {
    const dir = await makeTree({
      "hop3.nix": "{ }",
      "hop3.toml": '[nix]\ntemplate = "static-site"\n',
    });
    const { failure } = await server.deployed("both", dir);
    expect(failure?.code).toBe("NIX_FILE_AND_TEMPLATE");
  });
});
