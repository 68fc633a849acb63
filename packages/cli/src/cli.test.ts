import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { handled, makeApiServer, type Route, sendProblem } from "../test/api-server.ts";
import { call, typed } from "../test/call.ts";
import * as sample from "../test/samples.ts";
import { useApiServer } from "../test/use-api-server.ts";

const api = useApiServer(() => ({
  "GET /apps": () => ({ apps: [sample.summary, sample.emptyApp] }),
  "GET /apps/hello": () => sample.detail,
  "GET /apps/hello/processes": () => ({ processes: [sample.processInfo], workers: [] }),
  "GET /apps/hello/releases": () => ({
    releases: [sample.release, sample.previousRelease, sample.archivedRelease],
  }),
  "GET /apps/hello/config": ({ query }) => ({
    entries: [
      {
        key: "API_KEY",
        updatedAt: sample.ago(60_000),
        ...(query.get("reveal") === "true" ? { value: "s3cret" } : {}),
      },
    ],
  }),
  "GET /apps/hello/domains": () => ({
    domains: [
      { domain: "hello.localhost", builtIn: true },
      { domain: "www.example.org", builtIn: false },
    ],
  }),
  "GET /packages": () => ({ name: "debian", pin: "sha256-abc", suites: ["bookworm"] }),
  "GET /packages/search": () => ({ packages: [{ name: "redis", version: "5:7.0.15-1" }] }),
  "GET /doctor": () => ({ checks: [{ name: "router", state: "ok", message: "haproxy runs" }] }),
  "GET /server": () => sample.serverInfo,
}));

const golden = [
  "apps",
  "info hello",
  "url hello",
  "ps hello",
  "releases hello",
  "config --app hello",
  "config list --app hello --reveal",
  "domains list --app hello",
  "packages",
  "packages search redis",
  "doctor",
  "server status",
  "complete-apps",
];

describe("what a person reads", () => {
  it.each(golden)("hop3 %s", async (line) => {
    const result = await call(line.split(" "), { home: api.home });
    expect(result.stderr).toBe("");
    expect(result.exitCode).toBe(0);
    const file = line.replaceAll(" ", "-");
    await expect(result.stdout).toMatchFileSnapshot(`../test/golden/${file}.golden`);
  });
});

describe("--json", () => {
  it.each(golden)("hop3 %s --json is one value", async (line) => {
    const result = await call([...line.split(" "), "--json"], { home: api.home });
    expect(result.exitCode).toBe(0);
    expect(result.stdout.trimEnd().split("\n")).toHaveLength(1);
    const file = line.replaceAll(" ", "-");
    const pretty = `${JSON.stringify(JSON.parse(result.stdout), undefined, 2)}\n`;
    await expect(pretty).toMatchFileSnapshot(`../test/golden/${file}.json.golden`);
  });

  it("may stand before the command", async () => {
    const result = await call(["--json", "apps"], { home: api.home });
    expect(JSON.parse(result.stdout)).toHaveProperty("apps");
  });

  it("carries failures, with the exit code of each", async () => {
    api.routes["GET /apps/hello"] = ({ response }) =>
      sendProblem(response, {
        code: "APP_NOT_FOUND",
        status: 404,
        exitCode: 3,
        detail: "there is no app 'hello'",
        hint: "See them: hop3 apps",
      });
    const result = await call(["info", "hello", "--json"], { home: api.home });
    expect(result).toEqual({
      exitCode: 3,
      stderr: "",
      stdout:
        '{"error":{"code":"APP_NOT_FOUND","message":"there is no app \'hello\'","hint":"See them: hop3 apps"}}\n',
    });
  });
});

describe("colour", () => {
  const colourStart = "\u001b[";
  it.each([
    { name: "on a terminal", terminal: true, env: {}, coloured: true },
    { name: "not through a pipe", terminal: false, env: {}, coloured: false },
    { name: "not with NO_COLOR", terminal: true, env: { NO_COLOR: "1" }, coloured: false },
    { name: "not on a dumb terminal", terminal: true, env: { TERM: "dumb" }, coloured: false },
  ])("$name", async ({ terminal, env, coloured }) => {
    const { stdout } = await call(["apps"], { home: api.home, terminal, env });
    expect(stdout.includes(colourStart)).toBe(coloured);
  });
});

describe("nothing to show", () => {
  it.each([
    [
      "addons --app hello",
      "GET /apps/hello/addons",
      { addons: [] },
      "hello has no addons. A deploy makes those that hop3.toml declares with [[addons]]\n",
    ],
    ["apps", "GET /apps", { apps: [] }, "No apps yet. Deploy one: hop3 deploy DIR\n"],
    [
      "releases hello",
      "GET /apps/hello/releases",
      { releases: [] },
      "hello has no Releases yet. Deploy it: hop3 deploy DIR --app hello\n",
    ],
    [
      "ps hello",
      "GET /apps/hello/processes",
      { processes: [], workers: [] },
      "hello has no Processes. Deploy it: hop3 deploy DIR --app hello\n",
    ],
    [
      "config --app hello",
      "GET /apps/hello/config",
      { entries: [] },
      "hello has no variables. Set one: hop3 config set KEY --app hello\n",
    ],
  ])("hop3 %s says what to do next", async (...row) => {
    const [line, route, value, text] = row;
    api.routes[route] = () => value;
    const result = await call(line.split(" "), { home: api.home });
    expect(result).toEqual({ stdout: text, stderr: "", exitCode: 0 });
  });
});

describe("mistakes on the command line", () => {
  it.each([
    ["deplo", "unknown command 'deplo'", "Did you mean deploy?"],
    ["config sett", "unknown command 'config sett'", "Did you mean set? One of: list, set, unset"],
    ["completion xsh", "'xsh' cannot be the shell", "One of: bash, zsh, fish"],
    ["logs hello -n 0", "--lines must be a whole number from 1 on, not '0'", "--lines 20"],
    ["audit -n 0", "--lines must be a whole number from 1 on, not '0'", "--lines 20"],
    ["tokens create ci --days 0", "--days must be a whole number from 1 on, not '0'", "--days 20"],
    ["tokens create ci app.deplo:shop", "'app.deplo:shop' is not", "Did you mean app.deploy?"],
    ["config set TOKEN --app hello", "no value came for TOKEN, and nothing was changed", "TOKEN="],
    ["metrics hello --minutes 0", "--minutes must be a whole number from 1 on", "--minutes 20"],
    ["users invite x --hours 0", "--hours must be a whole number from 1 on", "--hours 20"],
    ["notify redeliver a b", "the notice must be a whole number from 1 on, not 'b'", "example 3"],
    ["notify add hook --all", "'hook' is not an address", "https://example.org/hook"],
    ["keys add /nowhere", "cannot read /nowhere: no such file or directory", "Check the path"],
    ["deploy --forse", "unknown option '--forse'", "Did you mean --force?"],
    ["logs -n", "option '-n, --lines <count>' argument missing", "See: hop3 logs --help"],
    [
      "logs hello -n many",
      "--lines must be a whole number from 1 on, not 'many'",
      "Give digits only",
    ],
    ["rollback x --app hello", "the release must be a whole number, not 'x'", "Give digits only"],
    ["info a-b --app c-d", "two apps are named: 'a-b' and --app 'c-d'", "Name the app once"],
    ["config set a-b=1 --app hello", "'a-b' cannot be the name of a variable", "for example a_b"],
    ["config set --app hello", "nothing to set", "KEY=VALUE"],
    ["config unset API_KEI --app hello", "hello has no variable API_KEI", "Did you mean API_KEY?"],
    [
      "domains add http://a.example/x --app hello",
      "'http://a.example/x' is not a host name",
      "Give the host name alone: a.example",
    ],
    ["deploy --watch --cancel", "--watch and --cancel exclude each other", "Give one"],
    ["run --app hello", "missing required argument 'command'", "See: hop3 run --help"],
  ])("hop3 %s", async (line, message, hint) => {
    const result = await call(line.split(" "), { home: api.home });
    expect(result.exitCode).toBe(2);
    expect(result.stdout).toBe("");
    const [first, second] = result.stderr.split("\n");
    expect(first).toMatch(/^error (?:USAGE|FILE_UNREADABLE) {2}/);
    expect(first).toContain(message);
    expect(second).toMatch(/^hint {2}/);
    expect(second).toContain(hint);
  });

  it.each([
    [
      "info",
      "The name is the one of this directory. Deploy it: hop3 deploy; or name another: --app",
    ],
    ["info hello", "All apps: hop3 apps"],
    ["logs --app hello", "All apps: hop3 apps"],
  ])("says where the name comes from: hop3 %s", async (line, hint) => {
    const notThere: Route = ({ response }) =>
      sendProblem(response, {
        code: "APP_NOT_FOUND",
        status: 404,
        exitCode: 3,
        detail: "there is no app 'hello'",
        hint: "All apps: hop3 apps",
      });
    api.routes["GET /apps/hello"] = notThere;
    api.routes["GET /apps/hello/logs"] = notThere;
    const directory = join(api.home, "hello");
    mkdirSync(directory, { recursive: true });
    const result = await call(line.split(" "), { home: api.home, cwd: directory });
    expect(result).toMatchObject({ exitCode: 3, stdout: "" });
    expect(result.stderr).toContain(`hint  ${hint}`);
  });

  it("keeps the words of the API to itself", async () => {
    api.routes["POST /invites"] = ({ response }) =>
      sendProblem(response, {
        code: "REQUEST_INVALID",
        status: 422,
        exitCode: 2,
        detail: "json.name: is not a name",
        hint: "The API is described at /api/v1/openapi.json",
      });
    const { stderr } = await call(["users", "invite", "A B"], { home: api.home });
    expect(stderr).toBe(
      "error REQUEST_INVALID  name: is not a name\n" +
        "hint  What the command takes: the same with --help\n",
    );
  });

  it("names the rule of app names", async () => {
    const result = await call(["info", "Bad_Name"], { home: api.home });
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain("error APP_NAME_INVALID  'Bad_Name'");
  });
});

describe("a server that cannot be reached", () => {
  it("names home and file where none ever ran", async () => {
    const result = await call(["apps"], { home: "/nowhere" });
    expect(result.exitCode).toBe(7);
    expect(result.stderr).toBe(
      "error SERVER_UNREACHABLE  no server answers for /nowhere (/nowhere/server.json: no such file)\n" +
        "hint  Start it: hop3 server start --home /nowhere\n",
    );
  });

  it("names home and socket where it has died", async () => {
    const dead = makeApiServer();
    await dead.start();
    await dead.kill();
    const result = await call(["apps"], { home: dead.home });
    expect(result.exitCode).toBe(7);
    expect(result.stderr).toContain(`no server answers for ${dead.home} (${dead.home}/hop3.sock: `);
    const stop = await call(["server", "stop"], { home: dead.home });
    expect(stop).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("No server was") });
    const doctor = await call(["doctor"], { home: dead.home });
    expect(doctor.exitCode).toBe(1);
    expect(doctor.stdout).toContain("hint     Start it: hop3 server start");
    await dead.remove();
  });

  it("names the address of a remote one", async () => {
    const env = { HOP3_SERVER: "http://127.0.0.1:1" };
    const result = await call(["apps"], { env });
    expect(result.exitCode).toBe(7);
    expect(result.stderr).toContain("no server answers at http://127.0.0.1:1/");
  });

  it("refuses an address that is none", async () => {
    const result = await call(["apps"], { env: { HOP3_SERVER: "localhost:7070" } });
    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain("SERVER_ADDRESS_INVALID");
  });
});

describe("answers that the contract does not have", () => {
  it("says which request, and what is wrong with it", async () => {
    api.routes["GET /apps"] = () => ({ apps: [{ ...sample.summary, state: "odd" }] });
    const result = await call(["apps"], { home: api.home });
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain("ANSWER_NOT_UNDERSTOOD  the answer to GET /apps is not");
    expect(result.stderr).toContain("apps[0].state");
  });

  it("survives an error page of something in between", async () => {
    api.routes["GET /apps"] = ({ response }) => {
      response.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad gateway</h1>");
      return handled;
    };
    const result = await call(["apps"], { home: api.home });
    expect(result.stderr).toContain("status 502 with text/html");
  });
});

describe("hop3 config set", () => {
  it.each([
    ["KEY=VALUE", ["A=1", "B=x=y"], undefined, { A: "1", B: "x=y" }],
    ["KEY from a pipe", ["TOKEN"], typed("two\nlines\n", false), { TOKEN: "two\nlines" }],
    ["KEY from a terminal", ["TOKEN"], typed("secrex\u007ft\r", true), { TOKEN: "secret" }],
  ])("%s", async (...row) => {
    const [, args, stdin, values] = row;
    api.routes["PATCH /apps/hello/config"] = () => ({ entries: [] });
    const argv = ["config", "set", "--app", "hello", "--no-restart", ...args];
    const result = await call(argv, { home: api.home, ...(stdin === undefined ? {} : { stdin }) });
    expect(result.exitCode).toBe(0);
    const sent = JSON.parse(api.calls.at(-1)?.body.toString() ?? "");
    expect(sent).toEqual({ values, apply: false });
    expect(result.stdout).toContain(`Stored ${Object.keys(values).join(", ")}.`);
    expect(result.stdout + result.stderr).not.toContain("secret");
  });
});

it("hop3 config set says where it has made an app, which a mistyped name does", async () => {
  api.routes["PATCH /apps/helo/config"] = () => ({ entries: [], created: true });
  const result = await call(["config", "set", "A=1", "--app", "helo"], { home: api.home });
  expect(result.stdout).toBe(
    "Stored A. It takes effect with the next deployment of helo.\n" +
      "There was no app helo: it is made, and waits for that. If its name is wrong: hop3 destroy helo\n",
  );
});

describe("hop3 destroy", () => {
  beforeEach(() => {
    api.routes["DELETE /apps/hello"] = () => undefined;
  });

  function deleted(): boolean {
    return api.calls.some(({ method }) => method === "DELETE");
  }

  it("asks for the name on a terminal", async () => {
    const right = typed("hello\n", true);
    const result = await call(["destroy", "hello"], { home: api.home, stdin: right });
    expect(result.exitCode).toBe(0);
    expect(result.stdout).toBe("hello is destroyed. Its data is gone too.\n");
    expect(deleted()).toBe(true);
  });

  it.each([
    ["a wrong name", typed("helo\n", true), 1, "NOT_CONFIRMED"],
    ["no terminal", typed("hello\n", false), 2, "CONFIRMATION_NEEDED"],
  ])("does nothing with %s", async (...row) => {
    const [, stdin, exitCode, code] = row;
    const result = await call(["destroy", "hello"], { home: api.home, stdin });
    expect(result.exitCode).toBe(exitCode);
    expect(result.stderr).toContain(`error ${code}`);
    expect(deleted()).toBe(false);
  });

  it("does not ask with --yes, and keeps data when told to", async () => {
    const argv = ["destroy", "hello", "--yes", "--keep-data", "--json"];
    const result = await call(argv, { home: api.home });
    expect(JSON.parse(result.stdout)).toEqual({
      app: "hello",
      destroyed: true,
      dataDir: sample.detail.dataDir,
    });
    expect(api.calls.at(-1)?.query.get("keepData")).toBe("true");
  });
});
