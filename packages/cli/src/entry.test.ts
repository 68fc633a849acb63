import { execFileSync, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

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

  it("needs not much longer for its version than Node needs for nothing", () => {
    const floor = fastest([process.execPath, "-e", "0"]);
    expect(fastest([checkout, "--version"]) / floor).toBeLessThan(2.5);
    expect(fastest([process.execPath, packaged, "--version"]) / floor).toBeLessThan(2.5);
  });
});

function fastest(argv: readonly string[]): number {
  const [program = "", ...args] = argv;
  const times = Array.from({ length: 10 }, () => {
    const start = performance.now();
    execFileSync(program, args);
    return performance.now() - start;
  });
  return Math.min(...times);
}

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
    cpSync(join(root, "packages/cli/package.json"), join(beside, "package.json"));
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

describe("signals", () => {
  it("end a command with 130", async () => {
    const child = spawn(checkout, ["config", "set", "KEY", "--app", "hello"], {
      env: { PATH: process.env["PATH"] ?? "", HOME: dir },
      cwd: dir,
    });
    // It waits for standard input, which stays open.
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    child.kill("SIGINT");
    const code = await new Promise((resolve) => child.once("close", resolve));
    expect(code).toBe(130);
  });
});
