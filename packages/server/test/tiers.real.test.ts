import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AppDetail, DeploymentSummary, ReleaseDetail } from "@hop3/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pageApp } from "./support/apps.ts";
import { hop3 } from "./support/cli.ts";
import {
  destroyHome,
  makeTestHome,
  startTestServer,
  type TestServer,
} from "./support/test-server.ts";

let home = "";
let server: TestServer;

beforeAll(async () => {
  home = await makeTestHome("tiers");
  await writeFile(join(home, "server.toml"), "[policy]\nsandbox = false\nallow-impure = true\n");
  server = await startTestServer({ home });
});

afterAll(async () => {
  await server?.stop();
  await destroyHome(home);
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
    const file = await readFile(join(home, "apps/loose/releases/1/release.json"), "utf8");
    expect(JSON.parse(file)).toMatchObject({ provenance: { tier: "unpinned" } });
    const [info, releases, apps] = await Promise.all([
      hop3({ home }, "info", "loose"),
      hop3({ home }, "releases", "loose"),
      hop3({ home }, "apps"),
    ]);
    expect(info.stdout).toMatch(/^tier +unpinned$/m);
    expect(releases.stdout).toContain("unpinned");
    expect(apps.stdout).toContain("unpinned");
  });

  it("of an impure evaluation is known in the Plan", async () => {
    const dir = await pageApp(`impure ${Math.random()}`, {
      "hop3.toml": "[build.nix]\npure = false\n",
    });
    const plan = await hop3({ home }, "plan", dir);
    expect(plan.stdout).toMatch(/^tier +unpinned$/m);
    const deployment: DeploymentSummary = await server.deployed("impure", dir);
    expect(deployment.tier).toBe("unpinned");
  });
});
