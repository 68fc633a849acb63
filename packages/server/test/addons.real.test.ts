import { existsSync } from "node:fs";
import { mkdtemp, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { AddonInfos, DeploymentSummary } from "@hop3/core";
import { beforeAll, describe, expect, it } from "vitest";
import { makeTree, pageApp } from "./support/apps.ts";
import { cliFailure, hop3 } from "./support/cli.ts";
import { packPlugin } from "./support/plugin-package.ts";
import { redisPlugin, wildPlugin } from "./support/redis-plugin.ts";
import { useTestServer } from "./support/use-test-server.ts";

const server = useTestServer("addons");

beforeAll(async () => {
  const sources = { "hop3-redis": redisPlugin(), "hop3-wild": wildPlugin };
  for (const [name, source] of Object.entries(sources)) {
    const added = await hop3(server, "plugins", "add", await packPlugin({ name, source }));
    expect(added.exitCode, added.stderr).toBe(0);
  }
  await server.restart();
});

/** Counts its requests in Redis, and knows which process answers it. */
const counter = `
import { createServer } from "node:http";
import { connect } from "node:net";
const [, password, path] = /:([^:@]+)@(.*)$/.exec(process.env.REDIS_URL ?? ":none@/none");
const ask = (command) => new Promise((resolve, reject) => {
  let text = "";
  const socket = connect(path, () => socket.end("AUTH " + password + "\\r\\n" + command + "\\r\\nQUIT\\r\\n"));
  socket.on("data", (chunk) => { text += chunk; }).on("error", reject).on("close", () => resolve(text));
});
createServer(async (request, response) => {
  if (request.url === "/health") return response.end();
  try {
    const hits = /^:(\\d+)/m.exec(await ask("INCR hits"))[1];
    const pid = /process_id:(\\d+)/.exec(await ask("INFO server"))[1];
    const same = process.env.CACHE === process.env.REDIS_URL;
    response.end(JSON.stringify({ text: "TEXT", hits: Number(hits), pid: Number(pid), same }));
  } catch (error) {
    response.writeHead(502).end(String(error));
  }
}).listen(process.env.PORT, process.env.BIND_ADDRESS);
`;

const declared = `[[addons]]
type = "redis"
name = "cache"

[env]
CACHE = { from = "cache", key = "REDIS_URL" }
`;

function shop(text: string, addons = declared): Promise<string> {
  return makeTree({
    "hop3.nix": `{ pkgs ? import <nixpkgs> {} }:
{
  package = pkgs.runCommand "shop" { } "mkdir $out; cp \${./server.mjs} $out/server.mjs";
  workers.web = "\${pkgs.nodejs}/bin/node server.mjs";
  before_run = [ "echo this is $REDIS_URL" ];
}
`,
    "hop3.toml": `${addons}\n[healthcheck]\npath = "/health"\n`,
    "server.mjs": counter.replace("TEXT", text),
  });
}

interface Counted {
  readonly text: string;
  readonly hits: number;
  readonly pid: number;
  readonly same: boolean;
}

async function count(): Promise<Counted> {
  const answer = await server.get("shop");
  expect(answer.status, answer.text).toBe(200);
  return JSON.parse(answer.text) as Counted;
}

async function succeeded(deployment: DeploymentSummary): Promise<string> {
  expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
  return (await server.api("GET", `/deployments/${deployment.id}/events`)).text;
}

function addons(app = "shop"): Promise<AddonInfos> {
  return server.json<AddonInfos>("GET", `/apps/${app}/addons`);
}

describe("an addon of a plug-in", () => {
  let hits = 0;
  let pid = 0;

  it("is made by the first deploy, and its variables are in the app and nowhere else", async () => {
    const timeline = await succeeded(await server.deployed("shop", await shop("one")));
    const first = await count();
    expect(first).toMatchObject({ text: "one", same: true });
    ({ hits, pid } = first);
    expect(timeline).toContain("Making the addon cache (redis)");
    expect(timeline).toContain("The addon cache serves: REDIS_URL");
    expect(timeline).toContain("this is [hidden]");
    expect(timeline).not.toContain("redis+unix");
    const list = await hop3(server, "addons", "shop");
    expect(list.stdout).toMatch(/cache +redis +up +\S+ \S+ +REDIS_URL +yes/);
    const { uid, mode } = await stat(join(server.home, "addons/shop/cache"));
    expect({ uid, mode: mode & 0o777 }).toEqual({ uid: 700_001, mode: 0o700 });
  });

  it("is the same one for the next Release, and for a rollback", async () => {
    await succeeded(await server.deployed("shop", await shop("two")));
    expect(await count()).toMatchObject({ text: "two", hits: ++hits, pid });
    const queued = await server.json<DeploymentSummary>("POST", "/apps/shop/rollback", {});
    await succeeded(await server.ended(queued.id));
    expect(await count()).toMatchObject({ text: "one", hits: ++hits, pid });
    expect((await server.deployed("shop", await shop("one"))).unchanged).toBe(true);
  });

  it("outlives the control plane", async () => {
    await server.kill();
    await server.restart();
    expect(await count()).toMatchObject({ hits: ++hits, pid });
  });

  it("is started again after a crash", async () => {
    process.kill(pid, "SIGKILL");
    while ((await server.get("shop")).status !== 200) await sleep(50);
    const again = await count();
    expect(again.pid).not.toBe(pid);
    ({ hits, pid } = again);
  });

  it("is started again after all was stopped", async () => {
    const stopped = await hop3(server, "server", "stop", "--all");
    expect(stopped.exitCode, stopped.stderr).toBe(0);
    await server.exited;
    expect(existsSync(`/proc/${pid}`)).toBe(false);
    await server.restart();
    while ((await server.get("shop")).status !== 200) await sleep(50);
    const again = await count();
    expect(again.hits).toBeGreaterThan(hits);
    ({ hits, pid } = again);
  });

  it("goes into a file and comes back", async () => {
    const file = join(await mkdtemp("/tmp/hop3-backup-"), "shop.rdb");
    const written = await hop3(server, "addons", "backup", "shop", "cache", file);
    expect(written.exitCode, written.stderr).toBe(0);
    expect(await count()).toMatchObject({ hits: hits + 1 });
    const back = await hop3(server, "addons", "restore", "shop", "cache", file);
    expect(back.exitCode, back.stderr).toBe(0);
    expect(await count()).toMatchObject({ hits: hits + 1 });
    expect(await readdir(join(server.home, "uploads"))).toEqual([]);
  });

  it("stays while the running Release declares it, and afterwards until it is destroyed", async () => {
    const used = await hop3(server, "addons", "destroy", "shop", "cache", "--yes", "--json");
    expect(cliFailure(used)).toMatchObject({ code: "ADDON_IN_USE", exitCode: 6 });
    const timeline = await succeeded(await server.deployed("shop", await shop("three", "")));
    expect(timeline).toContain("The addon cache is not declared any more; it is kept");
    expect((await addons()).addons).toMatchObject([{ state: "up", declared: false }]);
    const asked = await hop3(server, "addons", "destroy", "shop", "cache");
    expect(asked.stderr).toContain("hop3 addons destroy shop cache --yes");
    const gone = await hop3(server, "addons", "destroy", "shop", "cache", "--yes");
    expect(gone.exitCode, gone.stderr).toBe(0);
    expect((await addons()).addons).toEqual([]);
    expect(existsSync(join(server.home, "addons/shop/cache"))).toBe(false);
    expect(await readdir(join(server.home, "plugin-data/redis/passwords"))).toEqual([]);
  });

  it("is made anew by a rollback, and goes with the app", async () => {
    const queued = await server.json<DeploymentSummary>("POST", "/apps/shop/rollback", {
      release: 1,
    });
    await succeeded(await server.ended(queued.id));
    expect(await count()).toMatchObject({ hits: 1 });
    const destroyed = await server.api("DELETE", "/apps/shop?keepData=true");
    expect(destroyed.status, destroyed.text).toBe(204);
    const kept = (await readdir(server.home)).find((name) => name.startsWith("kept-shop-")) ?? "";
    expect(existsSync(join(server.home, kept, "addons/cache/redis.conf"))).toBe(true);
    expect(existsSync(join(server.home, "addons/shop"))).toBe(false);
  });
});

const withAddon = (type: string, more = "") =>
  pageApp(type, { "hop3.toml": `[[addons]]\ntype = "${type}"\n${more}` });

describe("a provider that throws", () => {
  it("fails the deploys of its app alone, before the switch", async () => {
    const slow = await server.deploy("connection", await withAddon("wild-connection"));
    for (const hook of ["create", "process"]) {
      await succeeded(await server.deployed(hook, await pageApp("before")));
      const { failure } = await server.deployed(hook, await withAddon(`wild-${hook}`));
      const message = `addon 'wild-${hook}' of the plug-in wild failed in ${hook}: wild hook`;
      expect(failure).toMatchObject({ code: "PLUGIN_FAILED", message, exitCode: 9 });
      expect((await server.get(hook)).text).toContain("before");
      expect((await addons(hook)).addons).toMatchObject([{ state: "unready", declared: false }]);
    }
    const { failure } = await server.deployed("odd", await withAddon("odd"));
    expect(failure?.message).toContain(
      "addon 'odd' of the plug-in wild failed in connection: its answer cannot be used",
    );
    const late = await server.ended(slow.id);
    expect(late.failure).toMatchObject({
      code: "ADDON_NOT_READY",
      message:
        "the addon 'wild-connection' (wild-connection) did not answer within 30 s: addon 'wild-connection' of the plug-in wild failed in connection: wild hook",
    });
  });

  it("keeps the app that it cannot let go, and says so", async () => {
    await succeeded(await server.deployed("destroy", await withAddon("wild-destroy")));
    const refused = await server.api("DELETE", "/apps/destroy");
    expect(JSON.parse(refused.text)).toMatchObject({ code: "PLUGIN_FAILED" });
    await succeeded(await server.deployed("destroy", await pageApp("after")));
    expect((await server.get("destroy")).text).toContain("after");
  });
});

describe("an addon that cannot be as hop3.toml says", () => {
  it("fails the deploy with what there is", async () => {
    await succeeded(await server.deployed("odds", await withAddon("redis")));
    const env = '[env]\nURL = { from = "redis", key = "URL" }\n';
    const unknown = await server.deployed("odds", await withAddon("redis", env));
    expect(unknown.failure).toMatchObject({
      code: "ADDON_VARIABLE_MISSING",
      hint: "It has REDIS_URL",
    });
    const other = await withAddon("wild-create", 'name = "redis"\n');
    expect((await server.deployed("odds", other)).failure).toMatchObject({
      code: "ADDON_TYPE_CHANGED",
    });
    const newer = await server.deployed("odds", await withAddon("redis", 'version = "9"\n'));
    expect(await succeeded(newer)).toContain("The addon redis stays what it was made as, redis:");
    const removed = await hop3(server, "plugins", "remove", "redis");
    expect(removed.stdout).toContain("odds");
    const none = await hop3(server, "addons", "backup", "odds", "rediss", "/tmp/x", "--json");
    expect(cliFailure(none)).toMatchObject({
      code: "ADDON_NOT_FOUND",
      hint: expect.stringContaining("It has redis"),
    });
  });
});
