import { join } from "node:path";
import type { DeploymentSummary } from "@hop3/core";
import { describe, expect, it } from "vitest";
import { makeTree, pageApp } from "./support/apps.ts";
import { hop3 } from "./support/cli.ts";
import { useTestServer } from "./support/use-test-server.ts";

const pages = (text: string) =>
  makeTree({ "hop3.toml": '[build]\nmethod = "local"\n', "index.html": `${text}\n` });

const server = useTestServer("required-tier", { settings: "[policy]\nsandbox = false\n" });

async function rolledBack(app: string): Promise<DeploymentSummary> {
  const queued = await server.json<DeploymentSummary>("POST", `/apps/${app}/rollback`, {});
  return server.ended(queued.id);
}

describe("[policy] require-tier", () => {
  it("disturbs nothing that is there: it runs, goes back and takes configuration", async () => {
    for (const text of ["one", "two"]) {
      const { failure } = await server.deployed("pages", await pages(text));
      expect(failure, JSON.stringify(failure)).toBeUndefined();
    }
    const loose = await server.deployed("loose", await pageApp("loose"));
    expect(loose.tier).toBe("unpinned");
    await server.restart({ settings: '[policy]\nrequire-tier = "source"\n' });
    expect((await server.get("pages")).text).toBe("two\n");
    expect((await rolledBack("pages")).failure).toBeUndefined();
    expect((await server.get("pages")).text).toBe("one\n");
    const set = await hop3(server, "config", "set", "GREETING=hello", "--app", "pages");
    expect(set.exitCode, set.stderr).toBe(0);
    expect((await server.get("pages")).text).toBe("one\n");
  });

  it("refuses a new Release below it before anything is built, and says why", async () => {
    const refused = await server.deployed("pages", await pages("three"));
    expect(refused.phases.map(({ name }) => name)).toEqual(["receive", "plan"]);
    expect(refused.failure).toMatchObject({
      code: "POLICY_TIER",
      message: expect.stringMatching(/'source' or better, and this one is 'unpinned': the local/),
      hint: expect.stringContaining("hop3 plan --why"),
      place: { file: "hop3.toml", line: 2 },
    });
    expect((await server.get("pages")).text).toBe("one\n");
  });

  it("refuses it for a person at a terminal with the exit code of what is not allowed", async () => {
    const dir = await pages("three");
    const result = await hop3(server, "deploy", dir, "--app", "pages");
    expect(result.exitCode).toBe(5);
    expect(result.stdout + result.stderr).toMatch(/POLICY_TIER.*\n.*hop3 plan --why/);
  });

  it("takes what is pinned well enough", async () => {
    const { failure, tier } = await server.deployed("pinned", await pageApp("pinned"));
    expect(failure, JSON.stringify(failure)).toBeUndefined();
    expect(tier).toBe("source");
  });

  it("refuses a Release from elsewhere that is below it", async () => {
    const file = join(server.home, "loose.tar");
    const exported = await hop3(
      server,
      "release",
      "export",
      "1",
      "--app",
      "loose",
      "--output",
      file,
    );
    expect(exported.exitCode, exported.stderr).toBe(0);
    const taken = await hop3(server, "release", "import", file, "--app", "copy");
    expect(taken.exitCode).toBe(5);
    expect(taken.stdout + taken.stderr).toContain("the server that it was exported from says so");
  });

  it("is named where nothing can be good enough: builds out of the sandbox", async () => {
    await server.restart({ settings: '[policy]\nsandbox = false\nrequire-tier = "prebuilt"\n' });
    const { failure } = await server.deployed("pinned", await pageApp("again"));
    expect(failure).toMatchObject({
      code: "POLICY_TIER",
      message: expect.stringContaining("this server builds out of the sandbox"),
      hint: expect.stringContaining("[policy] sandbox = false"),
    });
  });
});
