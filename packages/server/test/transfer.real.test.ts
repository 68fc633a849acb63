import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { DeploymentSummary, ReleaseDetail } from "@hop3/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hop3 } from "./support/cli.ts";
import {
  destroyHome,
  makeTestHome,
  startTestServer,
  type TestServer,
} from "./support/test-server.ts";

const example = join(import.meta.dirname, "../../../examples/shell");

let homes: { here: string; there: string };
let here: TestServer;
let there: TestServer;
let store = "";
let dir = "";

/** Another machine as far as Nix is concerned: an empty /nix of its own in a mount namespace. */
function ownStore(path: string): readonly [string, ...string[]] {
  const script = `mount --bind ${path} /nix && exec "$@"`;
  return ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh"];
}

beforeAll(async () => {
  homes = { here: await makeTestHome("here"), there: await makeTestHome("there") };
  dir = await mkdtemp("/tmp/hop3-transfer-");
  store = join(dir, "nix");
  await mkdir(store);
  here = await startTestServer({ home: homes.here });
  there = await startTestServer({ home: homes.there, startedBy: ownStore(store) });
}, 300_000);

afterAll(async () => {
  await here?.stop();
  await there?.stop();
  await destroyHome(homes.here);
  await destroyHome(homes.there);
  execFileSync("chmod", ["-R", "u+w", store]);
  await rm(dir, { recursive: true, force: true });
});

const bundle = () => join(dir, "shell.tar");

async function trust(key: string): Promise<void> {
  const text = `[policy]\ntrusted-keys = [${JSON.stringify(key)}]\n`;
  await writeFile(join(homes.there, "server.toml"), text);
  await there.stop();
  there = await startTestServer({
    home: homes.there,
    routerPort: there.routerPort,
    startedBy: ownStore(store),
  });
}

async function importBundle(file: string): Promise<DeploymentSummary> {
  const args = ["release", "import", file, "--app", "shell", "--json"] as const;
  const result = await hop3({ home: homes.there }, ...args);
  const list = await there.json<{ deployments: DeploymentSummary[] }>(
    "GET",
    "/apps/shell/deployments",
  );
  const [newest] = list.deployments;
  if (newest === undefined) throw new Error(result.stderr);
  return there.ended(newest.id);
}

describe("a Release goes to a machine with another store", () => {
  it("is exported as one signed file", async () => {
    const deployment = await here.deployed("shell", example);
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    const args = ["release", "export", "1", "--app", "shell", "--output", bundle()] as const;
    const result = await hop3({ home: homes.here }, ...args);
    expect(result.stdout).toMatch(/^Wrote release 1 of shell into .* \(\d/);
    const listed = execFileSync("tar", ["-tf", bundle()], { encoding: "utf8" }).split("\n");
    expect(listed[0]).toBe("release.json");
    const [narinfo = ""] = listed.filter((name) => name.endsWith(".narinfo"));
    const text = execFileSync("tar", ["-xOf", bundle(), narinfo], { encoding: "utf8" });
    expect(text).toMatch(/^Sig: hop3-/m);
  });

  it("is refused by whoever does not trust the key, and nothing is left", async () => {
    const deployment = await importBundle(bundle());
    expect(deployment.failure).toMatchObject({ code: "BUNDLE_UNTRUSTED" });
  });

  it("runs there without an evaluation or a build once the key is trusted", async () => {
    const key = await hop3({ home: homes.here }, "release", "key");
    await trust(key.stdout.trim());
    const deployment = await importBundle(bundle());
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    expect(deployment.phases.map(({ name }) => name)).toEqual([
      "receive",
      "check",
      "provision",
      "start",
      "probe",
      "switch",
      "drain",
      "retain",
    ]);
    expect((await there.get("shell", "/cgi-bin/hello")).text).toContain("Hello from sh");
    const release = await there.json<ReleaseDetail>(
      "GET",
      `/apps/shell/releases/${deployment.release}`,
    );
    const original = await here.json<ReleaseDetail>("GET", "/apps/shell/releases/1");
    expect(release.artifact).toEqual(original.artifact);
    const location = original.artifact?.location ?? "";
    expect(existsSync(join(store, location.replace("/nix/", "")))).toBe(true);
  });

  it("brings only what is missing", async () => {
    const have = join(dir, "have.txt");
    const listed = await hop3({ home: homes.there }, "release", "have");
    writeFileSync(have, listed.stdout);
    const small = join(dir, "small.tar");
    const args = ["release", "export", "1", "--app", "shell", "--have", have, "--output", small];
    await hop3({ home: homes.here }, ...args);
    expect(statSync(small).size).toBeLessThan(statSync(bundle()).size / 10);
    const deployment = await importBundle(asFirstVersion(small));
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
  });

  it.each([
    ["nothing at all", Buffer.from("no tar"), "BUNDLE_INVALID"],
    ["a newer schema", bundleOf({ "release.json": '{"schema": 2}' }), "BUNDLE_NEWER"],
    [
      "a release of a newer version",
      bundleOf({ "release.json": '{"schema": 1, "artifact": {"schema": 99}}' }),
      "RELEASE_NEWER",
    ],
    ["another file", bundleOf({ "release.json": "{}", "evil.sh": "x" }), "BUNDLE_INVALID"],
  ])("refuses %s", async (_, content, code) => {
    const file = join(dir, "odd.tar");
    writeFileSync(file, content);
    const deployment = await importBundle(file);
    expect(deployment.failure).toMatchObject({ code });
    expect((await there.get("shell", "/cgi-bin/hello")).text).toContain("Hello from sh");
  });
});

/** The same bundle as a server would have written it whose release.json has schema 1. */
function asFirstVersion(bundle: string): string {
  const made = execFileSync("mktemp", ["-d"], { encoding: "utf8" }).trim();
  execFileSync("tar", ["-xf", bundle, "-C", made]);
  const manifest = join(made, "release.json");
  const release = JSON.parse(readFileSync(manifest, "utf8"));
  writeFileSync(
    manifest,
    JSON.stringify({ ...release, artifact: { ...release.artifact, schema: 1 } }),
  );
  execFileSync("tar", ["-cf", `${made}.tar`, "-C", made, "release.json", "cache"]);
  return `${made}.tar`;
}

function bundleOf(files: Readonly<Record<string, string>>): Buffer {
  const made = execFileSync("mktemp", ["-d"], { encoding: "utf8" }).trim();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(made, name), text);
  spawnSync("tar", ["-cf", `${made}.tar`, "-C", made, ...Object.keys(files)]);
  return readFileSync(`${made}.tar`);
}
