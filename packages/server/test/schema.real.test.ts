import { DatabaseSync } from "node:sqlite";
import { artifactSchema, type DeploymentSummary, type ReleaseSummary } from "@hop3/core";
import { beforeAll, describe, expect, it } from "vitest";
import { openHome } from "../src/home.ts";
import { stopDataPlane } from "../src/server.ts";
import { pageApp } from "./support/apps.ts";
import { hop3 } from "./support/cli.ts";
import { useTestServer } from "./support/use-test-server.ts";

const newer = artifactSchema + 1;

/** An app whose first Release an older version has made, and whose current one a newer version. */
describe("a release.json of another version", () => {
  const server = useTestServer("schema");

  beforeAll(async () => {
    for (const text of ["one", "two"]) await server.deployed("page", await pageApp(text));
    await server.deployed("other", await pageApp("other"));
    await server.stop();
    const db = new DatabaseSync(openHome(server.home, process.env).database);
    const update = "UPDATE releases SET artifact = json_set(artifact, '$.schema', ?";
    db.prepare(`${update}) WHERE number = 1`).run(1);
    const unknown = `${update}, '$.runtime.wings', 2), settings = '{"unknown": true}'`;
    db.prepare(`${unknown} WHERE number = 2`).run(newer);
    db.close();
    await server.restart();
  });
  const refusal = {
    code: "RELEASE_NEWER",
    message: `release 2 of 'page' was made by a newer Hop3: its release.json has schema ${newer}, and this one reads those up to ${artifactSchema}`,
    hint: expect.stringContaining("Update this Hop3"),
  };

  it("does not disturb: the app goes on, lists name it", async () => {
    expect((await server.get("page")).text).toBe("two\n");
    expect(await server.json("GET", "/apps/page")).toMatchObject({ state: "running", release: 2 });
    const { releases } = await server.json<{ releases: ReleaseSummary[] }>(
      "GET",
      "/apps/page/releases",
    );
    expect(releases).toMatchObject([
      { number: 2, state: "running", newerSchema: newer, restorable: false },
      { number: 1, state: "previous", restorable: true },
    ]);
    expect(await server.json("GET", "/apps/page/releases/2")).toMatchObject({ number: 2 });
    const shown = await hop3(server, "releases", "page");
    expect(shown.stdout).toMatch(
      new RegExp(
        `2 +running .* no: a newer Hop3 has made it .schema ${newer}; .* up to ${artifactSchema}.`,
      ),
    );
    expect((await hop3(server, "info", "page")).exitCode).toBe(0);
  });

  it("is refused where it would have to be understood", async () => {
    const restart = await server.json<DeploymentSummary>("POST", "/apps/page/restart", {});
    expect((await server.ended(restart.id)).failure).toMatchObject(refusal);
    const change = { values: { A: "b" } };
    const config = await server.json<{ deployment: DeploymentSummary }>(
      "PATCH",
      "/apps/page/config",
      change,
    );
    expect((await server.ended(config.deployment.id)).failure).toMatchObject({
      ...refusal,
      hint: expect.stringContaining("stay stored"),
    });
    const asked = await Promise.all([
      server.api("POST", "/apps/page/run", { command: ["true"] }),
      server.api("POST", "/apps/page/releases/2/export", {}),
    ]);
    expect(asked.map(({ status }) => status)).toEqual([409, 409]);
    for (const { text } of asked) expect(JSON.parse(text)).toMatchObject({ code: "RELEASE_NEWER" });
    expect((await server.get("page")).text).toBe("two\n");
  });

  it("of an older one is gone back to, and from there not to the newer one", async () => {
    const back = await server.json<DeploymentSummary>("POST", "/apps/page/rollback", {
      release: 1,
    });
    expect(await server.ended(back.id)).toMatchObject({ state: "succeeded", release: 1 });
    expect((await server.get("page")).text).toBe("one\n");
    const refused = await server.api("POST", "/apps/page/rollback", { release: 2 });
    expect([refused.status, JSON.parse(refused.text).title]).toEqual([409, refusal.message]);
    const next = await server.deployed("page", await pageApp("three"));
    expect(next).toMatchObject({ state: "succeeded" });
  });

  it("does not keep a server from starting what it can after a reboot", async () => {
    await server.stop();
    await stopDataPlane(server.home);
    const db = new DatabaseSync(openHome(server.home, process.env).database);
    const current = "number = (SELECT current_release FROM apps WHERE id = app_id)";
    const page = "app_id = (SELECT id FROM apps WHERE name = 'page')";
    db.exec(
      `UPDATE releases SET artifact = json_set(artifact, '$.schema', ${newer}) WHERE ${page} AND ${current}`,
    );
    db.close();
    await server.restart();
    expect((await server.get("other")).text).toBe("other\n");
    expect(await server.json("GET", "/apps/page")).toMatchObject({ state: "down" });
    expect(await server.log()).toContain('"release-newer"');
    const next = await server.deployed("page", await pageApp("four"));
    expect(next).toMatchObject({ state: "succeeded" });
    expect((await server.get("page")).text).toBe("four\n");
  });
});
