import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { DeploymentSummary, ReleaseDetail, UploadState } from "@hop3/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pageApp, pageFiles } from "./support/apps.ts";
import { type CliResult, cliFailure, hop3 } from "./support/cli.ts";
import { type CuttingProxy, startCuttingProxy } from "./support/cutting-proxy.ts";
import { makeCheckout, runGit } from "./support/git.ts";
import { makeSshKey, startSshd } from "./support/sshd.ts";
import { freePort } from "./support/test-server.ts";
import { frame, listTree } from "./support/uploading.ts";
import { useTestServer } from "./support/use-test-server.ts";

const bin = join(import.meta.dirname, "../../../bin");

let dir: string;
let proxy: CuttingProxy;
let token: string;

beforeAll(async () => {
  dir = await mkdtemp("/tmp/hop3-remote-");
  makeCertificates(dir);
});

afterAll(() => rmSync(dir, { recursive: true }));

const server = useTestServer("remote", {
  settings: () => `[server]\ntls-cert = "${dir}/server.pem"\ntls-key = "${dir}/server.key"\n`,
});

beforeAll(async () => {
  proxy = await startCuttingProxy(server.apiPort);
  token = readFileSync(join(server.home, "token"), "utf8").trim();
});

afterAll(() => proxy.close());

/** An authority of our own, and a certificate of it for this machine. */
function makeCertificates(to: string): void {
  const openssl = (...args: string[]): void => {
    execFileSync("openssl", args, { cwd: to, stdio: "pipe" });
  };
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  writeFileSync(join(to, "names"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
  openssl(
    "req",
    "-x509",
    ...key,
    "-subj",
    "/CN=own authority",
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
  );
  openssl("req", ...key, "-subj", "/CN=hop3", "-keyout", "server.key", "-out", "server.csr");
  const signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names"];
  openssl("x509", "-req", "-in", "server.csr", ...signed, "-out", "server.pem");
}

/** The CLI of somebody elsewhere. */
function remote(args: readonly string[], env: Record<string, string> = {}): Promise<CliResult> {
  const settings = {
    HOP3_SERVER: `https://127.0.0.1:${proxy.port}`,
    HOP3_TOKEN: token,
    NODE_EXTRA_CA_CERTS: join(dir, "ca.pem"),
    XDG_CACHE_HOME: join(dir, "cache"),
    ...env,
  };
  return hop3({ home: join(dir, "no-server-here"), env: settings }, ...args);
}

describe("over HTTPS", () => {
  it("the same commands work, and the second deploy sends what has changed", async () => {
    const tree = await pageApp("one", { "large.bin": randomBytes(600_000).toString("base64") });
    const first = await remote(["deploy", tree, "--app", "web"]);
    expect(first.stdout, first.stderr).toContain("Sent 3 files (80");
    expect((await server.get("web")).text).toBe("one\n");
    writeFileSync(join(tree, "index.html"), "two\n");
    const before = proxy.sent();
    const second = await remote(["deploy", tree, "--app", "web"]);
    expect(second.stdout).toContain("Sent 1 of 3 files (4 B)\n");
    expect(proxy.sent() - before).toBeLessThan(8_000);
    expect((await server.get("web")).text).toBe("two\n");
    const third = await remote(["deploy", tree, "--app", "web"]);
    expect(third.stdout).toContain("Sent nothing: the server has all of these files\n");
    expect(third.stdout).toContain("Nothing has changed");
    expect((await remote(["apps"])).stdout).toContain("web");
  });

  it("the Source is the one that a tar of the same tree becomes", async () => {
    const tree = await pageApp("same", { "bin/run.sh": "#!/bin/sh\n" });
    chmodSync(join(tree, "bin/run.sh"), 0o755);
    execFileSync("ln", ["-s", "bin/run.sh", join(tree, "link")]);
    const byTar = await server.deployed("same", tree);
    expect(byTar.state, JSON.stringify(byTar.failure)).toBe("succeeded");
    const sent = await remote(["deploy", tree, "--app", "same", "--force", "--json"]);
    const { release } = JSON.parse(sent.stdout) as { release: number };
    const hashes = [byTar.release, release].map(
      async (number) =>
        (await server.json<ReleaseDetail>("GET", `/apps/same/releases/${number}`)).sourceHash,
    );
    const [one, other] = await Promise.all(hashes);
    expect(release).not.toBe(byTar.release);
    expect(other).toBe(one);
  });

  it("git push goes there, too, with the authority that the setup has found", async () => {
    const work = await makeCheckout();
    await work.commit(pageFiles("pushed"));
    const env = {
      HOP3_SERVER: `https://127.0.0.1:${proxy.port}`,
      HOP3_TOKEN: token,
      HOP3_HOME: join(dir, "no-server-here"),
    };
    const known = { NODE_EXTRA_CA_CERTS: join(dir, "ca.pem") };
    const setup = await hop3(
      { home: env.HOP3_HOME, cwd: work.dir, env: { ...env, ...known } },
      ...["git", "setup", "--app", "pushed"],
    );
    expect(setup.stdout, setup.stderr).toContain(`git checks its certificate with ${dir}/ca.pem.`);
    const push = () => runGit(["push", "hop3", "main"], { cwd: work.dir, env });
    const pushed = await push();
    expect(pushed.exitCode, pushed.text).toBe(0);
    expect((await server.get("pushed")).text).toBe("pushed\n");
    await work.git("config", "--unset", `http.${env.HOP3_SERVER}/.sslCAInfo`);
    await work.commit({ "index.html": "unknown\n" });
    expect((await push()).text).toMatch(/certificate/i);
  });

  it.each([
    ["an authority that nobody knows", { NODE_EXTRA_CA_CERTS: "" }, "SERVER_NOT_TRUSTED"],
    ["a token that is none", { HOP3_TOKEN: "hop3_wrong" }, "NOT_SIGNED_IN"],
  ])("%s is told", async (_name, env, code) => {
    expect(cliFailure(await remote(["apps", "--json"], env))).toMatchObject({ code });
  });

  it("a certificate of another name, or none at all, is told", async () => {
    const byName = { HOP3_SERVER: `https://ip6-localhost:${proxy.port}` };
    const plain = { HOP3_SERVER: `https://127.0.0.1:${server.routerPort}` };
    const [named, spoken] = await Promise.all([
      remote(["apps", "--json"], byName),
      remote(["apps", "--json"], plain),
    ]);
    expect(["SERVER_NOT_TRUSTED", "SERVER_UNREACHABLE"]).toContain(cliFailure(named).code);
    expect(cliFailure(spoken)).toMatchObject({ code: "SERVER_UNREACHABLE" });
    expect(cliFailure(spoken).message).toContain("TLS");
  });
});

/** What the server has written down of a file that is not whole yet. */
function arrivedBytes(app: string): number {
  const parts = join(server.home, "apps", app, "contents/parts");
  const names = existsSync(parts) ? readdirSync(parts) : [];
  return names.reduce((sum, name) => sum + statSync(join(parts, name)).size, 0);
}

describe("a connection that breaks", () => {
  it.each([8_000, 60_000, 1_000_000, 9_000_000])(
    "after %i bytes is taken up where it stopped",
    async (bytes) => {
      const app = `cut-${bytes}`;
      const tree = await pageApp(app);
      writeFileSync(join(tree, "large.bin"), randomBytes(10_000_000));
      for (let index = 0; index < 50; index += 1) {
        writeFileSync(join(tree, `small-${index}.txt`), `${app} ${index}`.repeat(100));
      }
      const before = proxy.sent();
      proxy.cutAfter(bytes);
      const { stdout, stderr, exitCode } = await remote(["deploy", tree, "--app", app]);
      expect(exitCode, stdout + stderr).toBe(0);
      expect(stderr).toContain("the connection broke; trying to go on where it stopped");
      expect((await server.get(app)).text).toBe(`${app}\n`);
      // What had arrived is not sent again: little more than the tree itself.
      expect(proxy.sent() - before).toBeLessThan(11_500_000);
    },
  );

  it("because the server was killed goes on with the next one", async () => {
    const tree = await pageApp("killed");
    writeFileSync(join(tree, "large.bin"), randomBytes(10_000_000));
    const before = proxy.sent();
    proxy.cutAfter(5_000_000, async () => {
      await expect
        .poll(() => arrivedBytes("killed"), { timeout: 60_000 })
        .toBeGreaterThan(4_500_000);
      await server.kill();
      await server.restart();
      proxy.pointTo(server.apiPort);
    });
    const { stdout, stderr, exitCode } = await remote(["deploy", tree, "--app", "killed"]);
    expect(exitCode, stdout + stderr).toBe(0);
    expect((await server.get("killed")).text).toBe("killed\n");
    expect(proxy.sent() - before).toBeLessThan(11_500_000);
  });

  it("with Ctrl-C loses nothing of what has arrived", async () => {
    const tree = await pageApp("stopped");
    writeFileSync(join(tree, "large.bin"), randomBytes(10_000_000));
    const main = join(import.meta.dirname, "../../cli/src/main.ts");
    const child = spawn(
      process.execPath,
      ["--conditions=hop3-source", main, "deploy", tree, "--app", "stopped"],
      {
        env: {
          ...process.env,
          HOP3_SERVER: `https://127.0.0.1:${proxy.port}`,
          HOP3_TOKEN: token,
          NODE_EXTRA_CA_CERTS: join(dir, "ca.pem"),
        },
      },
    );
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    const ended = new Promise((resolve) => child.once("close", resolve));
    proxy.cutAfter(5_000_000, async () => {
      await expect
        .poll(() => arrivedBytes("stopped"), { timeout: 60_000 })
        .toBeGreaterThan(4_500_000);
      child.kill("SIGINT");
    });
    expect(await ended).toBe(130);
    expect(said).toContain("stopped while the files of stopped were sent; nothing was deployed");
    const before = proxy.sent();
    expect((await remote(["deploy", tree, "--app", "stopped"])).exitCode).toBe(0);
    expect(proxy.sent() - before).toBeLessThan(7_000_000);
  });
});

describe("a client that is not ours", () => {
  async function upload(app: string, tree: Parameters<typeof listTree>[0]): Promise<string> {
    const { pages, contents } = listTree(tree);
    const begin = Buffer.from(`${pages.join("\n")}\n`);
    const { id } = await server.json<UploadState>("POST", `/apps/${app}/uploads`, begin);
    const body = Buffer.concat(contents.map((data) => frame(data)));
    await server.json("POST", `/apps/${app}/uploads/${id}/contents`, body);
    return id;
  }

  async function deployed(app: string, id: string): Promise<DeploymentSummary> {
    const { id: number } = await server.json<DeploymentSummary>(
      "POST",
      `/apps/${app}/deployments?upload=${id}`,
    );
    return server.ended(number);
  }

  it("cannot bring in what the filter keeps out, or a secret", async () => {
    const nix = { "hop3.nix": readFileSync(join(await pageApp("x"), "hop3.nix")) };
    const page = { ...nix, "index.html": "filtered\n", ".env": "A=1", ".git/config": "x" };
    const kept = await deployed("filtered", await upload("filtered", page));
    expect(kept.state, JSON.stringify(kept.failure)).toBe("succeeded");
    const key = ["gh", "p_", "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zC0fR2uI6"].join("");
    const secret = { ...nix, "index.html": "x\n", "settings.py": `KEY = "${key}"\n` };
    const refused = await deployed("filtered", await upload("filtered", secret));
    expect(refused.failure).toMatchObject({ code: "SOURCE_SECRET" });
  });

  it("learns nothing of what another app has", async () => {
    const tree = { "secret.txt": "only this app has it\n" };
    await upload("owner", tree);
    const begin = Buffer.from(`${listTree(tree).pages.join("\n")}\n`);
    const other = await server.json<UploadState>("POST", "/apps/stranger/uploads", begin);
    expect(other.missing).toEqual([[0, 1]]);
    const answer = await server.api("POST", `/apps/stranger/deployments?upload=${other.id}`);
    expect(JSON.parse(answer.text)).toMatchObject({ code: "UPLOAD_INCOMPLETE", status: 409 });
  });

  it("is refused by the words of the failure, not by a closed connection", async () => {
    const { pages } = listTree({ "a.txt": "a" });
    const begin = Buffer.from(`${pages.join("\n")}\n`);
    const { id } = await server.json<UploadState>("POST", "/apps/refused/uploads", begin);
    const path = `/apps/refused/uploads/${id}/contents`;
    const answers = await Promise.all([
      server.api("POST", path, Buffer.concat([frame(Buffer.from("b")), Buffer.alloc(5_000_000)])),
      server.api("POST", path, frame(Buffer.from("a")).subarray(0, 48)),
      server.api("POST", "/apps/refused/uploads", Buffer.from('[["../a",1,"x"]]\n')),
    ]);
    expect(answers.map(({ text }) => (JSON.parse(text) as { code: string }).code)).toEqual([
      "UPLOAD_CONTENT_UNWANTED",
      "UPLOAD_BROKEN",
      "UPLOAD_LIST_WRONG",
    ]);
  });
});

describe("through ssh", () => {
  let port: number;
  let stopSshd = (): void => {};

  beforeAll(async () => {
    port = await freePort();
    stopSshd = await letSshIn(join(dir, "ssh"), port);
  });

  afterAll(() => stopSshd());

  function bySsh(args: readonly string[], env: Record<string, string> = {}): Promise<CliResult> {
    return remote(args, {
      HOP3_SERVER: `ssh://root@127.0.0.1:${port}${server.home}`,
      HOP3_TOKEN: "",
      HOP3_SSH_CONFIG: join(dir, "ssh/config"),
      ...env,
    });
  }

  it("the same commands work, without a token", async () => {
    const tree = await pageApp("by ssh", {
      "large.bin": randomBytes(2_000_000).toString("base64"),
    });
    const { stdout, stderr, exitCode } = await bySsh(["deploy", tree, "--app", "ssh"]);
    expect(exitCode, stdout + stderr).toBe(0);
    expect((await server.get("ssh")).text).toBe("by ssh\n");
    writeFileSync(join(tree, "index.html"), "again\n");
    expect((await bySsh(["deploy", tree, "--app", "ssh"])).stdout).toContain("Sent 1 of 3 files");
    expect((await bySsh(["logs", "ssh", "-n", "1"])).exitCode).toBe(0);
  });

  it("an upload that breaks is taken up where it stopped", async () => {
    const tree = await pageApp("ssh cut");
    writeFileSync(join(tree, "large.bin"), randomBytes(10_000_000));
    const line = await startCuttingProxy(port);
    try {
      line.cutAfter(5_000_000);
      const env = { HOP3_SERVER: `ssh://root@127.0.0.1:${line.port}${server.home}` };
      const { stdout, stderr, exitCode } = await bySsh(["deploy", tree, "--app", "ssh-cut"], env);
      expect(exitCode, stdout + stderr).toBe(0);
      expect(stderr).toContain("the connection broke; trying to go on where it stopped");
      expect((await server.get("ssh-cut")).text).toBe("ssh cut\n");
      expect(line.sent()).toBeLessThan(12_500_000);
    } finally {
      await line.close();
    }
  });

  it.each([
    ["a key that is not known", { HOP3_SSH_CONFIG: "CONFIG.other" }, "Permission denied"],
    [
      "a home without a server",
      { HOP3_SERVER: "ssh://root@127.0.0.1:PORT/nowhere" },
      "no such file",
    ],
    ["a host that is not there", { HOP3_SERVER: "ssh://root@127.0.0.1:1" }, "refused"],
  ])("%s is told in ssh's own words", async (_name, env, text) => {
    const config = join(dir, "ssh/config");
    const filled = Object.fromEntries(
      Object.entries(env).map(([key, value]) => [
        key,
        value.replace("CONFIG", config).replace("PORT", String(port)),
      ]),
    );
    const failure = cliFailure(await bySsh(["apps", "--json"], filled));
    expect(failure).toMatchObject({ code: "SERVER_UNREACHABLE", exitCode: 7 });
    expect(failure.message).toContain(text);
  });
});

/** A real sshd that lets one key in and finds our hop3. */
async function letSshIn(at: string, port: number): Promise<() => void> {
  mkdirSync(at, { mode: 0o700 });
  for (const name of ["client", "other"]) makeSshKey(join(at, name));
  writeFileSync(join(at, "authorized"), readFileSync(join(at, "client.pub")));
  const client = (key: string) => `IdentityFile ${join(at, key)}
IdentitiesOnly yes
BatchMode yes
UserKnownHostsFile ${join(at, "known")}
HostKeyAlias hop3.test
`;
  writeFileSync(join(at, "config"), client("client"));
  writeFileSync(join(at, "config.other"), client("other"));
  const path = [bin, dirname(process.execPath), "/usr/bin", "/bin"].join(":");
  const settings = [
    `AuthorizedKeysFile ${join(at, "authorized")}`,
    "PermitRootLogin yes",
    `SetEnv PATH=${path}`,
  ];
  const stop = await startSshd({ dir: at, port, settings });
  const known = readFileSync(join(at, "host.pub"), "utf8");
  writeFileSync(join(at, "known"), `hop3.test ${known}`);
  return stop;
}
