import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { readFile, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { GitInfo } from "@hop3/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pageFiles } from "./support/apps.ts";
import { cliFailure, hop3 } from "./support/cli.ts";
import { gitEnvironment, makeCheckout } from "./support/git.ts";
import { makeSshKey, startSshd } from "./support/sshd.ts";
import { freePort } from "./support/test-server.ts";
import { useTestServer } from "./support/use-test-server.ts";

const dir = mkdtempSync("/tmp/hop3-ssh-");
/** What each test is done through: a port, and whose it is. */
const ports = { own: 0, sshd: 0 };
let stopSshd = (): void => {};
const sshUser = "hop3git";

const program = resolve(import.meta.dirname, "../../../bin/hop3");

beforeAll(async () => {
  ports.own = await freePort();
  ports.sshd = await freePort();
});

afterAll(() => rm(dir, { recursive: true, force: true }));

const server = useTestServer("git-ssh", {
  settings: () =>
    `[git]\nssh-listen = "127.0.0.1:${ports.own}"\nssh-command = "${program}"\nssh-user = "${sshUser}"\n`,
  startedBy: withUser(),
});

beforeAll(async () => {
  for (const name of ["ada", "bob", "nobody"]) makeSshKey(join(dir, name), "-C", `${name}@test`);
  for (const [name, role] of [
    ["ada", { role: "owner" }],
    ["bob", { role: "developer", app: "bobs" }],
  ] as const) {
    await server.json("POST", "/users", { name, password: "long enough, surely", roles: [role] });
    const added = await hop3(server, "keys", "add", join(dir, `${name}.pub`), "--user", name);
    expect(added.exitCode, added.stderr).toBe(0);
  }
  const info = await server.json<GitInfo>("GET", "/apps/shop/git");
  expect(info.sshd.user).toBe(sshUser);
  // As the guide sets it up: it reads the file that the server writes, and nothing else.
  const settings = [`AuthorizedKeysFile ${info.sshd.authorizedKeys}`, "AcceptEnv GIT_PROTOCOL"];
  const place = { dir: join(dir, "sshd"), port: ports.sshd };
  stopSshd = await startSshd({ ...place, settings, startedBy: withUser() });
});

afterAll(() => stopSshd());

/** A user of this machine as far as the two are concerned who see this list of users: the guide's, whom sshd logs in. */
function withUser(): readonly [string, ...string[]] {
  const users = join(dir, "passwd");
  const known = readFileSync("/etc/passwd", "utf8");
  writeFileSync(users, `${known}${sshUser}:x:64321:64321::/nonexistent:/bin/sh\n`);
  const script = `mount --bind ${users} /etc/passwd && exec "$@"`;
  return ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh"];
}

function sshArguments(key: string): string[] {
  return [
    ...["-F", "none", "-i", join(dir, key), "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none"],
    ...["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"],
    ...["-o", "LogLevel=ERROR", "-o", "BatchMode=yes"],
  ];
}

/** The real ssh, with one command. */
async function ssh(
  port: number,
  key: string,
  ...command: readonly string[]
): Promise<{ exitCode: number | null; text: string }> {
  const args = [...sshArguments(key), "-p", String(port), `${sshUser}@127.0.0.1`, ...command];
  const child = spawn("ssh", args, { env: gitEnvironment, stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
  }
  const exitCode = await new Promise<number | null>((done) => child.once("close", done));
  return { exitCode, text };
}

async function checkout(port: number, key: string, app: string) {
  const command = ["ssh", ...sshArguments(key)].join(" ");
  const made = await makeCheckout("main", { GIT_SSH_COMMAND: command });
  await made.git("remote", "add", "hop3", `ssh://${sshUser}@127.0.0.1:${port}/${app}.git`);
  return made;
}

describe.each(["own", "sshd"] as const)("git push over SSH (%s)", (door) => {
  it("deploys, shows the timeline, and can be cloned", async () => {
    const work = await checkout(ports[door], "ada", `shop-${door}`);
    const commit = await work.commit(pageFiles(`over ${door}`));
    const pushed = await work.git("push", "hop3", "main");
    expect(pushed.exitCode, pushed.text).toBe(0);
    expect(pushed.text).toMatch(/remote: ✓ build/);
    expect(pushed.text).toContain(`remote: release 1 of shop-${door} is live`);
    expect((await server.get(`shop-${door}`)).text).toBe(`over ${door}\n`);
    const clone = await checkout(ports[door], "ada", `shop-${door}`);
    const pulled = await clone.git("pull", "hop3", "main");
    expect(pulled.exitCode, pulled.text).toBe(0);
    expect((await clone.git("rev-parse", "HEAD")).text.trim()).toBe(commit);
  });

  it("fails with the deployment, and moves no ref", async () => {
    const work = await checkout(ports[door], "ada", `shop-${door}`);
    await work.git("pull", "--quiet", "hop3", "main");
    const before = (await work.git("ls-remote", "hop3")).text;
    await work.commit({ "hop3.nix": "{ this is no nix" });
    const pushed = await work.git("push", "hop3", "HEAD:main");
    expect(pushed.exitCode).toBe(1);
    expect(pushed.text).toContain("[remote rejected]");
    expect((await work.git("ls-remote", "hop3")).text).toBe(before);
    expect((await server.get(`shop-${door}`)).text).toBe(`over ${door}\n`);
  });

  it("keeps a key to the apps of its user", async () => {
    const work = await checkout(ports[door], "bob", `shop-${door}`);
    await work.commit(pageFiles("x"));
    const pushed = await work.git("push", "--force", "hop3", "main");
    expect(pushed.exitCode).not.toBe(0);
    expect(pushed.text).toContain("NOT_ALLOWED: bob may not do this");
    expect((await work.git("fetch", "hop3")).exitCode).not.toBe(0);
  });

  it("does not know a key that nobody has added", async () => {
    const result = await ssh(ports[door], "nobody", "git-upload-pack", "'shop.git'");
    expect(result.exitCode).toBe(255);
    expect(result.text).toContain("Permission denied");
  });

  it.each([
    ["ls"],
    ["sh"],
    ["git-upload-pack '../../etc'"],
    ["git-upload-pack '../../hop3.git'; id"],
    ["git-receive-pack '$(id)'"],
    ["git-shell -c id"],
    ["git upload-archive 'shop.git'"],
    ["scp -t /tmp"],
    [`git-receive-pack '${"x".repeat(100)}`],
  ])("refuses %s", async (command) => {
    const result = await ssh(ports[door], "ada", command);
    expect(result.exitCode).not.toBe(0);
    expect(result.text).toMatch(/GIT_COMMAND_REFUSED|APP_NAME_INVALID/);
    expect(result.text).not.toContain("uid=");
  });

  it("has no shell", async () => {
    const result = await ssh(ports[door], "ada");
    expect(result.exitCode).not.toBe(0);
    expect(result.text).toContain("there is no shell here");
  });

  it("takes no variables but git's protocol", async () => {
    const work = await checkout(ports[door], "ada", `shop-${door}`);
    const listed = await work.git(
      ...["-c", "core.sshCommand=", "-c", "protocol.version=2", "ls-remote", "hop3"],
    );
    expect(listed.exitCode, listed.text).toBe(0);
    const forwarded = await ssh(ports[door], "ada", "-o", "SetEnv=GIT_DIR=/etc", "env");
    expect(forwarded.text).not.toContain("GIT_DIR=");
  });
});

describe("hop3 keys", () => {
  it("keeps the key of the host to itself", async () => {
    const file = join(server.home, "git/ssh_host_key");
    expect(existsSync(file)).toBe(true);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const info = await server.json<GitInfo>("GET", "/apps/shop/git");
    const shown = execFileSync("ssh-keygen", ["-l", "-f", file], { encoding: "utf8" });
    expect(shown).toContain(info.ssh?.hostKey);
  });

  it("lists them, and refuses the same one for somebody else", async () => {
    const listed = await hop3(server, "keys");
    expect(listed.stdout).toMatch(/ada@test +ada +ssh-ed25519 +\S.* SHA256:/);
    const file = join(dir, "ada.pub");
    const again = await hop3(server, "keys", "add", file, "--user", "bob", "--json");
    expect(cliFailure(again)).toMatchObject({ code: "SSH_KEY_TAKEN" });
    const odd = await hop3(server, "keys", "add", join(dir, "ada"), "--json");
    expect(cliFailure(odd)).toMatchObject({ code: "SSH_KEY_INVALID" });
  });

  it("lets a removed key in through neither door", async () => {
    const removed = await hop3(server, "keys", "remove", "bob@test");
    expect(removed.exitCode, removed.stderr).toBe(0);
    expect(await readFile(join(server.home, "git/authorized_keys"), "utf8")).not.toContain("bob");
    for (const port of Object.values(ports)) {
      const result = await ssh(port, "bob", "git-upload-pack", "'bobs.git'");
      expect(result.text).toContain("Permission denied");
    }
  });

  it("does nothing more for a user who is gone, over a connection that is still open", async () => {
    const master = ["-o", `ControlPath=${join(dir, "control")}`] as const;
    const opened = [...master, "-o", "ControlMaster=yes", "-o", "ControlPersist=yes"] as const;
    const file = join(dir, "nobody.pub");
    await server.json("POST", "/users", {
      name: "eve",
      password: "long enough, surely",
      roles: [],
    });
    await hop3(server, "keys", "add", file, "--user", "eve");
    const before = await ssh(ports.own, "nobody", ...opened, "git-upload-pack 'bobs.git'");
    expect(before.text).toContain("NOT_ALLOWED");
    await server.api("DELETE", "/users/eve");
    const after = await ssh(ports.own, "nobody", ...master, "git-upload-pack 'bobs.git'");
    expect(after).toMatchObject({
      exitCode: 255,
      text: expect.not.stringContaining("NOT_ALLOWED"),
    });
  });

  it("says of a name that is no key that there is none", async () => {
    const answer = await server.api("DELETE", "/keys/%25");
    expect(JSON.parse(answer.text)).toMatchObject({ code: "SSH_KEY_NOT_FOUND" });
  });

  it("writes an address of SSH into the project", async () => {
    const work = await makeCheckout();
    const setup = await hop3(
      { home: server.home, cwd: work.dir },
      "git",
      "setup",
      "--ssh",
      "--app",
      "shop-own",
    );
    expect(setup.exitCode, setup.stderr).toBe(0);
    const url = (await work.git("remote", "get-url", "hop3")).text.trim();
    expect(url).toBe(`ssh://git@127.0.0.1:${ports.own}/shop-own.git`);
  });
});
