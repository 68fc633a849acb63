import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { cp, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type AppDetail, type ReleaseDetail, templates } from "@hop3/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeTree } from "./support/apps.ts";
import { hop3 } from "./support/cli.ts";
import {
  destroyHome,
  makeTestHome,
  startTestServer,
  type TestServer,
} from "./support/test-server.ts";

/** The part of expect.json that is asked of a template's example. */
interface Expectation {
  readonly requests: readonly {
    readonly path: string;
    readonly status: number;
    readonly contains?: string;
    readonly headerContains?: Readonly<Record<string, string>>;
  }[];
  readonly tier: string;
  readonly workers: readonly string[];
}

const examples = join(import.meta.dirname, "../../../examples/templates");
const names = readdirSync(examples).sort();

let home = "";
let server: TestServer;

beforeAll(async () => {
  home = await makeTestHome("templates");
  server = await startTestServer({ home });
});

afterAll(async () => {
  await server?.stop();
  await destroyHome(home);
});

describe("the example of each template, built in the sandbox and asked for its pages", () => {
  it.each(names)("%s", async (name) => {
    const template = templates.find(({ id }) => id === name);
    expect(template, `examples/templates/${name} is of no template`).toBeDefined();
    const dir = join(examples, name);
    const wanted = JSON.parse(readFileSync(join(dir, "expect.json"), "utf8")) as Expectation;
    const deployment = await server.deployed(name, dir);
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    expect(deployment.state).toBe("succeeded");
    for (const { path, status, contains, headerContains } of wanted.requests) {
      const answer = await server.get(name, path);
      expect(answer.status, `${path}: ${answer.text}`).toBe(status);
      expect(answer.text).toContain(contains ?? "");
      for (const [header, part] of Object.entries(headerContains ?? {})) {
        expect(answer.headers[header]).toContain(part);
      }
    }
    const detail = await server.json<AppDetail>("GET", `/apps/${name}`);
    const workers = new Set(detail.processes.map(({ worker }) => worker));
    expect([...workers].sort()).toEqual([...wanted.workers].sort());
    expect(wanted.tier).toBe(template?.tier);
    const release = await server.json<ReleaseDetail>("GET", `/apps/${name}/releases/1`);
    expect(release.artifact?.provenance).toMatchObject({ template: name, tier: wanted.tier });
  });
});

describe("node-source", () => {
  it("builds no dependency again for a changed line", async () => {
    const dir = await makeTree({});
    await cp(join(examples, "node-source"), dir, { recursive: true });
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

describe("php-app", () => {
  it("answers several requests at a time", async () => {
    const start = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => server.get("php-app", "/slow")),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(performance.now() - start).toBeLessThan(2500);
  });
});

describe("files written at start", () => {
  it("are in the data directory, for the app alone, with the values of the process", async () => {
    const conf = join(home, "apps/nixpkgs-wrapper/data/conf");
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
    const dir = await makeTree({});
    await cp(join(examples, "nixpkgs-wrapper"), dir, { recursive: true });
    const ejected = await hop3({ home }, "nix", "eject", dir);
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
