import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { handled, type Route, sendEvents, sendProblem } from "../test/api-server.ts";
import { type CallOptions, type CallResult, call } from "../test/call.ts";
import * as sample from "../test/samples.ts";
import { acceptUploads, type SentFiles } from "../test/upload-routes.ts";
import { useApiServer } from "../test/use-api-server.ts";

let dir: string;
let sent: SentFiles;

const api = useApiServer(() => ({
  "POST /apps/hello/deployments": () => sample.deployment,
  "GET /deployments/7": () => sample.succeeded,
  "GET /deployments/7/events": ({ response }) => sendEvents(response, sample.goodEvents),
}));

beforeEach(() => {
  dir = mkdtempSync("/tmp/hop3-app-");
  write("hop3.nix", "{ pkgs }: { }");
  sent = acceptUploads(api, "hello");
});

afterEach(() => {
  rmSync(dir, { recursive: true });
});

function write(path: string, text: string): void {
  mkdirSync(join(dir, path, ".."), { recursive: true });
  writeFileSync(join(dir, path), text);
}

function deploy(args: readonly string[] = [], options: CallOptions = {}): Promise<CallResult> {
  return call(["deploy", dir, "--app", "hello", ...args], { home: api.home, ...options });
}

function withDirectory(text: string): string {
  return text.replaceAll(dir, "DIR");
}

describe("hop3 deploy", () => {
  it("prints one line a phase and what came of it", async () => {
    const result = await deploy();
    expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    await expect(withDirectory(result.stdout)).toMatchFileSnapshot("../test/golden/deploy.golden");
  });

  it("shows the whole log with --verbose, made safe", async () => {
    const { stdout } = await deploy(["--verbose"]);
    expect(stdout).toContain("    building hello\n    red \\x1b]0;title\\x07\n");
  });

  it("redraws a line on a terminal and leaves the same text behind", async () => {
    const { stdout } = await deploy([], { terminal: true, env: { NO_COLOR: "1" } });
    expect(stdout).toContain("\r\u001b[K");
    expect(stdout).toContain("2 lines  red \\x1b]0;title\\x07");
    const [first = "", ...redrawn] = stdout.split("\r\u001b[K");
    // What was redrawn is gone; what ended its line stays.
    const rest = [first, ...redrawn.filter((text) => text.endsWith("\n"))].join("");
    await expect(withDirectory(rest)).toMatchFileSnapshot("../test/golden/deploy.golden");
  });

  it("ends with one object with --json", async () => {
    const result = await deploy(["--json"]);
    expect(result.stdout.trimEnd().split("\n")).toHaveLength(1);
    expect(JSON.parse(result.stdout)).toEqual({
      app: "hello",
      deployment: 7,
      release: 3,
      url: "http://hello.localhost:8080",
      tier: "nixpkgs",
      phases: [
        { name: "plan", ms: 12 },
        { name: "build", ms: 4210 },
        { name: "switch", ms: 31 },
      ],
      closure: { paths: 83, bytes: 152_300_000 },
      state: "succeeded",
      unchanged: false,
    });
  });

  it("returns at once with --detach", async () => {
    const { stdout, exitCode } = await deploy(["--detach"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Deployment 7 of hello is under way. Watch it: hop3 deploy --watch");
    expect(api.calls.at(-1)?.path).toBe("/apps/hello/deployments");
  });

  it("passes --force and --revision on", async () => {
    await deploy(["--force", "--revision", "v1", "--detach"]);
    const query = api.calls.at(-1)?.query.toString();
    expect(query).toMatch(/^force=true&revision=v1&upload=[0-9a-f]{64}$/);
  });

  it("says that nothing has changed", async () => {
    api.routes["GET /deployments/7"] = () => ({ ...sample.succeeded, unchanged: true });
    const { stdout } = await deploy();
    expect(stdout).toContain("Nothing has changed: release 3 goes on running.\n");
  });

  it("does not wait for ever until the old Release is drained", async () => {
    const live = sample.goodEvents.slice(0, -1);
    api.routes["GET /deployments/7/events"] = ({ response }) => sendEvents(response, live);
    api.routes["GET /deployments/7"] = () => ({ ...sample.succeeded, state: "live" });
    const start = Date.now();
    const { stdout, exitCode } = await deploy();
    expect(exitCode).toBe(0);
    expect(Date.now() - start).toBeGreaterThan(4_900);
    expect(stdout).toContain("still serves open connections; it is stopped in the background");
  });
});

describe("what leaves the machine", () => {
  it("is what the filter keeps, and nothing else", async () => {
    write(".env", "SECRET=1");
    write(".git/config", "");
    write("node_modules/x/index.js", "");
    write("src/@odd name.py", "x");
    write("@at", "x");
    symlinkSync("src", join(dir, "link"));
    await deploy(["--detach"]);
    const hash = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(sent.lines).toEqual([
      ["@at", 1, hash],
      ["hop3.nix", 13, hash],
      ["link", "src"],
      ["src/@odd name.py", 1, hash],
    ]);
    // The two of one character are the same: whoever has one has both.
    expect(sent.bytes).toBe(15);
  });

  it("is nothing where a file looks like a secret", async () => {
    write(
      "settings.py",
      `KEY = "${["gh", "p_", "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zC0fR2uI6"].join("")}"\n`,
    );
    const { stderr, exitCode } = await deploy();
    expect(stderr).toContain("error SOURCE_SECRET  settings.py:1");
    expect(stderr).not.toContain("aB3dE6");
    expect(exitCode).toBe(1);
    expect(api.calls).toHaveLength(0);
  });

  it.each([
    ["/nonexistent", "SOURCE_NOT_FOUND", 3],
    ["/etc/passwd", "SOURCE_NOT_DIRECTORY", 2],
  ])("is nothing of %s", async (path, code, exitCode) => {
    const result = await call(["deploy", path], { home: api.home });
    expect(result.stderr).toContain(`error ${code}`);
    expect(result.exitCode).toBe(exitCode);
  });
});

describe("which app", () => {
  it("is the id in hop3.toml", async () => {
    write("hop3.toml", '[metadata]\nid = "from-file"\n');
    api.routes["POST /apps/from-file/deployments"] = () => sample.deployment;
    acceptUploads(api, "from-file");
    const result = await call(["deploy", "--detach"], { home: api.home, cwd: dir });
    expect(result.exitCode).toBe(0);
  });

  it("is else the name of the directory, made fit", async () => {
    const inner = join(dir, "My App_2");
    mkdirSync(inner);
    writeFileSync(join(inner, "hop3.nix"), "{ }");
    api.routes["POST /apps/my-app-2/deployments"] = () => sample.deployment;
    acceptUploads(api, "my-app-2");
    const result = await call(["deploy", inner, "--detach"], { home: api.home });
    expect(result).toMatchObject({ stderr: "", exitCode: 0 });
  });
});

describe("a deployment that fails", () => {
  const failure = {
    code: "NIX_BUILD_FAILED",
    message: "hop3.nix: the build of 'hello' failed",
    hint: "Read the last lines of its log",
    exitCode: 8,
  };
  const failed = { ...sample.succeeded, state: "failed", release: 4, closure: undefined };
  const events = [
    { type: "phase-start", phase: "build" },
    ...Array.from({ length: 50 }, (_, index) => ({
      type: "log",
      phase: "build",
      text: `line ${index + 1}`,
    })),
    { type: "phase-end", phase: "build", ms: 900, ok: false },
    { type: "end", state: "failed", failure },
  ];

  beforeEach(() => {
    api.routes["GET /deployments/7"] = () => ({ ...failed, failure });
    api.routes["GET /deployments/7/events"] = ({ response }) => sendEvents(response, events);
  });

  it("shows the last 40 lines of the log and where the rest is", async () => {
    const { stdout, stderr, exitCode } = await deploy();
    expect(exitCode).toBe(8);
    expect(stdout).toContain("✗ build      900 ms\n");
    expect(stdout).not.toContain("line 1");
    const lines = stderr.trimEnd().split("\n");
    expect(lines[0]).toBe("error NIX_BUILD_FAILED  hop3.nix: the build of 'hello' failed");
    expect(lines[1]).toBe("hint  Read the last lines of its log");
    expect(lines.slice(2, 4)).toEqual(["  line 11", "  line 12"]);
    expect(lines.at(-2)).toBe("  line 50");
    expect(lines.at(-1)).toBe("  the whole log: hop3 logs --build --release 4 --app hello");
  });

  it("knows that what release steps say is in the timeline alone", async () => {
    const phases = [{ name: "provision", ms: 900, ok: false }];
    api.routes["GET /deployments/7"] = () => ({ ...failed, failure, phases });
    const { stderr } = await deploy();
    expect(stderr).toContain("  the whole log: hop3 deploy --watch --verbose --app hello\n");
  });

  it("is one object with --json, with the failure in it", async () => {
    const { stdout, stderr, exitCode } = await deploy(["--json"]);
    expect(exitCode).toBe(8);
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toMatchObject({
      app: "hello",
      release: 4,
      state: "failed",
      error: { code: "NIX_BUILD_FAILED", hint: failure.hint },
    });
  });

  it("does not say the same lines twice", async () => {
    const detail = "line 49\nline 50";
    api.routes["GET /deployments/7/events"] = ({ response }) =>
      sendEvents(response, [
        ...events.slice(0, -1),
        { type: "end", state: "failed", failure: { ...failure, detail } },
      ]);
    const { stderr } = await deploy();
    expect(stderr.match(/line 50/g)).toHaveLength(1);
  });

  it.each([
    ["cancelled", "DEPLOY_CANCELLED", 8],
    ["superseded", "DEPLOY_SUPERSEDED", 6],
  ])("also when it was %s", async (state, code, exitCode) => {
    api.routes["GET /deployments/7"] = () => ({ ...failed, state });
    api.routes["GET /deployments/7/events"] = ({ response }) =>
      sendEvents(response, [{ type: "end", state }]);
    const result = await deploy();
    expect(result.stderr).toContain(`error ${code}`);
    expect(result.exitCode).toBe(exitCode);
  });

  it("is refused before it begins, with the server's own words", async () => {
    api.routes["POST /apps/hello/deployments"] = ({ response }) =>
      sendProblem(response, {
        code: "UPLOAD_TOO_LARGE",
        status: 413,
        exitCode: 1,
        detail: "the tree is too large",
      });
    const result = await deploy();
    expect(result).toMatchObject({
      exitCode: 1,
      stderr: "error UPLOAD_TOO_LARGE  the tree is too large\n",
    });
  });
});

const breakOff: Route = ({ response }) => {
  response.socket?.destroy();
  return handled;
};

describe("a connection that breaks", () => {
  it("during the upload is taken up again where it stopped", async () => {
    const accept = api.routes["POST /apps/hello/uploads"];
    let asked = 0;
    api.routes["POST /apps/hello/uploads"] = async (call) => {
      const state = await accept?.(call);
      const { path } = call;
      const contents = `POST ${path}/${(state as { id: string }).id}/contents`;
      asked += 1;
      if (asked === 1) api.routes[contents] = breakOff;
      return state;
    };
    const { stderr, exitCode } = await deploy();
    expect(stderr).toBe("the connection broke; trying to go on where it stopped\n");
    expect(exitCode).toBe(0);
    expect(asked).toBe(2);
  });

  it("before anything was heard of the server is told at once", async () => {
    api.routes["POST /apps/hello/uploads"] = breakOff;
    expect(await deploy()).toMatchObject({
      exitCode: 7,
      stderr: expect.stringContaining("error SERVER_UNREACHABLE"),
    });
  });

  it("is taken up again after the last event, also across a restart", async () => {
    const seen: (string | undefined)[] = [];
    const restart: Route = ({ response, headers }) => {
      seen.push(headers["last-event-id"]?.toString());
      if (seen.length > 1) return sendEvents(response, sample.goodEvents.slice(4), 5);
      sendEvents(response, sample.goodEvents.slice(0, 4));
      setTimeout(() => void api.kill().then(() => setTimeout(() => void api.start(), 700)), 50);
      return handled;
    };
    api.routes["GET /deployments/7/events"] = restart;
    const { stdout, stderr, exitCode } = await deploy();
    expect(exitCode).toBe(0);
    expect(seen).toEqual([undefined, "4"]);
    expect(stderr).toContain("the server went away; asking it again for 30 s");
    expect(stdout.match(/✓/g)).toHaveLength(3);
  });
});

describe("Ctrl-C", () => {
  it("leaves the deployment alone and says how to watch or cancel it", async () => {
    const stop = new AbortController();
    api.routes["GET /deployments/7/events"] = ({ response }) => {
      setTimeout(() => stop.abort(), 100);
      return sendEvents(response, sample.goodEvents.slice(0, 4));
    };
    const { stderr, exitCode } = await deploy([], { signal: stop.signal });
    expect(exitCode).toBe(130);
    expect(stderr).toBe(
      "error INTERRUPTED  no longer watching deployment 7 of hello; it goes on on the server\n" +
        "hint  Watch it: hop3 deploy --watch --app hello; stop it: hop3 deploy --cancel --app hello\n",
    );
  });

  it("is followed by --watch or --cancel", async () => {
    api.routes["GET /apps/hello/deployments"] = () => ({ deployments: [sample.deployment] });
    api.routes["POST /deployments/7/cancel"] = () => ({ ...sample.deployment, state: "cancelled" });
    const watched = await deploy(["--watch"]);
    expect(watched).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("address") });
    const cancelled = await deploy(["--cancel"]);
    expect(cancelled.stdout).toContain("Deployment 7 of hello is being cancelled");
    api.routes["GET /apps/hello/deployments"] = () => ({ deployments: [sample.succeeded] });
    expect(await deploy(["--cancel"])).toMatchObject({ exitCode: 6 });
    expect(await deploy(["--watch"])).toMatchObject({ exitCode: 0 });
  });
});

describe("what else starts a deployment", () => {
  it.each([
    ["rollback 2 --app hello", "POST /apps/hello/rollback", { release: 2 }],
    ["rollback --app hello", "POST /apps/hello/rollback", {}],
    ["restart hello", "POST /apps/hello/restart", {}],
  ])("hop3 %s", async (line, route, body) => {
    api.routes[route] = () => sample.deployment;
    const result = await call(line.split(" "), { home: api.home });
    expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("✓ switch") });
    expect(JSON.parse(api.calls[0]?.body.toString() ?? "")).toEqual(body);
  });

  it.each([
    [["set", "A=1"], "Stored A. Restarting hello with it.\n"],
    [["unset", "A"], "Removed A. Restarting hello without it.\n"],
  ])("hop3 config %j", async (change, said) => {
    const updatedAt = "2026-11-23T06:00:00.000Z";
    api.routes["GET /apps/hello/config"] = () => ({ entries: [{ key: "A", updatedAt }] });
    api.routes["PATCH /apps/hello/config"] = () => ({
      entries: [],
      deployment: sample.deployment,
    });
    const argv = ["config", ...change, "--app", "hello"];
    const result = await call(argv, { home: api.home });
    expect(result.stdout).toContain(said);
    const json = await call([...argv, "--json"], { home: api.home });
    expect(JSON.parse(json.stdout)).toMatchObject({ entries: [], deployment: { release: 3 } });
  });
});
