import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../../..");
const hop3 = join(root, "bin/hop3");
const example = join(root, "examples/static");

let home: string;
let router: number;
let server: ChildProcess;
const said: string[] = [];

beforeAll(async () => {
  home = mkdtempSync("/tmp/hop3-real-");
  router = await freePort();
  await startServer();
});

afterAll(async () => {
  server.kill("SIGTERM");
  await run("server", "stop", "--all");
  rmSync(home, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((done) => probe.once("listening", done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function startServer(): Promise<void> {
  const listen = `127.0.0.1:${await freePort()}`;
  const argv = ["server", "start", "--listen", listen, "--router", `127.0.0.1:${router}`];
  said.length = 0;
  server = spawn(hop3, argv, { env: environment() });
  server.stderr?.on("data", (chunk: Buffer) => said.push(chunk.toString()));
  await new Promise<void>((done, fail) => {
    let text = "";
    server.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes("Hop3 is ready") && text.includes("supervisor")) done();
    });
    server.once("exit", () => fail(new Error(`the server ended: ${said.join("")}`)));
  });
}

function environment(): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, HOP3_HOME: home };
}

interface Result {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(...argv: string[]): Promise<Result> {
  return await runWith("", argv);
}

async function runWith(
  input: string,
  argv: readonly string[],
  env = environment(),
): Promise<Result> {
  const child = spawn(hop3, argv, { env });
  child.stdin.end(input);
  const text = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => {
    text.stdout += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    text.stderr += chunk.toString();
  });
  const exitCode = await new Promise<number | null>((done) => child.once("close", done));
  return { exitCode, ...text };
}

async function statusOf(host: string): Promise<number | undefined> {
  return await new Promise((done, fail) => {
    const options = { port: router, host: "127.0.0.1", headers: { host }, agent: false };
    const outgoing = request(options, (response) => {
      response.resume();
      done(response.statusCode);
    });
    outgoing.on("error", fail);
    outgoing.end();
  });
}

describe("the command against the real server", () => {
  it("deploys, and says so as one object", async () => {
    const result = await run("deploy", example, "--json");
    expect(result.exitCode, result.stdout + said.join("")).toBe(0);
    expect(JSON.parse(result.stdout)).toMatchObject({
      app: "static",
      release: 1,
      state: "succeeded",
      unchanged: false,
      closure: { paths: expect.any(Number), bytes: expect.any(Number) },
      phases: expect.arrayContaining([{ name: "build", ms: expect.any(Number) }]),
    });
    expect(await statusOf("static.localhost")).toBe(200);
    expect((await run("deploy", example)).stdout).toContain("Nothing has changed: release 1");
  });

  it.each(["apps", "info static", "ps static", "releases static", "logs static", "doctor"])(
    "understands the answer to hop3 %s",
    async (line) => {
      const result = await run(...line.split(" "));
      expect(result).toMatchObject({ exitCode: 0 });
      const json = await run(...line.split(" "), "--json");
      expect(JSON.parse(json.stdout)).toBeTypeOf("object");
    },
  );

  it("changes variables, and nobody sees them who did not ask", async () => {
    const set = await runWith("hunter2\n", ["config", "set", "PASSWORD", "--app", "static"]);
    expect(set).toMatchObject({ exitCode: 0, stderr: "" });
    const hidden = await run("config", "--app", "static");
    expect(hidden.stdout).toContain("PASSWORD  (hidden)");
    expect(set.stdout + hidden.stdout + said.join("")).not.toContain("hunter2");
    const shown = await run("config", "list", "--reveal", "--app", "static");
    expect(shown.stdout).toContain("hunter2");
  });

  it("runs a command there with its input, and ends as it does", async () => {
    const argv = ["run", "--app", "static", "--", "sh", "-c", 'cat; echo "$PASSWORD" >&2; exit 7'];
    expect(await runWith("input", argv)).toEqual({
      exitCode: 7,
      stdout: "input",
      stderr: "hunter2\n",
    });
  });

  it("goes back, restarts, and gives the app another name", async () => {
    expect((await run("rollback", "--app", "static")).stdout).toMatch(/^release {2}1$/m);
    expect(await run("rollback", "99", "--app", "static")).toMatchObject({
      stderr: expect.stringMatching(/^error /),
      stdout: "",
    });
    expect(await run("restart", "static")).toMatchObject({ exitCode: 0 });
    expect(await run("domains", "add", "other.example", "--app", "static")).toMatchObject({
      exitCode: 0,
    });
    expect(await statusOf("other.example")).toBe(200);
  });

  it("makes the first account by the link of the start, and does the same as that user", async () => {
    const [link = ""] = /http:\S+\/welcome#hop3i_\S+/.exec(said.join("")) ?? [];
    const { PATH } = process.env;
    const env = { PATH, HOME: join(home, "laptop") };
    const input = "a long password\n";
    const signedIn = await runWith(input, ["login", link, "--user", "ada"], env);
    expect(signedIn).toMatchObject({ exitCode: 0 });
    expect((await runWith("", ["whoami"], env)).stdout).toMatch(/^user +ada$/m);
    expect((await runWith("", ["deploy", example], env)).stdout).toContain("release");
    const { entries } = JSON.parse((await run("audit", "--app", "static", "--json")).stdout);
    expect(entries[0]).toMatchObject({ actor: "ada", action: "deployment.create" });
    expect(await runWith(input, ["login", link, "--user", "eve"], env)).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining("INVITE_INVALID"),
    });
  });

  it("shows why a deployment failed and leaves what runs alone", async () => {
    const broken = join(root, "examples/broken/build-fails");
    const result = await run("deploy", broken, "--app", "static");
    expect(result.exitCode).toBe(8);
    expect(result.stderr).toMatch(/^error NIX_BUILD_FAILED {2}/);
    expect(result.stderr).toMatch(/^hint {2}/m);
    expect(await statusOf("static.localhost")).toBe(200);
  });

  it("works on after a kill of the server, and stops all without one", async () => {
    const ended = new Promise((done) => server.once("exit", done));
    const { pid } = JSON.parse((await run("server", "status", "--json")).stdout);
    process.kill(pid, "SIGKILL");
    await ended;
    expect(await statusOf("static.localhost")).toBe(200);
    expect(await run("apps")).toMatchObject({ exitCode: 7 });
    expect((await run("doctor")).stdout).toContain("hint     Start it: hop3 server start");
    expect(await run("server", "stop", "--all")).toMatchObject({ exitCode: 0, stderr: "" });
    await expect(statusOf("static.localhost")).rejects.toThrow();
  });

  it("starts again on the same home, and destroys", async () => {
    await startServer();
    expect(await statusOf("static.localhost")).toBe(200);
    expect(await run("destroy", "static", "--yes")).toMatchObject({ exitCode: 0 });
    expect(await statusOf("static.localhost")).toBe(404);
    expect((await run("apps")).stdout).toContain("No apps yet");
    expect(await run("server", "stop", "--all")).toMatchObject({ exitCode: 0 });
  });
});
