import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeTestbed, type Testbed } from "../../test/testbed.ts";
import { findFreePort } from "./ports.ts";
import { probeWeb, type WebProbe } from "./probe.ts";
import { watchSettled } from "./settle.ts";

describe("probeWeb", () => {
  let bed: Testbed;
  let count = 0;

  beforeAll(async () => {
    bed = await makeTestbed();
    await bed.supervisor.ensureRunning();
  });

  afterAll(() => bed.close());

  /** Starts a program and says how to probe it. */
  async function start(script: string, more: Partial<WebProbe> = {}): Promise<WebProbe> {
    const id = `p.${count++}`;
    const port = await findFreePort([]);
    const spec = bed.spec(id, [process.execPath, "-e", script], { env: { PORT: String(port) } });
    await bed.supervisor.start(spec);
    return {
      name: "web",
      serviceDir: spec.serviceDir,
      isAlive: () => bed.supervisor.statusOf(id),
      redact: (text) => text.replaceAll("s3cret", "***"),
      signal: new AbortController().signal,
      socketPath: `${bed.home.socketDir(id)}/http.sock`,
      port,
      host: "app.localhost",
      healthcheck: {},
      startTimeoutMs: 10_000,
      ...more,
    };
  }

  const serve = (answer: string, address = "process.env.HOP3_SOCKET"): string =>
    `require('http').createServer((q,r)=>{${answer}}).listen(${address})`;
  const onPort = "process.env.PORT,'127.0.0.1'";

  const healthy: readonly {
    name: string;
    script: string;
    kind: "unix" | "tcp";
    healthcheck?: WebProbe["healthcheck"];
  }[] = [
    { name: "a Unix socket", script: serve("r.end('ok')"), kind: "unix" },
    { name: "a port", script: serve("r.end('ok')", onPort), kind: "tcp" },
    { name: "a late start", script: `setTimeout(()=>{${serve("r.end('ok')")}},600)`, kind: "unix" },
    {
      name: "a redirect, not followed",
      script: serve("r.writeHead(302,{location:'/500'}).end()"),
      kind: "unix",
    },
    { name: "an endless answer", script: serve("r.write('data: 1')"), kind: "unix" },
    {
      name: "the app's own host",
      script: serve("r.writeHead(q.headers.host==='app.localhost'?200:400).end()"),
      kind: "unix",
    },
    {
      name: "errors that pass",
      script: `const t=Date.now();${serve("r.writeHead(Date.now()-t<700?503:200).end()")}`,
      kind: "unix",
    },
    {
      name: "path, status and text as asked for",
      script: serve("r.writeHead(q.url==='/up'?418:500).end('I am well')"),
      kind: "unix",
      healthcheck: { path: "/up", status: 418, contains: "well" },
    },
  ];

  it.each(healthy)("accepts $name", async ({ script, kind, healthcheck }) => {
    const probe = await start(script, { healthcheck: healthcheck ?? {} });
    const address = await probeWeb(probe);
    expect(address).toEqual(
      kind === "unix"
        ? { kind, path: probe.socketPath }
        : { kind, host: "127.0.0.1", port: probe.port },
    );
  });

  const failing: readonly {
    name: string;
    script: string;
    probe?: Partial<WebProbe>;
    failure: object;
  }[] = [
    {
      name: "a worker that exits at once",
      script: "console.log('cannot: s3cret');process.exit(3)",
      failure: {
        code: "PROCESS_EXITED",
        message: expect.stringContaining("exit code 3"),
        detail: "cannot: ***",
      },
    },
    {
      name: "a worker that is killed",
      script: "process.kill(process.pid,'SIGABRT');setInterval(()=>{},99)",
      failure: { code: "PROCESS_EXITED", message: expect.stringContaining("SIGABRT") },
    },
    {
      name: "a worker that listens nowhere",
      script: "setInterval(()=>{},1000);console.log('idle')",
      probe: { startTimeoutMs: 700 },
      failure: {
        code: "PROBE_NOT_LISTENING",
        hint: expect.stringContaining("$HOP3_SOCKET"),
        detail: "idle",
      },
    },
    {
      name: "a worker that answers 500",
      script: serve("r.writeHead(500).end('broken s3cret')"),
      probe: { healthcheck: { start_period: 0.3, interval: 0.05, path: "/health" } },
      failure: {
        code: "PROBE_UNHEALTHY",
        message: "Worker 'web' is not healthy: GET /health answered with status 500",
        detail: "broken ***",
      },
    },
    {
      name: "a wrong text",
      script: serve("r.end('nothing')"),
      probe: { healthcheck: { start_period: 0, interval: 0.05, contains: "well" } },
      failure: {
        code: "PROBE_UNHEALTHY",
        message: expect.stringContaining('without the text "well"'),
      },
    },
    {
      name: "silence",
      script: serve(""),
      probe: { healthcheck: { start_period: 0, interval: 0.05, timeout: 0.2 } },
      failure: {
        code: "PROBE_UNHEALTHY",
        message: expect.stringContaining("no answer within 0.2 s"),
      },
    },
  ];

  it.each(failing)("refuses $name", async ({ script, probe, failure }) => {
    await expect(probeWeb(await start(script, probe))).rejects.toMatchObject({ failure });
  });

  it("names the port on which the worker listens instead", async () => {
    const probe = await start(
      "const s=require('http').createServer().listen(0,()=>require('fs').writeFileSync(process.env.HOP3_SOCKET+'.port',String(s.address().port)))",
      { startTimeoutMs: 1_500 },
    );
    const error = await probeWeb(probe).catch((caught: unknown) => caught);
    const port = await readFile(`${probe.socketPath}.port`, "utf8");
    expect(error).toMatchObject({
      failure: {
        code: "PROBE_NOT_LISTENING",
        hint: expect.stringContaining(`It listens on port ${port}`),
      },
    });
  });

  it("ends when it is told to", async () => {
    const stop = new AbortController();
    const probe = await start("setInterval(()=>{},1000)", { signal: stop.signal });
    setTimeout(() => stop.abort(new Error("enough")), 100);
    await expect(probeWeb(probe)).rejects.toThrow();
  });

  it("lets a background worker settle, or says that it did not", async () => {
    await watchSettled({ ...(await start("setInterval(()=>{},1000)")), settleMs: 300 });
    const short = await start("setTimeout(()=>process.exit(4),150)");
    await expect(watchSettled(short)).rejects.toMatchObject({
      failure: { code: "PROCESS_EXITED" },
    });
  });
});
