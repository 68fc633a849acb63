import { describe, expect, it } from "vitest";
import { expandComputed } from "../config/computed.ts";
import { loadConfig } from "../config/load.ts";
import { parseProcfile } from "../source/procfile.ts";
import { deploySettings } from "./deploy-settings.ts";
import { mergeConfig, mergeWorkers } from "./merge.ts";

const config = (text: string) => loadConfig(text).config;

describe("mergeConfig", () => {
  it("puts hop3.toml over Procfile, key by key, and names the origin of each", () => {
    const procfile = parseProcfile(
      "web: from-procfile\nworker: w\nrelease: migrate\nstatic: public\n",
    );
    const merged = mergeConfig(
      config(
        "[run.workers.web]\ninstances = 2\n[run.workers.mail]\ncommand = 'm'\n[deploy]\nkeep = 3\n",
      ),
      procfile,
    );
    expect(merged.workers).toEqual({
      web: { value: { command: "from-procfile", instances: 2 }, origin: "Procfile" },
      worker: { value: { command: "w" }, origin: "Procfile" },
      mail: { value: { command: "m" }, origin: "hop3.toml" },
    });
    expect(merged.beforeRun).toEqual({ value: ["migrate"], origin: "Procfile" });
    expect(merged.staticPaths).toEqual({ "/": { value: "public", origin: "Procfile" } });
    expect(merged.settings["deploy.keep"]).toEqual({ value: 3, origin: "hop3.toml" });
    expect(merged.settings["deploy.strategy"]).toEqual({ value: "blue-green", origin: "default" });
  });

  it("takes before-run of hop3.toml instead of release", () => {
    const merged = mergeConfig(
      config("[run]\nbefore-run = ['a', ['b', 'c d']]\n"),
      parseProcfile("release: x\n"),
    );
    expect(merged.beforeRun).toEqual({ value: ["a", ["b", "c d"]], origin: "hop3.toml" });
  });
});

describe("mergeWorkers", () => {
  it("refines what hop3.nix says, and settles what each worker does", () => {
    const base = { web: { command: "serve", stop_timeout: 5 }, other: { command: "o" } };
    const overrides = {
      web: { instances: 3 },
      new: { command: "n" },
      nightly: { command: "c", schedule: "0 3 * * *" },
      pages: { command: "p", kind: "web" },
    } as const;
    expect(mergeWorkers(base, overrides)).toEqual({
      web: { command: "serve", stop_timeout: 5, instances: 3, kind: "web" },
      other: { command: "o", kind: "background" },
      new: { command: "n", kind: "background" },
      nightly: { command: "c", schedule: "0 3 * * *", kind: "cron" },
      pages: { command: "p", kind: "web" },
    });
  });

  it("refuses a worker that nobody gives a command", () => {
    expect(() => mergeWorkers({ web: { command: "x" } }, { wbe: { instances: 2 } })).toThrow(
      "the worker wbe has no command",
    );
  });
});

describe("deploySettings", () => {
  it("is complete where the files say nothing", () => {
    expect(deploySettings({})).toEqual({
      healthcheck: {},
      startTimeoutSeconds: 60,
      drainTimeoutSeconds: 30,
      keep: 10,
      strategy: "blue-green",
      domains: { list: [], policy: "keep-existing" },
      env: {
        policy: "keep-existing",
        plain: {},
        generated: {},
        facts: {},
        fromAddons: {},
        computed: {},
      },
      beforeRun: undefined,
      workers: {},
      staticPaths: {},
      limits: {},
      addons: [],
    });
  });

  it("sorts variables by what has to be done for them", () => {
    const { env } = deploySettings(
      config(`[env]
_policy = "override"
PLAIN = "a"
NUMBER = 1.5
FLAG = true
SECRET = { generate = "hex", length = 16, prefix = "k_" }
HOST = { key = "domain" }
DB = { from = "db", key = "DATABASE_URL" }
[env.computed]
BOTH = "\${PLAIN}-\${HOST}"
`),
    );
    expect(env).toEqual({
      policy: "override",
      plain: { PLAIN: "a", NUMBER: "1.5", FLAG: "true" },
      generated: { SECRET: { generate: "hex", length: 16, prefix: "k_" } },
      facts: { HOST: "domain" },
      fromAddons: { DB: { from: "db", key: "DATABASE_URL" } },
      computed: { BOTH: "${PLAIN}-${HOST}" },
    });
  });

  it("writes healthcheck and limits as the RuntimeConfig has them", () => {
    const settings = deploySettings(
      config(
        "[healthcheck]\nstart-period = '1m'\nstatus = [200, 299]\n[limits]\nmemory = 1048576\n",
      ),
    );
    expect(settings.healthcheck).toEqual({ start_period: 60, status: [200, 299] });
    expect(settings.limits).toEqual({ memory: "1048576" });
  });
});

describe("expandComputed", () => {
  it("expands variables, other computed ones and dollar signs", () => {
    const computed = { A: "${B}/x", B: "${HOST}:$$1", C: "$HOST {}" };
    expect(expandComputed(computed, { HOST: "h" })).toEqual({
      A: "h:$1/x",
      B: "h:$1",
      C: "$HOST {}",
    });
  });

  it.each([
    [{ A: "${NONE}" }, "[env.computed] A needs NONE, which is not set"],
    [{ A: "${B}", B: "${A}" }, "[env.computed] A needs itself (A -> B -> A)"],
  ])("refuses %j", (computed, message) => {
    expect(() => expandComputed(computed, {})).toThrow(message);
  });
});
