import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { AppSummary, NixCheck } from "@hop3/core";
import { describe, expect, it } from "vitest";
import { makeTree, pageApp } from "./support/apps.ts";
import { cliFailure, hop3 } from "./support/cli.ts";
import { useTestServer } from "./support/use-test-server.ts";

const examples = join(import.meta.dirname, "../../../examples");

const server = useTestServer("check");

const check = (dir: string) => hop3(server, "nix", "check", dir, "--json");

describe("hop3 nix check", () => {
  it("says what a deploy would build, and records nothing", async () => {
    const dir = await pageApp(`page ${Math.random()}`);
    const first = JSON.parse((await check(dir)).stdout) as NixCheck;
    expect(first).toMatchObject({ workers: ["web"], plan: { tier: "source", builder: "nix" } });
    expect(first.toBuild.filter((name) => !name.startsWith("hop3-release-"))).toEqual(["page"]);
    expect((await server.json<{ apps: AppSummary[] }>("GET", "/apps")).apps).toEqual([]);
    expect(await readdir(join(server.home, "uploads"))).toEqual([]);
    const name = first.drvPath.replace(/^.*-hop3-release-|\.drv$/g, "");
    const deployment = await server.deployed(name, dir);
    expect(deployment.state).toBe("succeeded");
    const again = JSON.parse((await check(dir)).stdout) as NixCheck;
    expect(again).toMatchObject({ toBuild: [], toFetch: [], location: first.location });
    const { stdout } = await hop3(server, "nix", "check", dir);
    expect(stdout).toMatch(/^ok +hop3\.nix evaluates\n/);
    expect(stdout).toContain("all there: a deploy builds nothing");
  });

  it.each(["syntax-error", "undefined-variable", "missing-attribute", "impure", "unpinned-fetch"])(
    "finds examples/broken/%s where a deploy finds it",
    async (name) => {
      const dir = join(examples, "broken", name);
      const wanted = JSON.parse(readFileSync(join(dir, "expect.json"), "utf8")) as {
        fails: { code: string; place?: string };
      };
      const failure = cliFailure(await check(dir));
      expect(failure.code).toBe(wanted.fails.code);
      expect(failure.exitCode).toBe(8);
      expect(failure.place).toMatch(/^hop3\.nix(?::\d+:\d+)?$/);
      expect(failure.place).toContain(wanted.fails.place ?? "hop3.nix");
    },
  );

  it("evaluates what a template writes", async () => {
    const { stdout } = await hop3(server, "nix", "check", join(examples, "templates/static-site"));
    expect(stdout).toContain("hop3.nix (written by the template static-site) evaluates");
  });

  it("points to the line of hop3.toml that a generated expression has a fault from", async () => {
    const dir = await makeTree({
      "hop3.toml": `[metadata]\nid = "cache"\n\n[nix]\ntemplate = "nixpkgs-wrapper"\nnixpkgs-package = "rediss"\nexec-target = "redis-server"\n`,
    });
    const failure = cliFailure(await check(dir));
    expect(failure.code).toBe("NIX_EVAL_FAILED");
    expect(failure.place).toBe("hop3.toml:6:1");
    expect(failure.message).toBe(
      "the hop3.nix that the template nixpkgs-wrapper wrote cannot be evaluated: attribute 'rediss' missing",
    );
    expect(failure.hint).toContain("'redis'");
    const deployed = await server.deployed("cache", dir);
    expect(deployed.failure?.place).toMatchObject({ file: "hop3.toml", line: 6 });
  });

  it("refuses an app that no expression builds", async () => {
    const dir = await makeTree({
      "hop3.toml": '[build]\nmethod = "docker"\n',
      Dockerfile: "FROM x\n",
    });
    expect(cliFailure(await check(dir)).code).toBe("NIX_NOTHING_TO_CHECK");
  });
});
