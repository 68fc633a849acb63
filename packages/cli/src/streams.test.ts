import { describe, expect, it } from "vitest";
import { handled } from "../test/api-server.ts";
import { call, typed } from "../test/call.ts";
import * as sample from "../test/samples.ts";
import { useApiServer } from "../test/use-api-server.ts";

const api = useApiServer(() => ({
  "GET /apps/hello": () => sample.detail,
  "GET /apps/hello/logs": () => ({ records: [record] }),
  "GET /apps/hello/releases": () => ({ releases: [sample.release] }),
  "GET /apps/hello/releases/3/build-log": ({ response }) => {
    response.end("building\n\u001b[2Jdone\n");
    return handled;
  },
}));

const record = {
  at: "2026-11-23T06:59:00.000Z",
  release: 3,
  worker: "web",
  instance: 1,
  text: "\u001b[32mGET\u001b[0m / \u001b]0;owned\u0007",
};
const head = "2026-11-23T06:59:00.000Z web.1@3  ";

describe("hop3 logs", () => {
  it.each([
    { name: "raw through a pipe", argv: [], terminal: false, text: record.text },
    { name: "safe on a terminal", argv: [], terminal: true, text: "GET / \\x1b]0;owned\\x07" },
    { name: "raw with --raw", argv: ["--raw"], terminal: true, text: record.text },
  ])("is $name", async ({ argv, terminal, text }) => {
    const env = { NO_COLOR: "1" };
    const result = await call(["logs", "hello", ...argv], { home: api.home, terminal, env });
    expect(result).toEqual({ stdout: `${head}${text}\n`, stderr: "", exitCode: 0 });
  });

  it("asks for what was asked for", async () => {
    await call(["logs", "hello", "--worker", "web", "--release", "3", "-n", "5"], {
      home: api.home,
    });
    expect(api.calls[0]?.query.toString()).toBe("worker=web&release=3&lines=5");
  });

  it.each([
    [[], "hello has said nothing yet. Its build: hop3 logs --build --app hello"],
    [["--worker", "mail"], "Worker mail of hello has said nothing. What there is: hop3 ps hello"],
    [["--release", "9"], "hello has said nothing in release 9. What there is"],
  ])("says of what there is nothing: %j", async (argv, said) => {
    api.routes["GET /apps/hello/logs"] = () => ({ records: [] });
    const result = await call(["logs", "hello", ...argv], { home: api.home });
    expect(result).toMatchObject({ stdout: "", exitCode: 0 });
    expect(result.stderr).toContain(said);
  });

  it("is one value with --json", async () => {
    const result = await call(["logs", "hello", "--json"], { home: api.home });
    expect(JSON.parse(result.stdout)).toEqual({ records: [record] });
  });

  it("follows until Ctrl-C, across a restart, as JSON lines", async () => {
    const stop = new AbortController();
    const asked: (string | null)[] = [];
    api.routes["GET /apps/hello/logs/stream"] = ({ response, query }) => {
      asked.push(query.get("lines"));
      response.setHeader("content-type", "text/event-stream");
      response.write(`event: log\ndata: ${JSON.stringify(record)}\n\n`);
      setTimeout(() => (asked.length === 1 ? response.end() : stop.abort()), 50);
      return handled;
    };
    const { signal } = stop;
    const result = await call(["logs", "hello", "-f", "-n", "9", "--json"], {
      home: api.home,
      signal,
    });
    expect(asked).toEqual(["9", "0"]);
    const lines = result.stdout.trimEnd().split("\n");
    expect(lines.map((text) => JSON.parse(text))).toEqual([record, record]);
    expect(result.exitCode).toBe(130);
  });

  it("says at once that there is no such app", async () => {
    const result = await call(["logs", "other", "-f"], { home: api.home });
    expect(result.exitCode).toBe(3);
  });

  it("prints the build log of the newest Release", async () => {
    const raw = await call(["logs", "hello", "--build"], { home: api.home });
    expect(raw.stdout).toBe("building\n\u001b[2Jdone\n");
    const safe = await call(["logs", "hello", "--build"], { home: api.home, terminal: true });
    expect(safe.stdout).toBe("building\n\\x1b[2Jdone\n");
  });
});

describe("hop3 run", () => {
  const frames = [
    { type: "stdout", data: Buffer.from("out \u001b[1m").toString("base64") },
    { type: "stderr", data: Buffer.from("err").toString("base64") },
  ];

  function ending(end: { exitCode: number | null; signal: string | null }): void {
    api.routes["POST /apps/hello/run"] = ({ response }) => {
      const lines = [...frames, { type: "end", ...end }];
      response.setHeader("content-type", "application/x-ndjson");
      // In two pieces that do not end where a line does.
      const text = lines.map((each) => `${JSON.stringify(each)}\n`).join("");
      response.write(text.slice(0, 30));
      setTimeout(() => response.end(text.slice(30)), 20);
      return handled;
    };
  }

  const argv = ["run", "--app", "hello", "--", "ls", "-la", "--json"];

  it.each([
    { exitCode: 0, signal: null, code: 0 },
    { exitCode: 42, signal: null, code: 42 },
    { exitCode: null, signal: "SIGKILL", code: 137 },
  ])("ends as the command did: $code", async ({ exitCode, signal, code }) => {
    ending({ exitCode, signal });
    const result = await call(argv, { home: api.home });
    expect(result).toEqual({ stdout: "out \u001b[1m", stderr: "err", exitCode: code });
    const sent = JSON.parse(api.calls[0]?.body.toString() ?? "");
    expect(sent).toEqual({ command: ["ls", "-la", "--json"], stdin: "" });
  });

  it("takes the command without -- too, and sends what is piped in", async () => {
    ending({ exitCode: 0, signal: null });
    const stdin = typed("some input", false);
    await call(["run", "--app", "hello", "cat", "-n"], { home: api.home, stdin });
    const sent = JSON.parse(api.calls[0]?.body.toString() ?? "");
    const stdinSent = Buffer.from("some input").toString("base64");
    expect(sent).toEqual({ command: ["cat", "-n"], stdin: stdinSent });
  });

  it("does not wait for a terminal", async () => {
    ending({ exitCode: 0, signal: null });
    await call(argv, { home: api.home, stdin: typed("", true) });
    expect(JSON.parse(api.calls[0]?.body.toString() ?? "")).not.toHaveProperty("stdin");
  });

  it("is one value with --json", async () => {
    ending({ exitCode: 3, signal: null });
    const result = await call(["run", "--app", "hello", "--json", "--", "ls"], { home: api.home });
    expect(result.exitCode).toBe(3);
    expect(JSON.parse(result.stdout)).toEqual({
      exitCode: 3,
      signal: null,
      stdout: "out \u001b[1m",
      stderr: "err",
    });
  });
});

describe("hop3 packages update", () => {
  it("shows what happens and ends with the set", async () => {
    api.routes["POST /packages/update"] = ({ response }) => {
      response.write('{"type":"log","text":"reading the index"}\n');
      response.end('{"type":"end","info":{"name":"debian","pin":"sha256-new","suites":[]}}\n');
      return handled;
    };
    const result = await call(["packages", "update"], { home: api.home });
    expect(result).toEqual({
      stdout: "set  debian\npin  sha256-new\n",
      stderr: "reading the index\n",
      exitCode: 0,
    });
  });

  it("fails as the server says", async () => {
    const failure = { code: "APT_LISTS_MISSING", message: "no lists", exitCode: 1 };
    api.routes["POST /packages/update"] = ({ response }) => {
      response.end(`${JSON.stringify({ type: "failure", failure })}\n`);
      return handled;
    };
    const result = await call(["packages", "update"], { home: api.home });
    expect(result).toMatchObject({ exitCode: 1, stderr: "error APT_LISTS_MISSING  no lists\n" });
  });
});
