import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import type { AuditPage, DeploymentSummary, ReleaseSummary, TokenCreated } from "@hop3/core";
import { beforeAll, describe, expect, it } from "vitest";
import { pageFiles } from "./support/apps.ts";
import { cliFailure, hop3 } from "./support/cli.ts";
import { type Checkout, makeCheckout, runGit } from "./support/git.ts";
import { useTestServer } from "./support/use-test-server.ts";

let token = "";

const maxFiles = 500;

const server = useTestServer("git", { settings: `[policy]\nmax-source-files = ${maxFiles}\n` });

beforeAll(async () => {
  token = (await readFile(join(server.home, "token"), "utf8")).trim();
});

/** The credential goes as a header, as `hop3 git setup` has it through a helper. */
function credential(secret = token): Record<string, string> {
  const basic = Buffer.from(`anybody:${secret}`).toString("base64");
  return {
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "http.extraHeader",
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
  };
}

async function checkout(app: string, options: { branch?: string; secret?: string } = {}) {
  const made = await makeCheckout(options.branch, credential(options.secret));
  await made.git("remote", "add", "hop3", `http://127.0.0.1:${server.apiPort}/git/${app}.git`);
  return made;
}

async function remoteRefs(repository: Checkout): Promise<string> {
  return (await repository.git("ls-remote", "hop3")).text;
}

describe("git push over HTTP", () => {
  it("makes the app, shows the timeline and says where the app is", async () => {
    const work = await checkout("first");
    const commit = await work.commit(pageFiles("one"));
    const pushed = await work.git("push", "hop3", "main");
    expect(pushed.exitCode, pushed.text).toBe(0);
    expect(pushed.text).toContain(`remote: deploys ${commit.slice(0, 10)} of main as first`);
    expect(pushed.text).toMatch(/remote: ✓ build +\d/);
    expect(pushed.text).toContain("remote: release 1 of first is live");
    expect(pushed.text).toContain(`remote: http://first.localhost:${server.routerPort}`);
    expect(pushed.text).not.toContain("sh:");
    expect((await server.get("first")).text).toBe("one\n");
    expect(await remoteRefs(work)).toContain(`${commit}\trefs/heads/main`);
    const { releases } = await server.json<{ releases: ReleaseSummary[] }>(
      "GET",
      "/apps/first/releases",
    );
    expect(releases[0]?.sourceRevision).toBe(commit);
  });

  it("shows each phase while it happens", async () => {
    const work = await checkout("first");
    await work.git("pull", "--quiet", "hop3", "main");
    await work.commit({ "index.html": "two\n" });
    const seen: string[] = [];
    let atReceive: number | undefined;
    let atEnd = 0;
    await runGit(["push", "hop3", "HEAD:main"], {
      cwd: work.dir,
      env: credential(),
      onText: (text) => {
        seen.push(text);
        if (text.includes("receive")) atReceive ??= seen.length;
        if (text.includes("is live")) atEnd = seen.length;
      },
    });
    expect(atReceive).toBeLessThan(atEnd);
    expect((await server.get("first")).text).toBe("two\n");
  });

  it("moves no ref and leaves the old release alone where the build fails", async () => {
    const work = await checkout("first");
    await work.git("pull", "--quiet", "hop3", "main");
    const before = await remoteRefs(work);
    const files = pageFiles("three");
    await work.commit({
      ...files,
      "hop3.nix": files["hop3.nix"]?.replace("mkdir", "exit 7;") ?? "",
    });
    const pushed = await work.git("push", "hop3", "HEAD:main");
    expect(pushed.exitCode).toBe(1);
    expect(pushed.text).toMatch(/remote: ✗ build/);
    expect(pushed.text).toMatch(/remote: error {2}NIX_BUILD_FAILED: /);
    expect(pushed.text.match(/failed with exit code 7/g)).toHaveLength(1);
    expect(pushed.text).toMatch(
      /! \[remote rejected\] HEAD -> main \(deployment \d+: NIX_BUILD_FAILED\)/,
    );
    expect(await remoteRefs(work)).toBe(before);
    expect((await server.get("first")).text).toBe("two\n");
  });

  it("deploys what is forced over another history", async () => {
    const work = await checkout("first");
    const commit = await work.commit(pageFiles("forced"));
    expect((await work.git("push", "hop3", "main")).text).toContain("[rejected]");
    const pushed = await work.git("push", "--force", "hop3", "main");
    expect(pushed.exitCode, pushed.text).toBe(0);
    expect(await remoteRefs(work)).toContain(`${commit}\trefs/heads/main`);
    expect((await server.get("first")).text).toBe("forced\n");
  });

  it("stores other branches and tags without a deployment", async () => {
    const work = await checkout("first");
    const before = await deployments("first");
    await work.commit(pageFiles("other"));
    await work.git("tag", "v1");
    const pushed = await work.git("push", "hop3", "HEAD:feature/one", "v1");
    expect(pushed.exitCode, pushed.text).toBe(0);
    expect(pushed.text).toContain("feature/one is stored; main is what first is deployed from");
    expect(await remoteRefs(work)).toMatch(
      /refs\/heads\/feature\/one\n.*refs\/heads\/main\n.*refs\/tags\/v1/,
    );
    expect(await deployments("first")).toHaveLength(before.length);
    expect((await work.git("push", "hop3", ":feature/one")).exitCode).toBe(0);
  });

  it("keeps the deploy branch", async () => {
    const work = await checkout("first");
    const pushed = await work.git("push", "hop3", ":main");
    expect(pushed.exitCode).toBe(1);
    expect(pushed.text).toContain("GIT_DEPLOY_BRANCH_KEPT");
  });

  it("refuses refs that are neither branches nor tags", async () => {
    const work = await checkout("first");
    await work.commit(pageFiles("x"));
    const pushed = await work.git("push", "hop3", "HEAD:refs/hidden/x");
    expect(pushed.exitCode).toBe(1);
    expect(pushed.text).toContain("refs/hidden/x is neither a branch nor a tag");
  });

  it("says that nothing has changed, and starts anew with -o force", async () => {
    const work = await checkout("first");
    await work.git("pull", "--quiet", "hop3", "main");
    await work.commit({}, "nothing");
    const same = await work.git("push", "hop3", "HEAD:main");
    expect(same.text).toMatch(/release \d+ goes on running/);
    await work.commit({}, "nothing again");
    const forced = await work.git("push", "-o", "force", "hop3", "HEAD:main");
    expect(forced.text).toMatch(/✓ switch/);
  });

  it.each(["builder=docker", "LD_PRELOAD=/tmp/x.so", "PATH", "force=1"])(
    "refuses the push option %s by its name",
    async (option) => {
      const work = await checkout("first");
      await work.commit(pageFiles("option"));
      const pushed = await work.git("push", "--force", "-o", option, "hop3", "main");
      expect(pushed.exitCode).toBe(1);
      expect(pushed.text).toContain(`PUSH_OPTION_UNKNOWN: there is no push option '${option}'`);
    },
  );

  it("takes what was cloned shallowly", async () => {
    const work = await checkout("first");
    await work.git("pull", "--quiet", "hop3", "main");
    const shallow = await makeCheckout("main", credential());
    await shallow.git("pull", "--quiet", "--depth", "1", `file://${work.dir}`, "HEAD");
    await shallow.commit({ "index.html": "shallow\n" });
    const url = `http://127.0.0.1:${server.apiPort}/git/shallow.git`;
    const pushed = await shallow.git("push", url, "HEAD:main");
    expect(pushed.exitCode, pushed.text).toBe(0);
    expect((await server.get("shallow")).text).toBe("shallow\n");
  });

  it("is deployed from master where the first push brings no main", async () => {
    const work = await checkout("elder", { branch: "master" });
    await work.commit(pageFiles("master"));
    const pushed = await work.git("push", "hop3", "master");
    expect(pushed.exitCode, pushed.text).toBe(0);
    expect((await server.get("elder")).text).toBe("master\n");
    const clone = await work.git("ls-remote", "--symref", "hop3", "HEAD");
    expect(clone.text).toContain("ref: refs/heads/master\tHEAD");
  });

  it("writes down who pushed what", async () => {
    const page = await server.json<AuditPage>("GET", "/audit?app=elder&action=git.push");
    expect(page.entries[0]).toMatchObject({
      actor: "token first",
      via: "token first",
      address: "127.0.0.1",
      target: "refs/heads/master",
      outcome: "done",
    });
  });
});

async function deployments(app: string): Promise<readonly DeploymentSummary[]> {
  const path = `/apps/${app}/deployments`;
  return (await server.json<{ deployments: DeploymentSummary[] }>("GET", path)).deployments;
}

describe("what a commit may hold", () => {
  it("names a submodule and says what to do", async () => {
    const inner = await makeCheckout();
    const commit = await inner.commit({ "a.txt": "a" });
    const work = await checkout("parts");
    await work.commit(pageFiles("x"));
    await work.git("update-index", "--add", "--cacheinfo", `160000,${commit},vendor/lib`);
    await work.git("commit", "--quiet", "-m", "sub");
    const pushed = await work.git("push", "hop3", "main");
    expect(pushed.exitCode).toBe(1);
    expect(pushed.text).toContain("SOURCE_SUBMODULES: vendor/lib is a submodule");
    expect(pushed.text).toContain("hint   Deploy the checked-out tree instead: hop3 deploy");
    expect(await remoteRefs(work)).toBe("");
  });

  const pointer =
    "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";

  it("names a pointer of LFS, unless the app wants it", async () => {
    const work = await checkout("parts");
    await work.commit({
      ...pageFiles("lfs"),
      ".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n",
      "big.bin": pointer,
      "odd \u00e9 name.txt": "x",
    });
    const pushed = await work.git("push", "hop3", "main");
    expect(pushed.exitCode).toBe(1);
    expect(pushed.text).toContain(
      "SOURCE_LFS_POINTERS: big.bin is a Git LFS pointer, not the content",
    );
    const allowed = await work.git("push", "-o", "lfs-pointers", "hop3", "main");
    expect(allowed.exitCode, allowed.text).toBe(0);
  });

  it("gets every file as it was committed, whatever the attributes say", async () => {
    const work = await checkout("parts");
    await work.git("pull", "--quiet", "hop3", "main");
    const files = pageFiles("$Format:%H$");
    const more = {
      ".gitattributes": "index.html export-ignore export-subst\n",
      "big.bin": "small",
    };
    await work.commit({ ...files, ...more });
    const pushed = await work.git("push", "hop3", "HEAD:main");
    expect(pushed.exitCode, pushed.text).toBe(0);
    expect((await server.get("parts")).text).toBe("$Format:%H$\n");
  });

  it("stops at what looks like a secret, as every deployment does", async () => {
    const work = await checkout("parts");
    await work.git("pull", "--quiet", "hop3", "main");
    const key = `-----BEGIN ${"PRIVATE"} KEY-----\n${"MIIEvQIBADANBgkqhkiG".repeat(3)}\n-----END ${"PRIVATE"} KEY-----\n`;
    await work.commit({ "config/deploy.txt": key });
    const pushed = await work.git("push", "hop3", "HEAD:main");
    expect(pushed.exitCode).toBe(1);
    expect(pushed.text).toContain("SOURCE_SECRET");
  });

  it("never steers the terminal of the pusher", async () => {
    const work = await checkout("parts");
    await work.git("pull", "--quiet", "hop3", "main");
    const files = pageFiles("x");
    const nix =
      files["hop3.nix"]?.replace(
        "mkdir",
        "printf '\\033]0;owned\\007\\033[2J\\n'; exit 1; mkdir",
      ) ?? "";
    await work.commit({ ...files, "hop3.nix": nix });
    const pushed = await work.git("push", "hop3", "HEAD:main");
    expect(pushed.exitCode).toBe(1);
    expect(pushed.text).toContain("owned");
    for (const sequence of ["\u001b]", "\u0007", "\u001b[2J"])
      expect(pushed.text).not.toContain(sequence);
  });

  it("takes 100 MB without holding them in memory", async () => {
    const work = await checkout("large");
    await work.git("config", "core.compression", "0");
    await work.commit({ ...pageFiles("large"), "data.bin": randomBytes(100 * 1024 * 1024) });
    const before = await residentMegabytes();
    const pushed = await work.git("push", "hop3", "HEAD:data");
    expect(pushed.exitCode, pushed.text).toBe(0);
    expect((await residentMegabytes()) - before).toBeLessThan(80);
  });

  it("refuses more files than the server takes, before a deployment begins", async () => {
    const work = await checkout("many");
    const names = Array.from({ length: maxFiles }, (_, index) => [`many/${index}`, ""]);
    await work.commit({ ...pageFiles("many"), ...Object.fromEntries(names) });
    const pushed = await work.git("push", "hop3", "main");
    expect(pushed.exitCode).toBe(1);
    expect(pushed.text).toContain(
      `UPLOAD_TOO_LARGE: the app's files are more than ${maxFiles} files`,
    );
    expect(await deployments("many")).toEqual([]);
  });
});

async function residentMegabytes(): Promise<number> {
  const status = await readFile(`/proc/${server.process.pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}

describe("who may", () => {
  it.each([
    ["a wrong token", "hop3_wrong"],
    ["no token", ""],
  ])("lets nobody in with %s", async (_, secret) => {
    const work = await checkout("first", { secret });
    await work.commit(pageFiles("x"));
    const pushed = await work.git("push", "--force", "hop3", "main");
    expect(pushed.exitCode).toBe(128);
    expect(pushed.text).toMatch(/Authentication failed|could not read/);
  });

  it("says of a token that was revoked what it is", async () => {
    const made = await server.json<TokenCreated>("POST", "/tokens", {
      name: "gone",
      scopes: [{ allow: "app.deploy", app: "first" }],
    });
    const revoked = await hop3(server, "tokens", "revoke", made.id);
    expect(revoked.exitCode, revoked.stderr).toBe(0);
    const work = await makeCheckout();
    await work.commit(pageFiles("x"));
    const url = `http://ci:${made.token}@127.0.0.1:${server.apiPort}/git/first.git`;
    const pushed = await work.git("push", url, "main");
    expect(pushed.exitCode).toBe(128);
    expect(pushed.text).toContain("GIT_TOKEN_UNUSABLE: there is no such token: it was revoked");
  });

  it("keeps a token to its app and to what it may do there", async () => {
    const scopes = [{ allow: "app.deploy", app: "mine" }];
    const { token: limited } = await server.json<{ token: string }>("POST", "/tokens", {
      name: "ci",
      scopes,
    });
    const mine = await checkout("mine", { secret: limited });
    await mine.commit(pageFiles("mine"));
    expect((await mine.git("push", "hop3", "main")).exitCode).toBe(0);
    const other = await checkout("first", { secret: limited });
    await other.commit(pageFiles("x"));
    const pushed = await other.git("push", "--force", "hop3", "main");
    expect(pushed.exitCode).toBe(128);
    expect(pushed.text).toContain("SCOPE_MISSING: the token 'ci' may not do this with 'first'");
    expect((await other.git("ls-remote", "hop3")).exitCode).toBe(128);
    // It must not make itself a way in that may more.
    const key = await fetch(`http://127.0.0.1:${server.apiPort}/api/v1/keys`, {
      method: "POST",
      headers: { authorization: `Bearer ${limited}`, "content-type": "application/json" },
      body: JSON.stringify({ key: "ssh-ed25519 AAAA" }),
    });
    expect(key.status).toBe(403);
  });

  it.each([
    "/git/../../etc/passwd/info/refs?service=git-upload-pack",
    "/git/..%2f..%2fhop3.db/info/refs?service=git-upload-pack",
    "/git/first.git/../../../hop3.key",
    "/git/first.git/config",
    "/git/first.git/objects/info/packs",
    "/git/first.git/HEAD",
    "/git/first.git/info/refs",
    "/git/first.git/info/refs?service=git-shell",
    "/git/FIRST.git/info/refs?service=git-upload-pack",
    "/git/-x.git/info/refs?service=git-upload-pack",
  ])("has nothing at %s", async (path) => {
    const headers = { authorization: credential()["GIT_CONFIG_VALUE_0"]?.slice(15) ?? "" };
    const status = await new Promise((resolve, reject) => {
      const call = request({ host: "127.0.0.1", port: server.apiPort, path, headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      call.once("error", reject).end();
    });
    expect([404, 422]).toContain(status);
  });

  it.each(["first", "anew"])("lets one of two pushes to %s at once win", async (app) => {
    const names = ["left", "right"] as const;
    const works = await Promise.all(names.map(() => checkout(app)));
    for (const [index, work] of works.entries()) {
      if (app === "first") await work.git("pull", "--quiet", "hop3", "main");
      await work.commit({ ...pageFiles(names[index] ?? ""), "side.txt": names[index] ?? "" });
    }
    const pushed = await Promise.all(works.map((work) => work.git("push", "hop3", "HEAD:main")));
    const exits = pushed.map(({ exitCode }) => exitCode).sort();
    expect(exits, pushed.map(({ text }) => text).join("\n")).toEqual([0, 1]);
    const winner = names[pushed.findIndex(({ exitCode }) => exitCode === 0)];
    expect((await server.get(app)).text).toBe(`${winner}\n`);
    const loser = pushed.find(({ exitCode }) => exitCode === 1)?.text ?? "";
    expect(loser).toMatch(/GIT_BRANCH_MOVED|\[rejected\]/);
  });
});

describe("hop3 git", () => {
  it("sets a project up so that a plain git push deploys", async () => {
    const work = await makeCheckout();
    await work.commit(pageFiles("setup"));
    const { PATH = "", HOME = "" } = process.env;
    const env = { PATH, HOME };
    const setup = await hop3(
      { home: server.home, cwd: work.dir },
      "git",
      "setup",
      "--app",
      "helped",
    );
    expect(setup.exitCode, setup.stderr).toBe(0);
    expect(setup.stdout).toContain(`http://127.0.0.1:${server.apiPort}/git/helped.git`);
    expect(await readFile(join(work.dir, ".git/config"), "utf8")).not.toContain(token);
    const pushed = await runGit(["push", "hop3", "main"], { cwd: work.dir, env });
    expect(pushed.exitCode, pushed.text).toBe(0);
    const info = await hop3(server, "git", "info", "helped", "--json");
    expect(JSON.parse(info.stdout)).toMatchObject({ app: "helped", branch: "main", exists: true });
    const again = await hop3(
      { home: server.home, cwd: work.dir },
      "git",
      "setup",
      "--app",
      "helped",
    );
    expect(again.exitCode, again.stderr).toBe(0);
  });

  it("deploys another branch from the next push on", async () => {
    const chosen = await hop3(server, "git", "branch", "release/1", "--app", "helped");
    expect(chosen.stdout).toBe("From the next push on helped is deployed from release/1.\n");
    const work = await checkout("helped");
    await work.commit(pageFiles("branched"));
    expect((await work.git("push", "hop3", "HEAD:release/1")).exitCode).toBe(0);
    expect((await server.get("helped")).text).toBe("branched\n");
    const odd = await hop3(server, "git", "branch", "a..b", "--app", "helped", "--json");
    expect(cliFailure(odd)).toMatchObject({
      code: "USAGE",
      message: "'a..b' is not the name of a branch",
    });
  });

  it("goes by hop3.toml where nobody has chosen a branch", async () => {
    const work = await checkout("filed");
    const file = (branch: string) => ({ "hop3.toml": `[deploy]\nbranch = "${branch}"\n` });
    await work.commit({ ...pageFiles("filed"), ...file("live") });
    const stored = await work.git("push", "hop3", "HEAD:main");
    expect(stored.text).toContain("main is stored; live is what filed is deployed from");
    const pushed = await work.git("push", "hop3", "HEAD:live");
    expect(pushed.exitCode, pushed.text).toBe(0);
    expect((await server.get("filed")).text).toBe("filed\n");
    await work.commit(file("next"));
    const moved = await work.git("push", "hop3", "HEAD:live");
    expect(moved.text).toContain("from the next push on next is deployed, as hop3.toml says");
    const info = await hop3(server, "git", "info", "filed");
    expect(info.stdout).toMatch(/deploys +the branch next, as hop3.toml says/);
    expect((await work.git("ls-remote", "--symref", "hop3", "HEAD")).text).not.toContain("live");
    await hop3(server, "git", "branch", "live", "--app", "filed");
    await work.commit({ "index.html": "chosen\n" });
    const chosen = await work.git("push", "hop3", "HEAD:live");
    expect(chosen.text).toContain("hop3.toml says next, but live was chosen to be deployed");
    expect((await server.get("filed")).text).toBe("chosen\n");
    const reset = await hop3(server, "git", "branch", "--reset", "--app", "filed");
    expect(reset.stdout).toBe("From the next push on filed is deployed from next.\n");
  });

  it("says what is missing outside of a repository", async () => {
    const result = await hop3(
      { home: server.home, cwd: "/tmp" },
      "git",
      "setup",
      "--app",
      "helped",
      "--json",
    );
    expect(cliFailure(result)).toMatchObject({ code: "GIT_UNUSABLE" });
  });
});

describe("what may happen in the middle", () => {
  it("goes on where the pusher goes away, and the ref follows", async () => {
    const work = await checkout("first");
    await work.git("pull", "--quiet", "hop3", "main");
    const commit = await work.commit(pageFiles("left alone"));
    const leaving = new AbortController();
    const left = await runGit(["push", "hop3", "HEAD:main"], {
      cwd: work.dir,
      env: credential(),
      signal: leaving.signal,
      onText: (text) => {
        if (text.includes("receive")) leaving.abort();
      },
    });
    expect(left.exitCode).not.toBe(0);
    const [newest] = await deployments("first");
    expect((await server.ended(newest?.id ?? 0)).state).toBe("succeeded");
    expect((await server.get("first")).text).toBe("left alone\n");
    // The turn of the next push comes when git has moved the ref for the one before.
    await work.commit(pageFiles("after"));
    const next = await work.git("push", "hop3", "HEAD:main");
    expect(`${next.text}${await remoteRefs(work)}`).toContain(commit.slice(0, 7));
  });

  it("takes name and password of an account as it takes a token", async () => {
    const password = "correct horse battery";
    const roles = [{ role: "developer", app: "first" }];
    await server.json("POST", "/users", { name: "ada", password, roles });
    const basic = Buffer.from(`ada:${password}`).toString("base64");
    const header = { GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}` };
    const url = `http://127.0.0.1:${server.apiPort}/git/first.git`;
    const options = { cwd: "/tmp", env: { ...credential(), ...header } };
    expect((await runGit(["ls-remote", url], options)).exitCode).toBe(0);
    const wrong = Buffer.from("ada:wrong horse battery").toString("base64");
    const refused = { GIT_CONFIG_VALUE_0: `Authorization: Basic ${wrong}` };
    const answer = await runGit(["ls-remote", url], {
      ...options,
      env: { ...credential(), ...refused },
    });
    expect(answer.exitCode).toBe(128);
    expect(answer.text).toMatch(/Authentication failed|could not read/);
    const { entries } = await server.json<AuditPage>("GET", "/audit?actor=ada");
    expect(entries[0]).toMatchObject({
      ...{ action: "session.start", outcome: "refused", via: "none", address: "127.0.0.1" },
      target: "SIGN_IN_FAILED",
    });
  });

  it("makes no app where the server's policy says so, and serves those there are", async () => {
    await server.restart({ settings: "[policy]\ncreate-on-push = false\n" });
    const fresh = await checkout("fresh");
    await fresh.commit(pageFiles("fresh"));
    const pushed = await fresh.git("push", "hop3", "main");
    expect(pushed.exitCode).toBe(128);
    expect(pushed.text).toContain("GIT_CREATE_REFUSED: there is no app 'fresh'");
    const known = await checkout("first");
    await known.git("pull", "--quiet", "hop3", "main");
    await known.commit(pageFiles("after the restart"));
    expect((await known.git("push", "hop3", "HEAD:main")).exitCode).toBe(0);
    expect((await server.get("first")).text).toBe("after the restart\n");
  });

  it("takes no pack larger than an upload may be, and keeps nothing of it", async () => {
    await server.restart({ settings: "[policy]\nmax-upload-bytes = 200000\n" });
    const work = await checkout("first");
    await work.git("pull", "--quiet", "hop3", "main");
    const kept = () => readdir(join(server.home, "apps/first/repo.git"), { recursive: true });
    const before = (await kept()).sort();
    await work.commit({ "data.bin": randomBytes(400_000) });
    const pushed = await work.git("push", "hop3", "HEAD:main");
    expect(pushed.exitCode).toBe(1);
    expect(pushed.text).toContain("pack exceeds maximum allowed size (195.31 KiB)");
    expect((await kept()).sort()).toEqual(before);
    expect((await server.get("first")).text).toBe("after the restart\n");
  });
});
