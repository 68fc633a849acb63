import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import type { ReleaseDetail, Verification } from "@hop3/core";
import { describe, expect, it } from "vitest";
import { hop3 } from "./support/cli.ts";
import { useTestServer } from "./support/use-test-server.ts";

const examples = join(import.meta.dirname, "../../../examples");

const server = useTestServer("verify");

async function verify(app: string): Promise<{ code: number | null; found: Verification }> {
  const result = await hop3(server, "nix", "verify", "--app", app, "--json");
  expect(result.stderr).not.toContain("error");
  return { code: result.exitCode, found: JSON.parse(result.stdout) as Verification };
}

describe("hop3 nix verify", () => {
  it("finds an ordinary Release reproducible, keeps the result, and disturbs nothing", async () => {
    const deployment = await server.deployed("shell", join(examples, "shell"));
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    const before = await server.get("shell", "/cgi-bin/hello");
    const { code, found } = await verify("shell");
    expect(found.derivations.map(({ name }) => name)).toContain("shell-1.0.0");
    expect({ code, state: found.state }).toEqual({ code: 0, state: "reproducible" });
    const release = await server.json<ReleaseDetail>("GET", "/apps/shell/releases/1");
    expect(release.verified).toEqual({ state: "reproducible", at: found.at });
    expect((await server.get("shell", "/cgi-bin/hello")).status).toBe(before.status);
    const shown = await hop3(server, "info", "shell");
    expect(shown.stdout).toMatch(/verified\s+reproducible/);
  });

  it("catches the example that is not deterministic, with the file that differs", async () => {
    const deployment = await server.deployed("random", join(examples, "not-deterministic"));
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    const before = (await server.get("random", "/assets/build-id.txt")).text;
    const { code, found } = await verify("random");
    expect({ code, state: found.state }).toEqual({ code: 1, state: "not-deterministic" });
    const differing = found.derivations.filter(({ state }) => state === "differs");
    expect(differing).toMatchObject([
      {
        name: "not-deterministic",
        kind: "build",
        differences: [{ path: "assets/build-id.txt", kind: "bytes", sizes: [37, 37] }],
      },
    ]);
    expect((await server.get("random", "/assets/build-id.txt")).text).toBe(before);
    expect(globSync("/nix/store/*-not-deterministic.check")).toEqual([]);
    const shown = await hop3(server, "nix", "verify", "--app", "random");
    expect(shown.stdout).toContain("not-deterministic: 1 file differs");
    expect(shown.stdout).toMatch(/assets\/build-id\.txt\s+other bytes from \d+ on/);
  });

  it("refuses what nobody promised to make again", async () => {
    const result = await hop3(server, "nix", "verify", "--app", "shell", "--release", "9");
    expect(result.exitCode).toBe(3);
    expect(existsSync(server.home)).toBe(true);
  });
});
