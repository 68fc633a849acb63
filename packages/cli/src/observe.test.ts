import type { ReleaseComparison, ServerEvent, StoreBill } from "@hop3/core";
import { describe, expect, it } from "vitest";
import { handled } from "../test/api-server.ts";
import { call } from "../test/call.ts";
import * as sample from "../test/samples.ts";
import { useApiServer } from "../test/use-api-server.ts";

const api = useApiServer();

async function say(...argv: readonly string[]): Promise<string> {
  const { stdout, stderr } = await call(argv, { home: api.home });
  return stdout + stderr;
}

describe("hop3 top and metrics", () => {
  const point = (minute: number, memoryBytes: number, cpu: number) => ({
    at: `2026-11-23T06:0${minute}:00.000Z`,
    memoryBytes,
    cpu,
  });

  it("shows the apps that use the most first", async () => {
    const small = { ...sample.summary, name: "small", memoryBytes: 1_000_000, cpu: 0.5 };
    const large = { ...sample.summary, name: "large", memoryBytes: 2_000_000, cpu: 0 };
    api.routes = { "GET /apps": () => ({ apps: [small, large] }) };
    expect(await say("top")).toBe(
      "app    state    memory  cores\nlarge  running  2.0 MB  0.00\nsmall  running  1.0 MB  0.50\n",
    );
  });

  it("shows what was used over time, and the points with --json", async () => {
    const points = [point(1, 1_000_000, 0.2), point(2, 3_000_000, 1), point(3, 2_000_000, 0)];
    const found = {
      stepSeconds: 60,
      total: points,
      processes: [{ id: "a1", worker: "web", instance: 0, release: 1, points }],
    };
    api.routes = { "GET /apps/hello/metrics": () => found };
    const text = await say("metrics", "hello", "--minutes", "90");
    expect(text.split("\n")[1]).toMatch(
      /^web\.0 +2026-11-23 06:01 +2\.0 MB +3\.0 MB +0\.00 +0\.40 +1\.00$/,
    );
    expect(api.calls[0]?.query.toString()).toBe("minutes=90");
    expect(JSON.parse(await say("metrics", "hello", "--json"))).toEqual(found);
  });
});

describe("hop3 events", () => {
  const event: ServerEvent = {
    id: 7,
    at: "2026-11-23T06:59:00.000Z",
    topic: "deployment",
    kind: "deployment.phase",
    app: "hello",
    deployment: 4,
    data: { phase: "build" },
  };

  it("follows across a restart from where it was, and says where there is a gap", async () => {
    const stop = new AbortController();
    const asked: (string | undefined)[] = [];
    api.routes = {
      "GET /events": ({ response, headers }) => {
        asked.push(headers["last-event-id"]?.toString());
        response.setHeader("content-type", "text/event-stream");
        const reset = asked.length === 1 ? "" : "id: 9\nevent: reset\ndata: {}\n\n";
        const other = { ...event, app: "other" };
        response.write(`${reset}id: 7\ndata: ${JSON.stringify(event)}\n\n`);
        response.write(`id: 8\ndata: ${JSON.stringify(other)}\n\n`);
        setTimeout(() => (asked.length === 1 ? response.end() : stop.abort()), 50);
        return handled;
      },
    };
    const result = await call(["events", "hello"], { home: api.home, signal: stop.signal });
    const line = "2026-11-23T06:59:00.000Z  deployment.phase  hello, deployment 4, phase build\n";
    expect(result.stdout).toBe(line + line);
    expect(result.stderr).toContain("some events were missed");
    expect([asked, result.exitCode]).toEqual([[undefined, "8"], 130]);
  });
});

describe("hop3 store", () => {
  const bill: StoreBill = {
    at: "2026-11-23T06:59:00.000Z",
    apps: [
      {
        app: "hello",
        bytes: 5_000_000,
        exclusiveBytes: 2_000_000,
        releases: [
          { release: 2, state: "running", kind: "nix", bytes: 4_000_000, exclusiveBytes: 0 },
          { release: 1, state: "previous", kind: "local", bytes: 1_000, exclusiveBytes: 1_000 },
        ],
      },
    ] as StoreBill["apps"],
    dataPlane: { bytes: 3_000_000, exclusiveBytes: 0 },
    packageSet: { bytes: 100 },
    totalBytes: 6_000_000,
    otherBytes: 0,
    garbage: { paths: 2, bytes: 7_000_000 },
    store: { paths: 9, bytes: 20_000_000, freeBytes: 30_000_000 },
  };

  it("says what each takes, what it takes alone, and what a cleanup frees", async () => {
    api.routes = { "GET /store": () => bill };
    const text = await say("store");
    expect(text).toContain("hello                         5.0 MB  2.0 MB\n");
    expect(text).toContain("  release 1  previous, local  1.0 kB  1.0 kB\n");
    expect(text).toContain("would free 7.0 MB (2 paths): hop3 store clean\n");
  });

  it.each([
    [
      [],
      { dryRun: true },
      "A cleanup would free up to 2.0 MB (3 paths). Do it: hop3 store clean --yes\n",
    ],
    [
      ["--yes", "--max", "1.5GB"],
      { dryRun: false, maxBytes: 1_500_000_000 },
      "Freed 2.0 MB (3 paths); 9.0 MB are free now.\n",
    ],
  ])("cleans only where that is asked for: %j", async (more, sent, said) => {
    const result = { dryRun: sent.dryRun, paths: 3, bytes: 2_000_000, freeBytes: 9_000_000 };
    api.routes = { "POST /store/cleanup": () => result };
    expect(await say("store", "clean", ...more)).toBe(said);
    expect(api.calls.map(({ body }) => JSON.parse(String(body)))).toEqual([sent]);
  });

  it.each(["3", "GB", "0GB", "-1GB", "1e9MB"])("takes no size like %s", async (size) => {
    const result = await call(["store", "clean", "--yes", `--max=${size}`], { home: api.home });
    expect([result.exitCode, api.calls.length]).toEqual([2, 0]);
  });
});

describe("hop3 release diff and closure", () => {
  const same: ReleaseComparison = {
    from: 1,
    to: 2,
    source: { changed: false },
    config: { added: [], removed: [], changed: [] },
    settings: [],
    packages: { added: [], removed: [], changed: [], rebuilt: 0 },
  };

  it("shows what another Release has differently", async () => {
    const found: ReleaseComparison = {
      ...same,
      source: { changed: true, fromRevision: "v1", toRevision: "v2" },
      config: { added: ["KEY"], removed: [], changed: ["OLD"] },
      settings: [{ name: "worker web", from: "python a.py", to: "python b.py" }],
      packages: {
        added: [{ name: "new", version: "3" }],
        removed: [{ name: "source" }],
        changed: [{ name: "flask", from: ["2.0"], to: ["2.1"] }],
        rebuilt: 2,
      },
      fromBytes: 1_000_000,
      toBytes: 3_000_000,
    };
    api.routes = { "GET /apps/hello/releases/1/compare/2": () => found };
    const lines = (await say("release", "diff", "1", "2", "--app", "hello")).trimEnd().split("\n");
    expect(lines.map((line) => line.replaceAll(/ {2,}/g, "  "))).toEqual([
      "~  source  v1 -> v2",
      "+  variable  KEY",
      "~  variable  OLD",
      "~  setting  worker web  python a.py -> python b.py",
      "+  package  new  3",
      "-  package  source",
      "~  package  flask  2.0 -> 2.1",
      "~  package  2 others of the same version, built anew",
      "~  size  1.0 MB -> 3.0 MB  +2.0 MB",
    ]);
  });

  it("says where nothing differs", async () => {
    api.routes = { "GET /apps/hello/releases/1/compare/2": () => same };
    expect(await say("release", "diff", "1", "2", "--app", "hello")).toBe(
      "Release 2 is the same as release 1.\n",
    );
  });

  it("lists what a Release consists of, and why something is part of it", async () => {
    const part = {
      path: "/nix/store/a-ssl-3",
      name: "ssl",
      version: "3",
      bytes: 2_000,
      references: [],
    };
    api.routes = {
      "GET /apps/hello/releases/4/closure": () => ({
        kind: "nix",
        location: "/nix/store/r",
        bytes: 2_000,
        paths: [part],
      }),
      "GET /apps/hello/releases/4/closure/why": () => ({ chain: ["/nix/store/r", part.path] }),
    };
    const closure = await say("release", "closure", "4", "--app", "hello");
    expect(closure).toBe("size    name  version\n2.0 kB  ssl   3\n/nix/store/r: 2.0 kB, 1 path\n");
    const why = await say("release", "closure", "4", "--why", "ssl", "--app", "hello");
    expect(why).toBe(`/nix/store/r\n  ${part.path}\n`);
    expect(api.calls[1]?.query.toString()).toBe("path=ssl");
  });
});
