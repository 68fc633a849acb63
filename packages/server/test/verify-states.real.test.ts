import { randomUUID } from "node:crypto";
import { realpathSync } from "node:fs";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ReleaseDetail, Verification } from "@hop3/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeTree, pageApp } from "./support/apps.ts";
import { cliFailure, hop3 } from "./support/cli.ts";
import { type FileServer, startFileServer } from "./support/registry.ts";
import { useTestServer } from "./support/use-test-server.ts";

let files: FileServer;
let scratch = "";

beforeAll(async () => {
  files = await startFileServer();
  scratch = await mkdtemp("/tmp/hop3-verify-");
});

afterAll(async () => {
  await files.close();
  await rm(scratch, { recursive: true, force: true });
});

const server = useTestServer("states", { settings: "[policy]\nallow-impure = true\n" });

async function deploy(app: string, dir: string): Promise<void> {
  const deployment = await server.deployed(app, dir);
  expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
}

async function verify(app: string): Promise<{ code: number | null; found: Verification }> {
  const result = await hop3(server, "nix", "verify", app, "--json");
  expect(result.stdout, result.stderr).toContain('"state"');
  return { code: result.exitCode, found: JSON.parse(result.stdout) as Verification };
}

/** A page that a build writes with these commands. */
function builtBy(commands: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
  return makeTree({
    "hop3.nix": `{ pkgs ? import <nixpkgs> { } }:
{
  package = pkgs.runCommand "page-${randomUUID().slice(0, 8)}" { } ''
    mkdir -p $out/www
    ${commands}
  '';
  workers.web = "\${pkgs.busybox}/bin/busybox httpd -f -p $BIND_ADDRESS:$PORT -h www";
}
`,
    ...more,
  });
}

/** Deploys what can be built for some seconds: as many as this machine needs. Returns when they are over. */
async function deployPerishable(): Promise<number> {
  for (const seconds of [8, 30, 120]) {
    const limit = Math.floor(Date.now() / 1000) + seconds;
    const commands = `[ $(date +%s) -lt ${limit} ]\n    echo fresh > $out/www/index.html`;
    const { state } = await server.deployed("perishable", await builtBy(commands));
    if (state === "succeeded") return (limit + 1) * 1000;
  }
  throw new Error("what was to be built is never built in time");
}

describe("what hop3 nix verify finds", () => {
  it("stale-hash: upstream serves other bytes under the same address", async () => {
    const program = join(scratch, "program");
    await copyFile(realpathSync(join(server.home, "data-plane/root/bin/busybox")), program);
    const bytes = Buffer.concat([await readFile(program), Buffer.from(randomUUID())]);
    const { url, sha256 } = files.serve("/program", bytes);
    await deploy(
      "stale",
      await makeTree({
        "hop3.toml": `[nix]
template = "prebuilt-binary"
url = "${url}"
sha256 = "${sha256}"
exec-target = "busybox"
exec-args = ["httpd", "-f", "-p", "$BIND_ADDRESS:$PORT", "-h", "pages"]
pre-exec = ["mkdir -p pages", "echo still here >pages/index.html"]
`,
      }),
    );
    expect((await verify("stale")).found.state).toBe("reproducible");
    files.serve("/program", "something else");
    const { code, found } = await verify("stale");
    expect({ code, state: found.state }).toEqual({ code: 1, state: "stale-hash" });
    expect(found.reason).toContain("program");
    expect(found.derivations).toContainEqual(
      expect.objectContaining({ kind: "fetch", state: "stale-hash" }),
    );
    expect((await server.get("stale")).text).toBe("still here\n");
  });

  it("build-failed: what was built once cannot be built today, and runs on", async () => {
    const end = await deployPerishable();
    await sleep(Math.max(0, end - Date.now()));
    const { code, found } = await verify("perishable");
    expect({ code, state: found.state }).toEqual({ code: 1, state: "build-failed" });
    expect(found.derivations.find(({ state }) => state === "failed")?.evidence).toContain("page-");
    expect((await server.get("perishable")).text).toBe("fresh\n");
  });

  it("eval-error: an impure expression that has changed its mind", async () => {
    const flag = join(scratch, "flag");
    await deploy(
      "moody",
      await makeTree({
        "hop3.toml": '[metadata]\nid = "moody"\n\n[build.nix]\npure = false\n',
        "hop3.nix": `{ pkgs ? import <nixpkgs> { } }:
assert !builtins.pathExists ${flag};
{
  package = pkgs.runCommand "moody" { } "mkdir -p $out/www; echo moody > $out/www/index.html";
  workers.web = "\${pkgs.busybox}/bin/busybox httpd -f -p $BIND_ADDRESS:$PORT -h www";
}
`,
      }),
    );
    await writeFile(flag, "");
    const { code, found } = await verify("moody");
    expect({ code, state: found.state }).toEqual({ code: 1, state: "eval-error" });
    expect(found.reason).toContain("hop3.nix");
    expect(found.derivations).toEqual([]);
    const release = await server.json<ReleaseDetail>("GET", "/apps/moody/releases/1");
    expect(release).toMatchObject({ tier: "unpinned", verified: { state: "eval-error" } });
    expect((await server.get("moody")).text).toBe("moody\n");
  });

  it("lets a deploy through while it works, and two at a time take turns", async () => {
    await deploy("busy", await builtBy("sleep 6; echo one > $out/www/index.html"));
    const next = await pageApp("two");
    const [first, second, deployment] = await Promise.all([
      hop3(server, "nix", "verify", "busy"),
      hop3(server, "nix", "verify", "busy", "--release", "1"),
      server.deployed("busy", next),
    ]);
    expect(deployment.state).toBe("succeeded");
    expect(first.stdout).toMatch(/result +reproducible/);
    expect(second.stdout).toMatch(/result +reproducible/);
    expect(`${first.stderr}${second.stderr}`).toContain("Waiting for another verification to end");
    expect((await server.get("busy")).text).toBe("two\n");
    const tiers = await hop3(server, "nix", "tiers", "busy");
    expect(tiers.stdout).toMatch(/^2 +running +source +not yet/m);
    expect(tiers.stdout).toMatch(/^1 +previous +source +reproducible +\S+/m);
  });

  it("holds for each Release of the same closure", async () => {
    await deploy("twice", await builtBy("echo twice > $out/www/index.html"));
    await verify("twice");
    const set = await hop3(server, "config", "set", "A=1", "--app", "twice");
    expect(set.exitCode, set.stderr).toBe(0);
    const release = await server.json<ReleaseDetail>("GET", "/apps/twice/releases/2");
    expect(release.verified?.state).toBe("reproducible");
    expect((await verify("twice")).found.state).toBe("reproducible");
  });

  it("refuses a Release that was never built", async () => {
    const dir = await makeTree({ "hop3.nix": "{ pkgs }: { package = 1; }" });
    await server.deployed("unbuilt", dir);
    const result = await hop3(server, "nix", "verify", "unbuilt", "--release", "1", "--json");
    expect(cliFailure(result)).toMatchObject({ code: "RELEASE_NOT_VERIFIABLE", exitCode: 6 });
  });
});
