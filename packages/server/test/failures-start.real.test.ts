import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { migrations } from "../src/db/migrations.ts";
import { openHome } from "../src/home.ts";
import { makeTree, pageApp } from "./support/apps.ts";
import { type CliResult, cliFailure, hop3 } from "./support/cli.ts";
import { type ExpectedFailure, expectFailure } from "./support/expected-failure.ts";
import { destroyHome, freePort, makeTestHome } from "./support/test-server.ts";
import { useTestServer } from "./support/use-test-server.ts";

let tree: string;
/** Holds ports, as another program would. */
const others: Server[] = [];

const server = useTestServer("start");

beforeAll(async () => {
  tree = await pageApp("one");
  expect(await server.deployed("page", tree)).toMatchObject({ state: "succeeded" });
  await server.json("PATCH", "/apps/page/config", { values: { KEY: "value" }, apply: false });
});

afterAll(() => {
  for (const other of others) other.close();
});

// Whatever a case did, the next one begins with a server that runs.
afterEach(async () => {
  if (server.process.exitCode === null) return;
  await server.restart();
});

async function holdPort(): Promise<number> {
  const other = createServer().listen(0, "127.0.0.1");
  others.push(other);
  await once(other, "listening");
  const address = other.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function startCli(at: { home?: string; listen?: string; router?: string } = {}) {
  const listen = at.listen ?? `127.0.0.1:${await freePort()}`;
  const router = at.router ?? `127.0.0.1:${server.routerPort}`;
  const argv = ["server", "start", "--listen", listen, "--router", router, "--json"];
  return hop3({ home: at.home ?? server.home }, ...argv);
}

interface StartCase extends ExpectedFailure {
  readonly exitCode: number;
  /** Changes the home of a stopped server; returns how to start and how to mend it. */
  spoil(): Promise<{ start?: Parameters<typeof startCli>[0]; mend(): void | Promise<void> }>;
}

/** Replaces a file of the home until it is mended. */
function replacing(name: string, change: (file: string) => void): StartCase["spoil"] {
  return async () => {
    const file = join(server.home, name);
    const existed = existsSync(file);
    if (existed) cpSync(file, `${file}.kept`);
    change(file);
    return {
      mend() {
        rmSync(file, { force: true });
        if (existed) renameSync(`${file}.kept`, file);
      },
    };
  };
}

const nothing = (): void => {};
const cases: Readonly<Record<string, StartCase>> = {
  "the API's port is taken": {
    async spoil() {
      return { start: { listen: `127.0.0.1:${await holdPort()}` }, mend: nothing };
    },
    exitCode: 6,
    code: "LISTEN_PORT_TAKEN",
    message: /127\.0\.0\.1:\d+: \S.* \(process \d+\) does already/,
    hint: "--listen",
  },
  "an address of another machine": {
    spoil: async () => ({ start: { listen: "192.0.2.1:7070" }, mend: nothing }),
    exitCode: 2,
    code: "LISTEN_ADDRESS_UNUSABLE",
    message: "192.0.2.1:7070",
    hint: "--listen",
  },
  "no address at all": {
    spoil: async () => ({ start: { listen: "localhost" }, mend: nothing }),
    exitCode: 2,
    code: "ADDRESS_INVALID",
    message: "'localhost'",
    hint: "HOST:PORT",
  },
  "the router's port is taken": {
    async spoil() {
      return { start: { router: `127.0.0.1:${await holdPort()}` }, mend: nothing };
    },
    exitCode: 6,
    code: "ROUTER_PORT_TAKEN",
    message: /127\.0\.0\.1:\d+: \S.* \(process \d+\) does already/,
    hint: "--router",
  },
  "a database of a newer version": {
    async spoil() {
      setVersion(9_999);
      return { mend: () => setVersion(migrations.length) };
    },
    exitCode: 6,
    code: "DATABASE_TOO_NEW",
    message: "schema 9999",
    hint: "newer version",
  },
  "a database that is none": {
    spoil: replacing("hop3.db", (file) => writeFileSync(file, "this is a text".repeat(1000))),
    exitCode: 1,
    code: "DATABASE_UNUSABLE",
    message: "not a database",
    hint: "put back a copy",
  },
  "a damaged database": {
    spoil: replacing("hop3.db", (file) => {
      const bytes = readFileSync(file);
      bytes.fill(0xff, 4096);
      writeFileSync(file, bytes);
    }),
    exitCode: 1,
    code: "DATABASE_UNUSABLE",
    message: "hop3.db cannot be opened",
    hint: "put back a copy",
  },
  "an empty database": {
    spoil: replacing("hop3.db", (file) => writeFileSync(file, "")),
    exitCode: 1,
    code: "DATABASE_UNUSABLE",
    message: "missing or empty, though there are apps",
    hint: "put back a copy",
  },
  "a lost database": {
    spoil: replacing("hop3.db", (file) => rmSync(file)),
    exitCode: 1,
    code: "DATABASE_UNUSABLE",
    message: "missing or empty, though there are apps",
    hint: "put back a copy",
  },
  "a damaged key": {
    spoil: replacing("hop3.key", (file) => writeFileSync(file, "bm90IGEga2V5\n")),
    exitCode: 1,
    code: "KEY_UNUSABLE",
    message: "does not hold a key",
    hint: "Put back",
  },
  "a key of another home": {
    spoil: replacing("hop3.key", (file) =>
      writeFileSync(file, `${Buffer.alloc(32, 7).toString("base64")}\n`),
    ),
    exitCode: 1,
    code: "KEY_UNUSABLE",
    message: "does not fit the database",
    hint: "Put back",
  },
  "a lost key": {
    spoil: replacing("hop3.key", (file) => rmSync(file)),
    exitCode: 1,
    code: "KEY_UNUSABLE",
    message: "hop3.key is missing",
    hint: "Put back",
  },
  "settings that are no TOML": {
    spoil: replacing("server.toml", (file) => writeFileSync(file, "[policy\nsandbox = 1\n")),
    exitCode: 2,
    code: "SETTINGS_INVALID",
    message: "server.toml",
    hint: "docs/guides/server.md",
  },
  "a setting of the wrong type": {
    spoil: replacing("server.toml", (file) => writeFileSync(file, "[policy]\nsandbox = 1\n")),
    exitCode: 2,
    code: "SETTINGS_INVALID",
    message: "policy.sandbox",
    hint: "docs/guides/server.md",
  },
  "a home that apps cannot enter": {
    async spoil() {
      const closed = await mkdtemp("/tmp/hop3-closed-");
      return {
        start: { home: join(closed, "home") },
        mend: () => rm(closed, { recursive: true }),
      };
    },
    exitCode: 2,
    code: "HOME_UNREACHABLE",
    message: "/tmp/hop3-closed-",
    hint: "chmod o+x",
  },
};

function setVersion(version: number): void {
  const db = new DatabaseSync(join(server.home, "hop3.db"));
  db.exec(`PRAGMA user_version = ${version}; PRAGMA wal_checkpoint(TRUNCATE);`);
  db.close();
}

async function expectRunning(): Promise<void> {
  expect((await server.get("page")).text).toBe("one\n");
}

describe("a server that cannot start", () => {
  it("on a home that has one already", async () => {
    const result = await startCli();
    expect(result.exitCode).toBe(6);
    const expected = {
      message: server.home,
      hint: "hop3 server stop",
      code: "SERVER_ALREADY_RUNS",
    };
    expectFailure(cliFailure(result), expected);
    expect(await server.api("GET", "/apps")).toMatchObject({ status: 200 });
    await expectRunning();
  });

  it.each(Object.entries(cases))(
    "because of %s",
    async (_name, { spoil, exitCode, ...expected }) => {
      await server.stop();
      const { start, mend } = await spoil();
      let result: CliResult;
      try {
        result = await startCli(start);
      } finally {
        await mend();
      }
      expect(result.exitCode, result.stderr).toBe(exitCode);
      expectFailure(cliFailure(result), expected);
      await expectRunning();

      await server.restart();
      await expectRunning();
      const again = await server.deployed("page", tree);
      expect(again).toMatchObject({ state: "succeeded" });
    },
  );

  it("leaves nothing running that did not run before", async () => {
    const empty = await makeTestHome("empty");
    const router = `127.0.0.1:${await holdPort()}`;
    const result = await startCli({ home: empty, router });
    expectFailure(cliFailure(result), { code: "ROUTER_PORT_TAKEN", message: router, hint: /./ });
    expect(await readdir(openHome(empty, process.env).scanDir).catch(() => [])).toEqual([]);
    const left = spawn("pgrep", ["-f", empty]);
    expect((await once(left, "exit"))[0]).toBe(1);
    await destroyHome(empty);
  });
});

describe("a machine that cannot build", () => {
  it("because there is no Nix", async () => {
    await server.stop();
    const bin = await mkdtemp("/tmp/hop3-bin-");
    await symlink("/usr/bin/setpriv", join(bin, "setpriv"));
    await server.restart({ env: { PATH: bin } });
    await expectRunning();
    const failed = await server.deployed("page", await pageApp("without Nix"));
    expect(failed.state).toBe("failed");
    expectFailure(failed.failure, {
      code: "NIX_MISSING",
      message: /nix-\w+ is not on this machine/,
      hint: "apt-get install",
    });
    await expectRunning();
    const { checks } = await server.json<{ checks: { name: string; state: string }[] }>(
      "GET",
      "/doctor",
    );
    expect(checks.find(({ name }) => name === "Nix")).toMatchObject({ state: "problem" });
    await server.restart();
    expect(await server.deployed("page", await pageApp("two"))).toMatchObject({
      state: "succeeded",
    });
  });

  it("because the disk is full while it builds", async () => {
    const small = await mkdtemp("/tmp/hop3-small-");
    await mount(["-t", "tmpfs", "-o", "size=1m", "none", small]);
    await server.restart({ env: { TMPDIR: small } });
    const large = await makeTree({
      "hop3.nix": `{ pkgs }: {
        package = pkgs.runCommand "large" { } "dd if=/dev/zero of=large bs=1M count=3; cp large $out";
        workers.web = "\${pkgs.busybox}/bin/httpd -f -p $BIND_ADDRESS:$PORT";
      }`,
    });
    const failed = await server.deployed("page", large);
    expect(failed.state).toBe("failed");
    expectFailure(failed.failure, { code: "NIX_DISK_FULL", message: "full", hint: "df -h" });
    expect((await server.get("page")).text).toBe("two\n");
    await server.stop();
    await unmount(small);
    await server.restart();
    expect(await server.deployed("page", await pageApp("three"))).toMatchObject({
      state: "succeeded",
    });
  });

  it("because the disk is full while it receives", async () => {
    const uploads = join(server.home, "uploads");
    await mkdir(uploads, { recursive: true });
    await mount(["-t", "tmpfs", "-o", "size=64k", "none", uploads]);
    const answer = await server.api("POST", "/apps/page/deployments", Buffer.alloc(300_000, 1));
    expect(answer.status, answer.text).toBe(507);
    expect(JSON.parse(answer.text)).toMatchObject({ code: "DISK_FULL" });
    expect(await readdir(uploads)).toEqual([]);
    await unmount(uploads);
    expect((await server.get("page")).text).toBe("three\n");
    expect(await server.deployed("page", tree)).toMatchObject({ state: "succeeded" });
  });
});

async function mount(args: readonly string[]): Promise<void> {
  const [code] = await once(spawn("mount", args), "exit");
  if (code !== 0) throw new Error(`mount ended with ${code}`);
}

async function unmount(dir: string): Promise<void> {
  await once(spawn("umount", [dir]), "exit");
}
