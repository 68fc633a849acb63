import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { AppDetail, DeploymentSummary, ReleaseDetail } from "@hop3/core";
import { describe, expect, it } from "vitest";
import { pageApp } from "./support/apps.ts";
import { hop3 } from "./support/cli.ts";
import { useTestServer } from "./support/use-test-server.ts";

const server = useTestServer("tiers", {
  settings: "[policy]\nsandbox = false\nallow-impure = true\n",
});

describe("the tier", () => {
  it("of a build out of the sandbox is unpinned, wherever it is shown", async () => {
    const deployment = await server.deployed("loose", await pageApp(`loose ${Math.random()}`));
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    expect(deployment.tier).toBe("unpinned");
    const detail = await server.json<AppDetail>("GET", "/apps/loose");
    expect(detail).toMatchObject({ tier: "unpinned", currentRelease: { tier: "unpinned" } });
    const release = await server.json<ReleaseDetail>("GET", "/apps/loose/releases/1");
    expect(release.artifact?.provenance).toMatchObject({ tier: "unpinned", sandboxed: false });
    const file = await readFile(join(server.home, "apps/loose/releases/1/release.json"), "utf8");
    expect(JSON.parse(file)).toMatchObject({ provenance: { tier: "unpinned" } });
    const [info, releases, apps] = await Promise.all([
      hop3(server, "info", "loose"),
      hop3(server, "releases", "loose"),
      hop3(server, "apps"),
    ]);
    expect(info.stdout).toMatch(/^tier +unpinned$/m);
    expect(releases.stdout).toContain("unpinned");
    expect(apps.stdout).toContain("unpinned");
  });

  it("of an impure evaluation is known in the Plan", async () => {
    const dir = await pageApp(`impure ${Math.random()}`, {
      "hop3.toml": "[build.nix]\npure = false\n",
    });
    const plan = await hop3(server, "plan", dir);
    expect(plan.stdout).toMatch(/^tier +unpinned$/m);
    const deployment: DeploymentSummary = await server.deployed("impure", dir);
    expect(deployment.tier).toBe("unpinned");
  });
});
