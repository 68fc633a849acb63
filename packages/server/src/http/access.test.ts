import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Permission, type Problem, type Role, roles } from "@hop3/core";
import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type Accounts, makeAccounts } from "../accounts/accounts.ts";
import { makeAppStore } from "../db/apps.ts";
import { type Database, openDatabase } from "../db/database.ts";
import { makeDeploymentStore } from "../db/deployments.ts";
import type { Platform } from "../deploy/platform.ts";
import { makeTimelines } from "../deploy/timelines.ts";
import { type Home, openHome } from "../home.ts";
import { authenticate, guard } from "./access.ts";
import { makeHttpApp } from "./app.ts";
import { toProblem } from "./errors.ts";
import type { Service } from "./service.ts";

/** The least role of every route, written down apart from the code: whoever adds a route decides here too. */
const expected = readTable(join(import.meta.dirname, "routes.permissions.txt"));

const Operation = z.looseObject({ "x-permission": z.union([Permission, z.literal("open")]) });
const methods = ["get", "post", "put", "patch", "delete"] as const;
const Description = z.object({
  paths: z.record(z.string(), z.partialRecord(z.enum(methods), Operation)),
});

let dir: string;
let home: Home;
let db: Database;
let accounts: Accounts;
let http: ReturnType<typeof makeHttpApp>;
let routes: readonly { method: string; path: string }[];

function readTable(file: string): ReadonlyMap<string, string> {
  const lines = readFileSync(file, "utf8").split("\n");
  const rows = lines.map((text) => /^(\w+ \S+)\s+(\S+)$/.exec(text)).filter((row) => row !== null);
  return new Map(rows.map(([, route = "", least = ""]) => [route, least]));
}

/** Everything behind the check fails as a bug would: what comes through is seen by that, and nothing happens. */
function unreachable(known: object): never {
  const reached = (): never => {
    throw new Error("the handler was reached");
  };
  const part = new Proxy(reached, { get: reached });
  const get = (target: object, key: string): unknown =>
    key in target ? Reflect.get(target, key) : part;
  return new Proxy(known, { get }) as never;
}

beforeAll(async () => {
  dir = mkdtempSync("/tmp/hop3-access-");
  db = openDatabase(join(dir, "hop3.db"));
  const now = () => new Date();
  accounts = makeAccounts({ db, now });
  const log = { write: () => {} };
  const apps = makeAppStore(db);
  home = openHome(dir, process.env);
  const timelines = makeTimelines(now);
  const deployments = makeDeploymentStore(db);
  const known: Partial<Platform> = { db, apps, deployments, timelines, home, log, now };
  const service: Service = unreachable({
    accounts,
    platform: unreachable(known),
    deployer: unreachable({}),
  });
  const shop = apps.create("shop", 0, now().toISOString());
  apps.create("wiki", 1, now().toISOString());
  db.run(
    "INSERT INTO deployments (app_id, kind, state, created_at, ended_at) VALUES (?, 'deploy', 'failed', '', '')",
    shop.id,
  );
  http = makeHttpApp({ service, version: "0.0.0", isLocal: false });
  const description = Description.parse(
    await (await ask("GET", "/api/v1/openapi.json", token({ role: "viewer" }))).json(),
  );
  routes = Object.entries(description.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => ({ method: method.toUpperCase(), path })),
  );
});

afterAll(() => {
  db.close();
  rmSync(home.runtimeDir, { recursive: true });
  rmSync(dir, { recursive: true });
});

let users = 0;

function token(
  role: { role: Role; app?: string },
  scopes?: Parameters<Accounts["addToken"]>[0]["scopes"],
): string {
  users += 1;
  const user = accounts.users.add(`user${users}`, "-", new Date().toISOString());
  accounts.users.setRole(user.id, role);
  return accounts.addToken({ name: "test", userId: user.id, scopes }).secret;
}

async function ask(method: string, path: string, secret?: string): Promise<Response> {
  const headers = { ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }) };
  return await http.request(path, { method, headers });
}

/** A request of the route that is about the app `shop` and its deployment 1. */
function exampleOf(path: string): string {
  const filled = path.replace("{app}", "shop").replaceAll(/\{\w+\}/g, "1");
  return path.endsWith("/nix/check") ? `${filled}?app=shop` : filled;
}

async function codeOf(response: Response): Promise<string> {
  if (response.ok) return "OK";
  return ((await response.json()) as Problem).code;
}

const denied = ["NOT_ALLOWED", "NOT_SIGNED_IN", "ROUTE_UNDECLARED"];

describe("every route of the API", () => {
  it("has its least role written down, and nothing else has", () => {
    expect(routes.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(
      [...expected.keys()].sort(),
    );
  });

  it("refuses nobody in particular", async () => {
    for (const { method, path } of routes) {
      const code = await codeOf(await ask(method, exampleOf(path)));
      const isOpen = expected.get(`${method} ${path}`) === "open";
      if (isOpen) expect(denied, `${method} ${path}`).not.toContain(code);
      else expect(code, `${method} ${path}`).toBe("NOT_SIGNED_IN");
    }
  });

  it.each(roles)("lets a %s of all apps do what the role has, and no more", async (role) => {
    const secret = token({ role });
    for (const { method, path } of routes) {
      const least = expected.get(`${method} ${path}`) ?? "nobody";
      const may = isEnough(role, least.replace(/^all:/, ""));
      const code = await codeOf(await ask(method, exampleOf(path), secret));
      expect(code === "NOT_ALLOWED", `${role} ${method} ${path}: ${code}`).toBe(!may);
      expect(code).not.toBe("ROUTE_UNDECLARED");
    }
  });

  it.each(roles)("gives a %s of one app nothing of another, nor of the server", async (role) => {
    const own = token({ role, app: "shop" });
    const other = token({ role, app: "wiki" });
    for (const { method, path } of routes) {
      const least = expected.get(`${method} ${path}`) ?? "nobody";
      const isOfAll = least.startsWith("all:");
      const isEnoughHere = isEnough(role, least.replace(/^all:/, ""));
      const isOfApp = exampleOf(path).includes("shop") || path.includes("/deployments/");
      const mine = await codeOf(await ask(method, exampleOf(path), own));
      expect(mine === "NOT_ALLOWED", `${method} ${path}: ${mine}`).toBe(isOfAll || !isEnoughHere);
      const theirs = await codeOf(await ask(method, exampleOf(path), other));
      expect(theirs === "NOT_ALLOWED", `${method} ${path}: ${theirs}`).toBe(
        isOfAll || isOfApp || !isEnoughHere,
      );
    }
  });

  function isEnough(role: Role, least: string): boolean {
    if (least === "open" || least === "anyone") return true;
    return roles.indexOf(role) >= roles.indexOf(least as Role);
  }
});

describe("a token", () => {
  it("has no more than its scopes leave of what its user may", async () => {
    const narrow = token({ role: "developer" }, [{ allow: "app.deploy", app: "shop" }]);
    const wide = token({ role: "viewer" }, [{ allow: "owner" }]);
    expect(await codeOf(await ask("POST", "/api/v1/apps/shop/restart", narrow))).not.toBe(
      "NOT_ALLOWED",
    );
    expect(await codeOf(await ask("POST", "/api/v1/apps/wiki/restart", narrow))).toBe(
      "NOT_ALLOWED",
    );
    expect(await codeOf(await ask("POST", "/api/v1/apps/shop/run", narrow))).toBe("NOT_ALLOWED");
    expect(await codeOf(await ask("POST", "/api/v1/apps/shop/restart", wide))).toBe("NOT_ALLOWED");
  });

  it("is nobody's after it has expired, was revoked, or its user is gone", async () => {
    const user = accounts.users.add("leaver", "-", new Date().toISOString());
    accounts.users.setRole(user.id, { role: "owner" });
    const expiresAt = new Date(Date.now() - 1).toISOString();
    const expired = accounts.addToken({ name: "old", userId: user.id, expiresAt }).secret;
    const revoked = accounts.addToken({ name: "revoked", userId: user.id });
    const left = accounts.addToken({ name: "left", userId: user.id }).secret;
    accounts.tokens.remove(revoked.token.hash);
    expect((await ask("GET", "/api/v1/apps", left)).status).not.toBe(401);
    accounts.users.remove(user.id);
    for (const secret of [expired, revoked.secret, left]) {
      expect((await ask("GET", "/api/v1/apps", secret)).status).toBe(401);
    }
  });
});

describe("a route that declares nothing", () => {
  const bare = new Hono();

  beforeAll(() => {
    const parts = { accounts, isLocal: true, appOfDeployment: () => undefined };
    bare.use("*", authenticate({ ...parts, now: () => new Date() }));
    bare.get("/undeclared", (c) => c.text("secret"));
    bare.all("/every/*", (c) => c.text("secret"));
    bare.get("/declared", guard({ permission: "server.read" }), (c) => c.text("fine"));
    bare.onError((error) => Response.json(toProblem(error), { status: toProblem(error).status }));
  });

  it.each(["/undeclared", "/every/thing"])(
    "answers nobody, not even the machine: %s",
    async (path) => {
      const response = await bare.request(path);
      expect([response.status, await codeOf(response)]).toEqual([500, "ROUTE_UNDECLARED"]);
    },
  );

  it("and one that declares what it needs answers", async () => {
    expect(await (await bare.request("/declared")).text()).toBe("fine");
  });
});
