import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { HookCreated, HookInfo, HookInfos, Problem } from "@hop3/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pageFiles } from "./support/apps.ts";
import { cliFailure, hop3 } from "./support/cli.ts";
import {
  type ForgeServer,
  forgejoPush,
  giteaPush,
  githubPush,
  gitlabPush,
  pullRequest,
  type SentDelivery,
  serveForge,
  signByStandard,
} from "./support/forge.ts";
import { type Checkout, makeCheckout, runGit } from "./support/git.ts";
import { startSshd } from "./support/sshd.ts";
import { freePort } from "./support/test-server.ts";
import { useTestServer } from "./support/use-test-server.ts";

const password = "forge password";
let root = "";
let forge: ForgeServer;
let work: Checkout;
let made: HookCreated;
/** Of everything that ran whenever the forge was asked. */
const commandLines: string[] = [];

const server = useTestServer("hooks", {
  settings: '[hooks]\ninternal-hosts = ["127.0.0.1"]\n',
});

beforeAll(async () => {
  root = await mkdtemp("/tmp/hop3-forge-");
  forge = await serveForge(root, password, () => commandLines.push(...readCommandLines()));
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

function readCommandLines(): string[] {
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return processes.flatMap((name) => {
    try {
      return [readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ")];
    } catch {
      return [];
    }
  });
}

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

async function lastDelivery(app = "shop"): Promise<HookInfo["deliveries"][number] | undefined> {
  for (;;) {
    const { hooks } = await server.json<HookInfos>("GET", `/apps/${app}/hooks`);
    const last = hooks[0]?.deliveries[0];
    if (last?.outcome !== "accepted") return last;
    await sleep(50);
  }
}

describe("a hook", () => {
  const signedPush: typeof gitlabPush = (push, key) =>
    signByStandard(gitlabPush(push, key), key, { seconds: Math.floor(Date.now() / 1_000) });
  const forges = [
    ["GitHub", githubPush],
    ["GitLab", gitlabPush],
    ["GitLab-signed", signedPush],
    ["Gitea", giteaPush],
    ["Forgejo", forgejoPush],
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

  it.each(forges)("takes nothing of %s twice, under whatever name", async (name, make) => {
    const push = { branch: "topic", commit: "a".repeat(40), delivery: `twice-${name}` };
    const sent = make(push, made.secret);
    expect(await deliver(sent)).toMatchObject({ status: 200, body: { outcome: "ignored" } });
    const again = await deliver(sent);
    expect(again).toMatchObject({ status: 409, body: { code: "HOOK_REPLAYED" } });
    const names = /-delivery$|-event-uuid$|^idempotency-key$/;
    const renamed = Object.entries(sent.headers).map(([key, value]) =>
      names.test(key) ? [key, "other"] : [key, value],
    );
    const other = { ...sent, headers: Object.fromEntries(renamed) };
    expect((await deliver(other)).body.code).toBe("HOOK_REPLAYED");
  });

  it("takes what says the same again where its name and time are signed", async () => {
    const push = gitlabPush({ branch: "topic", commit: "b".repeat(40) }, made.secret);
    const seconds = Math.floor(Date.now() / 1_000);
    const [one, two, late] = [
      { seconds, name: "one" },
      { seconds, name: "two" },
      { seconds: seconds - 301, name: "three" },
    ].map((about) => signByStandard(push, made.secret, about));
    expect((await deliver(one ?? push)).status).toBe(200);
    expect((await deliver(two ?? push)).status).toBe(200);
    expect((await deliver(late ?? push)).body.code).toBe("HOOK_TIME_WRONG");
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
    ["ssh://git@127.0.0.2/x.git", "REMOTE_ADDRESS_INTERNAL"],
    ["git@host:x;id", "REMOTE_URL_INVALID"],
    ["https://u:p@example.org/x.git", "REMOTE_URL_INVALID"],
    ["http://169.254.169.254/latest", "REMOTE_ADDRESS_INTERNAL"],
    ["http://[::1]/x.git", "REMOTE_ADDRESS_INTERNAL"],
  ])("is not made for %s", async (repository, code) => {
    const answer = await server.api("POST", "/apps/another/hooks", { repository });
    expect((JSON.parse(answer.text) as Problem).code).toBe(code);
    expect((await server.api("GET", "/apps/another")).status).toBe(404);
  });

  it("keeps secrets out of what it shows, writes and starts", async () => {
    commandLines.length = 0;
    await hop3(server, "hooks", "test", made.hook.id, "--app", "shop");
    const basic = Buffer.from(`git:${password}`).toString("base64");
    expect(commandLines.join("\n")).toContain(`${forge.url}/shop.git`);
    for (const secret of [password, basic]) {
      expect(commandLines.join("\n")).not.toContain(secret);
    }
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

describe("a hook of an address of SSH", () => {
  let port = 0;
  let repository = "";
  let added: HookCreated;
  let stopSshd = (): void => {};

  const keysFile = () => join(root, "authorized_keys");
  const add = (...more: readonly string[]) =>
    hop3(server, "hooks", "add", repository, "--app", "sshop", ...more);
  const test = (...more: readonly string[]) =>
    hop3(server, "hooks", "test", added.hook.id, "--app", "sshop", ...more);

  /** Some forge: whoever has a key of the file reads and writes repositories, and nothing else. */
  async function restartSshd(name: string): Promise<string> {
    stopSshd();
    const dir = join(root, name);
    const settings = [
      `AuthorizedKeysFile ${keysFile()}`,
      "PermitRootLogin forced-commands-only",
      "AcceptEnv GIT_PROTOCOL",
    ];
    stopSshd = await startSshd({ dir, port, settings });
    const shown = execFileSync("ssh-keygen", ["-lf", join(dir, "host.pub")], { encoding: "utf8" });
    return shown.split(" ")[1] ?? "";
  }

  async function letIn(key: string): Promise<void> {
    const forced = 'restrict,command="git-shell -c \\"$SSH_ORIGINAL_COMMAND\\""';
    await writeFile(keysFile(), `${forced} ${key}\n`);
  }

  beforeAll(async () => {
    port = await freePort();
    repository = `ssh://root@127.0.0.1:${port}${root}/shop.git`;
    await writeFile(keysFile(), "");
  });

  afterAll(() => stopSshd());

  it("is made with the key that the host has to have, and shows one for the forge", async () => {
    const fingerprint = await restartSshd("first");
    const other = `SHA256:${"A".repeat(43)}`;
    expect(cliFailure(await add("--host-key", other, "--json"))).toMatchObject({
      code: "REMOTE_HOST_KEY_WRONG",
      message: expect.stringContaining(`, and not ${other}`),
    });
    expect((await server.api("GET", "/apps/sshop")).status).toBe(404);
    const made = await add("--host-key", fingerprint);
    expect(made.stdout).toMatch(/^ssh-ed25519 \S+ hop3-sshop$/m);
    expect(made.stdout).toContain(`127.0.0.1:${port} has the key ${fingerprint}`);
    const first = /hop3 hooks test (\w+)/.exec(made.stdout)?.[1] ?? "";
    await hop3(server, "hooks", "remove", first, "--app", "sshop");
    added = JSON.parse((await add("--json")).stdout) as HookCreated;
    expect(added.hook.ssh?.hostKey).toBe(fingerprint);
    expect(made.stdout).toContain(added.hook.ssh?.deployKey);
  });

  it("says that the forge does not know the key yet", async () => {
    expect(cliFailure(await test("--json"))).toMatchObject({
      code: "REMOTE_KEY_REFUSED",
      hint: expect.stringContaining("hop3 hooks key"),
    });
  });

  it("deploys what the forge tells of once it knows the key", async () => {
    await letIn((await hop3(server, "hooks", "key", "sshop")).stdout.trim());
    const commit = await pushed("over ssh");
    const tested = await test();
    expect(tested.stdout).toContain(`main is at ${commit.slice(0, 10)}`);
    const told = githubPush({ branch: "main", commit, delivery: "ssh" }, added.secret);
    expect((await deliver(told, added.hook.url)).status).toBe(202);
    expect(await lastDelivery("sshop")).toMatchObject({ outcome: "done" });
    expect((await server.get("sshop")).text).toBe("over ssh\n");
  });

  it("says in the words of the other end what it does not have", async () => {
    await runGit(["update-ref", "-d", "refs/heads/main"], { cwd: join(root, "shop.git") });
    expect(cliFailure(await test("--json")).detail).toBe("there is no branch main");
    await work.git("push", "forge", "HEAD:main");
    const none = repository.replace("shop.git", "none.git");
    const made = await hop3(server, "hooks", "add", none, "--app", "sshop", "--json");
    const { hook } = JSON.parse(made.stdout) as HookCreated;
    const failed = await hop3(server, "hooks", "test", hook.id, "--app", "sshop", "--json");
    expect(cliFailure(failed)).toMatchObject({
      code: "REMOTE_FETCH_FAILED",
      detail: expect.stringContaining("none.git"),
    });
    await hop3(server, "hooks", "remove", hook.id, "--app", "sshop");
  });

  it("goes to no host with another key until somebody says so", async () => {
    const fingerprint = await restartSshd("second");
    expect(cliFailure(await test("--json"))).toMatchObject({
      code: "REMOTE_HOST_KEY_WRONG",
      message: `127.0.0.1:${port} shows the key ${fingerprint}, and not ${added.hook.ssh?.hostKey}`,
    });
    const trust = ["hooks", "trust", added.hook.id, "--app", "sshop", "--host-key"] as const;
    const refused = await hop3(server, ...trust, added.hook.ssh?.hostKey ?? "", "--json");
    expect(cliFailure(refused).code).toBe("REMOTE_HOST_KEY_WRONG");
    const trusted = await hop3(server, ...trust, fingerprint);
    expect(trusted.stdout).toContain(fingerprint);
    expect((await test()).exitCode).toBe(0);
  });

  it("has its private key in no file, and a new one where somebody wants that", async () => {
    const { socket } = JSON.parse(await readFile(join(server.home, "server.json"), "utf8"));
    const places = [server.home, dirname(socket)];
    const grep = ["-rlsa", "--devices=skip", "BEGIN OPENSSH PRIVATE KEY", ...places];
    expect(spawnSync("grep", grep, { encoding: "utf8" }).stdout).toBe("");
    const old = added.hook.ssh?.deployKey ?? "";
    const made = await hop3(server, "hooks", "key", "sshop", "--new");
    expect(made.stdout).not.toContain(old);
    expect(cliFailure(await test("--json")).code).toBe("REMOTE_KEY_REFUSED");
    await letIn(made.stdout.trim());
    expect((await test()).exitCode).toBe(0);
  });

  it("takes no password, and no fingerprint that is none", async () => {
    const file = join(server.home, "password");
    const both = await add("--password-file", file, "--json");
    expect(cliFailure(both)).toMatchObject({
      code: "REMOTE_URL_INVALID",
      message: `'${repository}' is opened by the app's deploy key: it takes no name and password`,
    });
    const odd = await add("--host-key", "SHA256:short", "--json");
    expect(cliFailure(odd).code).toBe("REQUEST_INVALID");
  });

  it("has a key of a host only where there is one", async () => {
    const args = ["hooks", "add", `${forge.url}/shop.git`, "--app", "sshop", "--json"] as const;
    const odd = await hop3(server, ...args, "--host-key", `SHA256:${"A".repeat(43)}`);
    expect(cliFailure(odd).code).toBe("HOOK_WITHOUT_SSH");
  });
});
