import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { AddonInfos, AppSummary, HookCreated, HookInfos, PreviewInfos } from "@hop3/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pageFiles } from "./support/apps.ts";
import { hop3 } from "./support/cli.ts";
import {
  type ForgeServer,
  githubPush,
  pullRequest,
  type SentDelivery,
  serveForge,
} from "./support/forge.ts";
import { type Checkout, makeCheckout, runGit } from "./support/git.ts";
import { packPlugin } from "./support/plugin-package.ts";
import { redisPlugin } from "./support/redis-plugin.ts";
import { useTestServer } from "./support/use-test-server.ts";

let root = "";
let forge: ForgeServer;
let work: Checkout;
let made: HookCreated;

const enabled =
  '[deploy]\npreview = true\npreview-config = ["SHARED"]\n[domains]\nlist = ["shop.test"]\n';

const server = useTestServer("previews", {
  async settings() {
    const plugin = await packPlugin({ name: "hop3-redis", source: redisPlugin() });
    const load = JSON.stringify([join(dirname(plugin), "package")]);
    return `[hooks]\ninternal-hosts = ["127.0.0.1"]\n[previews]\nmax = 2\n[plugins]\nload = ${load}\n`;
  },
});

beforeAll(async () => {
  root = await mkdtemp("/tmp/hop3-forge-");
  await runGit(["init", "--quiet", "--bare", "-b", "main", "shop.git"], { cwd: root });
  forge = await serveForge(root, "p");
  const token = (await readFile(join(server.home, "token"), "utf8")).trim();
  const basic = Buffer.from(`anybody:${token}`).toString("base64");
  work = await makeCheckout("main", {
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "http.extraHeader",
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
  });
  await work.git("remote", "add", "hop3", `http://127.0.0.1:${server.apiPort}/git/shop.git`);
  await work.git("remote", "add", "forge", join(root, "shop.git"));
  await server.json("PATCH", "/apps/shop/config", {
    values: { SHARED: "for all", SECRET: "for one" },
    apply: false,
  });
  await push(pageFiles("main"), "main");
});

afterAll(async () => {
  forge?.close();
  await rm(root, { recursive: true, force: true });
});

async function push(files: Readonly<Record<string, string>>, branch: string, remote = "hop3") {
  const commit = await work.commit(files);
  return { commit, ...(await work.git("push", remote, `HEAD:${branch}`)) };
}

async function previews(): Promise<PreviewInfos> {
  return await server.json<PreviewInfos>("GET", "/apps/shop/previews");
}

async function names(): Promise<string[]> {
  const { apps } = await server.json<{ apps: AppSummary[] }>("GET", "/apps");
  return apps.map(({ name }) => name);
}

async function deliver(sent: SentDelivery): Promise<string> {
  const url = `http://127.0.0.1:${server.apiPort}${new URL(made.hook.url).pathname}`;
  const answer = await fetch(url, { method: "POST", headers: sent.headers, body: sent.body });
  const { outcome } = (await answer.json()) as { outcome: string };
  for (;;) {
    const { hooks } = await server.json<HookInfos>("GET", "/apps/shop/hooks");
    const [last] = hooks[0]?.deliveries ?? [];
    if (last?.outcome !== "accepted") return `${outcome} ${last?.outcome}: ${last?.reason}`;
    await sleep(50);
  }
}

/** What the Redis of an app answers: its first release step has written down where that is. */
async function askRedis(app: string, command: string): Promise<string> {
  const url = await readFile(join(server.home, "apps", app, "data/url"), "utf8");
  const [, password = "", path = ""] = /:([^:@]+)@(.*)$/.exec(url) ?? [];
  const socket = connect(path, () => socket.write(`AUTH ${password}\r\n${command}\r\nQUIT\r\n`));
  let text = "";
  for await (const chunk of socket.setEncoding("utf8")) text += chunk;
  return text;
}

describe("previews", () => {
  it("are made where the running release wants them, whatever the branch says", async () => {
    const before = await push({ "hop3.toml": enabled }, "early");
    expect(before.text).toContain("early is stored");
    const live = await push({}, "main");
    expect(live.exitCode, live.text).toBe(0);
    expect(await names()).toEqual(["shop"]);
  });

  it("show a branch that is pushed, beside the app", async () => {
    const pushed = await push({ "index.html": "topic\n" }, "topic");
    expect(pushed.exitCode, pushed.text).toBe(0);
    expect(pushed.text).toContain(`shows ${pushed.commit.slice(0, 10)} of topic as shop--topic`);
    expect(pushed.text).toContain("release 1 of shop--topic is live");
    expect((await server.get("shop--topic")).text).toBe("topic\n");
    expect((await server.get("shop")).text).toBe("main\n");
    await push({ "index.html": "topic two\n" }, "topic");
    expect((await server.get("shop--topic")).text).toBe("topic two\n");
  });

  it("have of the stored variables those that hop3.toml names", async () => {
    const { entries } = await server.json<{ entries: { key: string; value: string }[] }>(
      "GET",
      "/apps/shop--topic/config?reveal=true",
    );
    expect(entries).toMatchObject([{ key: "SHARED", value: "for all" }]);
  });

  it("say what they cost and until when they stay", async () => {
    const [preview] = (await previews()).previews;
    expect(preview).toMatchObject({ name: "shop--topic", branch: "topic" });
    const rest = Date.parse(preview?.expiresAt ?? "") - Date.now();
    expect(rest / 86_400_000).toBeCloseTo(7, 1);
    // Of its own are its files; what it runs with is there for the app already.
    expect(preview?.extraBytes).toBeGreaterThan(0);
    expect(preview?.extraBytes).toBeLessThan(100_000);
    const listed = await hop3(server, "previews", "list", "shop");
    expect(listed.stdout).toMatch(/topic +shop--topic +.*in 7 days/);
  });

  it("are as many as the server allows, and no more", async () => {
    expect((await push({ "index.html": "b\n" }, "b")).exitCode).toBe(0);
    const refused = await push({ "index.html": "c\n" }, "c");
    expect(refused.exitCode).toBe(1);
    expect(refused.text).toContain("PREVIEWS_TOO_MANY");
    const deleted = await work.git("push", "hop3", ":b");
    expect(deleted.text).toContain("the preview shop--b goes with b");
    expect(await names()).toEqual(["shop", "shop--topic"]);
  });

  it("are made by nothing else", async () => {
    const asked = await server.api("PATCH", "/apps/shop--other/config", { values: { A: "1" } });
    expect(asked.status).toBe(404);
    const other = `http://127.0.0.1:${server.apiPort}/git/shop--other.git`;
    expect((await work.git("push", other, "HEAD:main")).exitCode).not.toBe(0);
    expect(await names()).toEqual(["shop", "shop--topic"]);
  });

  it("stay, and go when their time has come", async () => {
    const kept = await hop3(server, "previews", "keep", "shop--topic");
    expect(kept.exitCode, kept.stderr).toBe(0);
    expect((await previews()).previews[0]?.expiresAt).toBeUndefined();
    await hop3(server, "previews", "keep", "shop--topic", "--days", "0.00001");
    while ((await names()).length > 1) await sleep(250);
    expect((await server.get("shop--topic")).status).toBe(404);
  });

  it("follow a pull request of a forge until it is closed", async () => {
    const repository = `${forge.url}/shop.git`;
    const credential = { username: "git", password: "p" };
    made = await server.json("POST", "/apps/shop/hooks", { repository, credential });
    const branch = "feature/Login";
    const { commit } = await push({ "index.html": "request\n" }, branch, "forge");
    const told = githubPush({ branch, commit, delivery: "1" }, made.secret);
    expect(await deliver(told)).toContain("no pull request is open");
    const open = pullRequest({ branch, state: "open", delivery: "2" }, made.secret);
    expect(await deliver(open)).toMatch(/^accepted done: .* is live/);
    const [preview] = (await previews()).previews;
    expect(preview).toMatchObject({ branch, commit });
    expect(preview?.name).toMatch(/^shop--feature-login-[0-9a-f]{8}$/);
    expect((await server.get(preview?.name ?? "")).text).toBe("request\n");
    const more = await push({ "index.html": "again\n" }, branch, "forge");
    const again = githubPush({ branch, commit: more.commit, delivery: "3" }, made.secret);
    expect(await deliver(again)).toMatch(/^accepted done/);
    expect((await server.get(preview?.name ?? "")).text).toBe("again\n");
    const closed = pullRequest({ branch, state: "closed", delivery: "4" }, made.secret);
    expect(await deliver(closed)).toMatch(/^accepted done: the preview .* is gone/);
    expect(await names()).toEqual(["shop"]);
  });

  it("run nothing that a fork sends", async () => {
    const request = { branch: "evil", state: "open", from: "eve/shop", delivery: "9" } as const;
    expect(await deliver(pullRequest(request, made.secret))).toContain("those of a fork");
  });

  it("have addons of their own, which begin empty and go with them", async () => {
    const before = "before_run = [ ''printf %s \"$REDIS_URL\" > \"$HOP3_DATA_DIR/url\"'' ];\n}\n";
    const nix = pageFiles("")["hop3.nix"]?.replace(/\}\n$/, before) ?? "";
    const declared = `${enabled}[[addons]]\ntype = "redis"\nname = "cache"\n`;
    const live = await push({ "hop3.nix": nix, "hop3.toml": declared }, "main");
    expect(live.exitCode, live.text).toBe(0);
    expect(await askRedis("shop", "SET users 3")).toContain("+OK");
    const branch = "data";
    const open = pullRequest({ branch, state: "open", delivery: "10" }, made.secret);
    await push({ "index.html": "data\n" }, branch, "forge");
    expect(await deliver(open)).toMatch(/^accepted done/);
    expect(await askRedis("shop--data", "DBSIZE")).toContain(":0\r\n");
    expect(await askRedis("shop--data", "SET users 0")).toContain("+OK");
    expect(await askRedis("shop", "GET users")).toContain("\r\n3\r\n");
    const held = join(server.home, "addons/shop--data");
    expect(existsSync(held)).toBe(true);
    const closed = pullRequest({ branch, state: "closed", delivery: "11" }, made.secret);
    expect(await deliver(closed)).toMatch(/^accepted done: the preview .* is gone/);
    expect(existsSync(held)).toBe(false);
    expect(await askRedis("shop", "GET users")).toContain("\r\n3\r\n");
  });

  it("have no addons where hop3.toml says none, whatever the branch declares", async () => {
    const without = enabled.replace("true", 'true\npreview-addons = "none"');
    const declared = '[[addons]]\ntype = "redis"\nname = "cache"\n';
    expect((await push({ "hop3.toml": `${without}${declared}` }, "main")).exitCode).toBe(0);
    const pushed = await push({ "hop3.toml": `${enabled}${declared}` }, "bare");
    expect(pushed.exitCode, pushed.text).toBe(0);
    expect(pushed.text).toContain("Previews of shop get no addons, as its hop3.toml says: cache");
    expect(existsSync(join(server.home, "addons/shop--bare"))).toBe(false);
    expect((await server.json<AddonInfos>("GET", "/apps/shop--bare/addons")).addons).toEqual([]);
    expect((await work.git("push", "hop3", ":bare")).exitCode).toBe(0);
  });

  it("go with their app", async () => {
    await push({ "index.html": "last\n" }, "topic");
    expect(await names()).toEqual(["shop", "shop--topic"]);
    await server.api("DELETE", "/apps/shop");
    expect(await names()).toEqual([]);
  });
});
