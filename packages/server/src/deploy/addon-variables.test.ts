import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DeclaredAddon } from "@hop3/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AddonStore, makeAddonStore } from "../db/addons.ts";
import { makeAppStore } from "../db/apps.ts";
import { type Database, openDatabase } from "../db/database.ts";
import { openVault, type Vault } from "../secrets/vault.ts";
import {
  addonEnvironment,
  addonSecrets,
  hiddenVariables,
  sealVariables,
} from "./addon-variables.ts";
import { makeEnvironment } from "./environment.ts";

const dir = mkdtempSync(join(tmpdir(), "hop3-addons-"));
const at = "2026-11-23T07:00:00.000Z";
const app = { id: 1 };
let db: Database;
let platform: { readonly addonStore: AddonStore; readonly vault: Vault };

const secrets = {
  cache: { REDIS_URL: "redis+unix://:s3cret-word@/run/a/redis.sock", REDIS_DB: "0" },
  jobs: { REDIS_URL: "redis://worker:p%40ss-word@127.0.0.1:6379/1" },
};

function redis(name: string): DeclaredAddon {
  return { type: "redis", name };
}

beforeAll(() => {
  db = openDatabase(join(dir, "hop3.db"));
  const addonStore = makeAddonStore(db);
  platform = { addonStore, vault: openVault(join(dir, "hop3.key"), { mayMake: true }) };
  makeAppStore(db).create("shop", 0, at);
  for (const [name, variables] of Object.entries(secrets)) {
    sealVariables(platform, addonStore.create(app.id, redis(name), at), variables);
  }
  addonStore.create(app.id, redis("begun"), at);
});

afterAll(() => {
  db.close();
  rmSync(dir, { recursive: true });
});

describe("what a Release has of its addons", () => {
  it("are the variables of those it declares; of two, those of the first", () => {
    const addons = [redis("cache"), redis("jobs"), redis("begun"), redis("none")];
    const addonEnv = {
      JOBS: { from: "jobs", key: "REDIS_URL" },
      LATER: { from: "begun", key: "REDIS_URL" },
      OTHER: { from: "jobs", key: "REDIS_DB" },
    };
    expect(addonEnvironment(platform, app, { addons, addonEnv })).toEqual({
      own: secrets.cache,
      chosen: { JOBS: secrets.jobs.REDIS_URL },
    });
    expect(hiddenVariables(platform, app, addons)).toEqual([
      { from: "jobs", key: "REDIS_URL", behind: "cache" },
    ]);
    expect(addonEnvironment(platform, app, {})).toEqual({ own: {}, chosen: {} });
  });

  it("stands in the database as nobody can read it", () => {
    const sealed = platform.addonStore.find(app.id, "cache")?.variables ?? new Uint8Array();
    expect(Buffer.from(sealed).toString("latin1")).not.toContain("s3cret");
  });

  it("is hidden, with the passwords inside of addresses", () => {
    const found = addonSecrets(platform, app, { addons: [redis("cache"), redis("jobs")] });
    expect(found).toContain("s3cret-word");
    expect(found).toEqual(expect.arrayContaining(["p%40ss-word", "p@ss-word"]));
    expect(found).toContain(secrets.jobs.REDIS_URL);
  });
});

describe("the environment", () => {
  const runtime = { env_vars: { A: "runtime", B: "runtime" }, path_prepend: ["/bin"] } as never;
  const addons = { own: { B: "addon", C: "addon", D: "addon" }, chosen: { E: "chosen" } };
  const facts = {
    app: "shop",
    release: 1,
    dataDir: "/d",
    tmpDir: "/t",
    publicUrl: "http://shop",
    role: "web",
  } as const;

  it.each([
    [false, { A: "runtime", B: "addon", C: "file", D: "stored", E: "stored" }],
    [true, { A: "runtime", B: "addon", C: "file", D: "stored", E: "chosen" }],
  ])(
    "has them above the Release and below the App (override: %s)",
    (envOverridesConfig, wanted) => {
      const settings = { env: { C: "file" }, envOverridesConfig };
      const stored = { D: "stored", E: "stored" };
      expect(makeEnvironment({ runtime, settings, addons, stored }, facts)).toMatchObject(wanted);
    },
  );
});
