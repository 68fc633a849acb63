import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { DeploymentSummary, ReleaseDetail } from "@hop3/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeTree } from "./support/apps.ts";
import {
  destroyHome,
  makeTestHome,
  startTestServer,
  type TestServer,
} from "./support/test-server.ts";

let home = "";
let server: TestServer;

beforeAll(async () => {
  home = await makeTestHome("local");
  server = await startTestServer({ home });
});

afterAll(async () => {
  await server?.stop();
  await destroyHome(home);
});

const pages = (text: string, more = "") => ({
  "hop3.toml": `[build]\nmethod = "local"\n${more}`,
  "index.html": `<h1>${text}</h1>`,
});

async function deploy(app: string, files: Readonly<Record<string, string>>) {
  const deployment = await server.deployed(app, await makeTree(files));
  return deployment;
}

describe("the local builder", () => {
  it("builds a directory of the App's, runs in it, and says what it is", async () => {
    const deployment = await deploy("pages", pages("one"));
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    expect((await server.get("pages")).text).toContain("<h1>one</h1>");
    const release = await server.json<ReleaseDetail>("GET", "/apps/pages/releases/1");
    expect(release.artifact).toMatchObject({
      kind: "local",
      builder: "local",
      provenance: { tier: "unpinned", toolchains: ["static"], toolchain_source: "package-set" },
    });
    expect(lstatSync(join(home, "apps/pages/releases/1/root")).isSymbolicLink()).toBe(true);
  });

  it("builds nothing for the same Source", async () => {
    const again = await deploy("pages", pages("one"));
    expect(again.unchanged).toBe(true);
    expect(readdirSync(join(home, "apps/pages/local/builds"))).toHaveLength(1);
  });

  it("goes back to an earlier Release without a build", async () => {
    await deploy("pages", pages("two"));
    expect((await server.get("pages")).text).toContain("<h1>two</h1>");
    const queued = await server.json<DeploymentSummary>("POST", "/apps/pages/rollback", {});
    const back = await server.ended(queued.id);
    expect(back.state).toBe("succeeded");
    expect((await server.get("pages")).text).toContain("<h1>one</h1>");
  });

  it("tells which step failed, and leaves nothing of it", async () => {
    const failed = await deploy("pages", pages("three", 'before-build = "echo no; exit 3"\n'));
    expect(failed.failure).toMatchObject({ code: "TOOLCHAIN_STEP_FAILED" });
    expect(failed.failure?.message).toContain("ended with code 3");
    expect(failed.failure?.detail).toContain("no");
    expect((await server.get("pages")).text).toContain("<h1>one</h1>");
    await deploy("pages", pages("four"));
    expect(readdirSync(join(home, "apps/pages/local/builds"))).toHaveLength(3);
  });

  it("shows a build step nothing of the host but the store", async () => {
    const step =
      'before-build = ["ls / /home /root /usr 2>&1 | tee listed; id -u >> listed; true"]\n';
    const deployment = await deploy("box", pages("box", step));
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    const { text } = await server.get("box", "/listed");
    expect(text).not.toContain("work");
    expect(text).toMatch(/^ls: \/root: No such file/m);
    expect(text).toMatch(/^699999$/m);
  });
});
