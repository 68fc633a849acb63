import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { HookCreated, HookInfo, HookInfos, Problem } from "@hop3/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pageFiles } from "./support/apps.ts";
import { hop3 } from "./support/cli.ts";
import {
  type ForgeServer,
  giteaPush,
  githubPush,
  gitlabPush,
  pullRequest,
  type SentDelivery,
  serveForge,
} from "./support/forge.ts";
import { type Checkout, makeCheckout, runGit } from "./support/git.ts";
import { useTestServer } from "./support/use-test-server.ts";

const password = "forge password";
let root = "";
let forge: ForgeServer;
let work: Checkout;
let made: HookCreated;

const server = useTestServer("hooks", {
  settings: '[hooks]\ninternal-hosts = ["127.0.0.1"]\n',
});

beforeAll(async () => {
  root = await mkdtemp("/tmp/hop3-forge-");
  forge = await serveForge(root, password);
  await runGit(["init", "--quiet", "--bare", "-b", "main", "shop.git"], { cwd: root });
  work = await makeCheckout();
  await work.git("remote", "add", "forge", join(root, "shop.git"));
  const file = join(server.home, "password");
  await writeFile(file, `${password}\n`);
  const repository = `${forge.url}/shop.git`;
  const args = ["hooks", "add", repository, "--app", "shop", "--password-file", file, "--json"];
  made = JSON.parse((await hop3(server, ...args)).stdout) as HookCreated;
});

afterAll(async () => {
  forge?.close();
  await rm(root, { recursive: true, force: true });
});

async function pushed(text: string, branch = "main"): Promise<string> {
  const commit = await work.commit(pageFiles(text));
  const done = await work.git("push", "--force", "forge", `HEAD:${branch}`);
  expect(done.exitCode, done.text).toBe(0);
  return commit;
}

async function deliver(sent: SentDelivery, address = made.hook.url) {
  const path = new URL(address).pathname;
  const url = `http://127.0.0.1:${server.apiPort}${path}`;
  const answer = await fetch(url, { method: "POST", headers: sent.headers, body: sent.body });
  return { status: answer.status, body: (await answer.json()) as Problem & { outcome?: string } };
}

async function lastDelivery(): Promise<HookInfo["deliveries"][number] | undefined> {
  for (;;) {
    const { hooks } = await server.json<HookInfos>("GET", "/apps/shop/hooks");
    const last = hooks[0]?.deliveries[0];
    if (last?.outcome !== "accepted") return last;
    await sleep(50);
  }
}

describe("a hook", () => {
  const forges = [
    ["GitHub", githubPush],
    ["GitLab", gitlabPush],
    ["Gitea", giteaPush],
  ] as const;

  it.each(forges)("deploys what %s tells of", async (name, make) => {
    const commit = await pushed(name);
    const answer = await deliver(make({ branch: "main", commit, delivery: name }, made.secret));
    expect(answer).toMatchObject({ status: 202, body: { outcome: "accepted" } });
    expect(await lastDelivery()).toMatchObject({
      outcome: "done",
      event: "push",
      reason: `${commit.slice(0, 10)} is live`,
    });
    expect((await server.get("shop")).text).toBe(`${name}\n`);
  });

  it("takes no delivery twice, under whatever name", async () => {
    const commit = await pushed("once");
    const sent = githubPush({ branch: "main", commit, delivery: "twice" }, made.secret);
    expect((await deliver(sent)).status).toBe(202);
    await lastDelivery();
    const again = await deliver(sent);
    expect(again).toMatchObject({ status: 409, body: { code: "HOOK_REPLAYED" } });
    const renamed = { ...sent, headers: { ...sent.headers, "x-github-delivery": "other" } };
    expect((await deliver(renamed)).body.code).toBe("HOOK_REPLAYED");
  });

  it.each(forges)("refuses a wrong secret of %s", async (_name, make) => {
    const answer = await deliver(make({ branch: "main", commit: "a".repeat(40) }, "guess"));
    expect(answer).toMatchObject({ status: 401, body: { code: "HOOK_SIGNATURE_WRONG" } });
  });

  it("answers a ping, and leaves other branches and other people's repositories alone", async () => {
    const push = githubPush({ branch: "main", commit: "b".repeat(40) }, made.secret);
    const ping = { ...push, headers: { ...push.headers, "x-github-event": "ping" } };
    expect(await deliver(ping)).toMatchObject({ status: 200, body: { outcome: "pong" } });
    const other = githubPush(
      { branch: "topic", commit: "b".repeat(40), delivery: "o" },
      made.secret,
    );
    expect((await deliver(other)).body).toMatchObject({
      outcome: "ignored",
      reason: expect.stringContaining("topic"),
    });
    const fork = { branch: "main", state: "open", from: "eve/shop", delivery: "f" } as const;
    expect((await deliver(pullRequest(fork, made.secret))).body.outcome).toBe("ignored");
  });

  it("does not say whether there is an app, and takes no large bodies", async () => {
    const sent = githubPush({ branch: "main", commit: "c".repeat(40) }, made.secret);
    const nowhere = made.hook.url.replace("/shop/", "/none/");
    const wrong = `${made.hook.url.slice(0, -1)}x`;
    const [first, second] = [await deliver(sent, nowhere), await deliver(sent, wrong)];
    expect([first.status, second.status]).toEqual([404, 404]);
    expect([first.body.code, second.body.code]).toEqual(["HOOK_NOT_FOUND", "HOOK_NOT_FOUND"]);
    const large = { ...sent, body: "x".repeat(6 * 1024 * 1024) };
    expect((await deliver(large)).body.code).toBe("HOOK_BODY_INVALID");
  });

  it("tells why a fetch failed, and takes the delivery again", async () => {
    await runGit(["symbolic-ref", "HEAD", "refs/heads/none"], { cwd: join(root, "shop.git") });
    await work.git("push", "forge", ":main");
    const sent = githubPush({ branch: "main", commit: "d".repeat(40), delivery: "x" }, made.secret);
    expect((await deliver(sent)).status).toBe(202);
    expect(await lastDelivery()).toMatchObject({
      outcome: "failed",
      reason: expect.stringContaining("REMOTE_FETCH_FAILED"),
    });
    const commit = await pushed("back");
    expect((await deliver(sent)).status).toBe(202);
    expect(await lastDelivery()).toMatchObject({ outcome: "done" });
    const tested = await hop3(server, "hooks", "test", made.hook.id, "--app", "shop");
    expect(tested.stdout).toContain(`main is at ${commit.slice(0, 10)}`);
  });

  it.each([
    ["file:///etc", "REMOTE_URL_INVALID"],
    ["ext::sh -c id", "REMOTE_URL_INVALID"],
    ["https://u:p@example.org/x.git", "REMOTE_URL_INVALID"],
    ["http://169.254.169.254/latest", "REMOTE_ADDRESS_INTERNAL"],
    ["http://[::1]/x.git", "REMOTE_ADDRESS_INTERNAL"],
  ])("is not made for %s", async (repository, code) => {
    const answer = await server.api("POST", "/apps/another/hooks", { repository });
    expect((JSON.parse(answer.text) as Problem).code).toBe(code);
    expect((await server.api("GET", "/apps/another")).status).toBe(404);
  });

  it("keeps secrets out of what it shows and writes", async () => {
    const { text } = await server.api("GET", "/apps/shop/hooks");
    const audit = await server.api("GET", "/audit?app=shop");
    for (const shown of [text, audit.text, await server.log()]) {
      expect(shown).not.toContain(made.secret);
      expect(shown).not.toContain(password);
    }
    const listed = await hop3(server, "hooks", "list", "shop");
    expect(listed.stdout).toContain(made.hook.url);
    await hop3(server, "hooks", "remove", made.hook.id, "--app", "shop");
    const sent = githubPush({ branch: "main", commit: "e".repeat(40) }, made.secret);
    expect((await deliver(sent)).status).toBe(404);
  });
});
