import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cratesRegistry, debianCrate } from "./registry/crates.ts";
import { goProxy } from "./registry/go.ts";
import { debianRepository, mavenRegistry } from "./registry/maven.ts";
import { type NpmPackage, npmPackage, npmRegistry } from "./registry/npm.ts";
import { debianPhp, packagistRegistry } from "./registry/packagist.ts";
import { makeWheelFile, pypi } from "./registry/pypi.ts";
import { startRegistry, type TestRegistry } from "./registry/registry.ts";
import { makeTree } from "./support/apps.ts";
import {
  echoModule,
  goApp,
  gradleApp,
  mavenApp,
  nestedNodeApp,
  nestedPythonApp,
  nodeApp,
  phpApp,
  pythonApp,
  rustApp,
  servedModule,
} from "./support/dependent-apps.ts";
import { useTestServer } from "./support/use-test-server.ts";

type Files = Readonly<Record<string, string>>;

let registry: TestRegistry;
let slow: NpmPackage;
let describePhp: () => Promise<string>;
/** A Source that answers with a text, by the name of its app. */
const sources = new Map<string, (text: string) => Files>();
const names = ["crates", "go", "gradle", "maven", "npm", "packagist", "pypi"] as const;

/** Takes long the first time, and marks that it has begun. */
const sleepOnce = '[ -e "$HOME/went" ] || { touch "$HOME/went"; sleep 0417; }';

beforeAll(async () => {
  registry = await startRegistry(await makeProtocols());
  // Its addresses are known only now.
  const page = await describePhp();
  sources.set("packagist", (text) => phpApp(text, page));
});

afterAll(() => registry?.close());

const server = useTestServer("offline", {
  settings() {
    const address = (name: string) => registry.url(name) + (name === "pypi" ? "/simple" : "");
    const prefixes = ["crates", "go", "maven", "npm", "packagist", "pypi"];
    const lines = prefixes.map((name) => `${name} = "${address(name)}"\n`);
    return `[registries]\n${lines.join("")}`;
  },
});

/** Makes what the registry serves, and the apps that need it. */
async function makeProtocols() {
  const files = { "index.js": "module.exports = (text) => text;" };
  const same = await npmPackage({ name: "same", version: "1.0.0" }, files);
  const scripts = { install: sleepOnce };
  slow = await npmPackage({ name: "slow", version: "1.0.0", scripts }, files);
  const fnv = await debianCrate("fnv");
  const log = await debianPhp("psr/log", {
    debian: "php-psr-log",
    directory: "Psr/Log",
    namespace: "Psr\\Log",
    version: "1.1.4",
    hasHash: true,
  });
  const wheel = makeWheelFile({
    project: "served",
    version: "1.0",
    files: { "served.py": servedModule },
  });
  const repository = await debianRepository("libcommons-lang3-java", "libcommons-parent-java");
  const versions = readdirSync(join(repository, "org/apache/commons/commons-lang3"));
  const lang3 = versions.find((version) => /^[\d.]+$/.test(version)) ?? "";
  sources
    .set("crates", (text) => rustApp(text, fnv))
    .set("go", goApp)
    .set("gradle", (text) => gradleApp(text, lang3))
    .set("maven", mavenApp)
    .set("npm", (text) => nodeApp(text, [same]))
    .set("pypi", pythonApp);
  const packagist = packagistRegistry([log], () => registry.url("packagist"));
  describePhp = async () => String(await packagist.answer("packages.json"));
  return [
    cratesRegistry([fnv]),
    goProxy([echoModule]),
    mavenRegistry([repository]),
    npmRegistry([same, slow], () => registry.url("npm")),
    packagist,
    pypi([wheel]),
  ];
}

async function expectLive(app: string, text: string, files: Files | undefined) {
  const deployment = await server.deployed(app, await makeTree(files ?? {}));
  expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
  expect((await server.get(app)).text).toBe(text);
}

describe("with the registries", () => {
  it.each(names)("%s: dependencies are downloaded", async (name) => {
    const before = registry.asked.length;
    await expectLive(`app-${name}`, "one", sources.get(name)?.("one"));
    expect(registry.asked.length).toBeGreaterThan(before);
  });

  it.each([
    ["npm", nestedNodeApp],
    ["pypi", nestedPythonApp],
  ])("%s: a package of the app's own directory is installed as it is now", async (name, files) => {
    for (const text of ["one", "two"]) await expectLive(`nested-${name}`, text, files(text));
  });

  it("two apps of one toolchain are built at a time", async () => {
    const pairs = ["npm", "pypi"].flatMap((name) => [`left-${name}`, `right-${name}`]);
    await Promise.all(
      pairs.map((app) => expectLive(app, app, sources.get(app.split("-")[1] ?? "")?.(app))),
    );
  });

  it("kill -9 while dependencies are installed leaves nothing behind", async () => {
    const local = join(server.home, "apps/cut/local");
    const files = nodeApp("late", [slow]);
    const { id } = await server.deploy("cut", await makeTree(files));
    await expect
      .poll(() => existsSync(join(local, "cache/node/went")), { timeout: 60_000 })
      .toBe(true);
    expect(readdirSync(join(local, "deps"))).toHaveLength(1);
    await server.kill();
    await server.restart();
    expect((await server.ended(id)).failure).toMatchObject({ code: "DEPLOY_INTERRUPTED" });
    expect(["builds", "deps", "tools"].flatMap((kind) => readdirSync(join(local, kind)))).toEqual(
      [],
    );
    expect(processesWith("0417")).toEqual([]);
    await expectLive("cut", "late", files);
  });
});

function processesWith(word: string): readonly string[] {
  return globSync("/proc/[0-9]*/cmdline").filter((file) => {
    try {
      return readFileSync(file, "utf8").split("\0").includes(word);
    } catch {
      return false;
    }
  });
}

describe("with the registries switched off", () => {
  beforeAll(() => registry.close());

  it.each(names)("%s: a changed line is built with what the cache has", async (name) => {
    await expectLive(`app-${name}`, "two", sources.get(name)?.("two"));
  });
});
