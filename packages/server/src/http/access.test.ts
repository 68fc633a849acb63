import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Permission, type Problem, type Role, roles } from "@hop3/core";
import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type AccountsBed, makeAccountsBed } from "../../test/support/accounts-bed.ts";
import { makeEvents } from "../observe/events.ts";
import { authenticate, guard } from "./access.ts";
import { toProblem } from "./errors.ts";

/** The least role of every route, written down apart from the code: whoever adds a route decides here too. */
const expected = readTable(join(import.meta.dirname, "routes.permissions.txt"));

const Operation = z.looseObject({
  "x-permission": z.union([Permission, z.enum(["open", "anyone", "account"])]),
});
const methods = ["get", "post", "put", "patch", "delete"] as const;
const Description = z.object({
  paths: z.record(z.string(), z.partialRecord(z.enum(methods), Operation)),
});

let bed: AccountsBed;
let routes: readonly { method: string; path: string }[];

function readTable(file: string): ReadonlyMap<string, string> {
  const lines = readFileSync(file, "utf8").split("\n");
  const rows = lines.map((text) => /^(\w+ \S+)\s+(\S+)$/.exec(text)).filter((row) => row !== null);
  return new Map(rows.map(([, route = "", least = ""]) => [route, least]));
}

beforeAll(async () => {
  bed = makeAccountsBed();
  const { db, apps } = bed;
  const shop = apps.create("shop", 0, "");
  apps.create("wiki", 1, "");
  db.run(
    "INSERT INTO deployments (app_id, kind, state, created_at, ended_at) VALUES (?, 'deploy', 'failed', '', '')",
    shop.id,
  );
  const text = await ask("GET", "/api/v1/openapi.json", bed.token({ role: "viewer" }));
  const description = Description.parse(await text.json());
  routes = Object.entries(description.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => ({ method: method.toUpperCase(), path })),
  );
});

afterAll(() => bed.close());

async function ask(method: string, path: string, secret?: string): Promise<Response> {
  const headers = { ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }) };
  return await bed.http.request(path, { method, headers });
}

/** A request of the route that is about the app `shop` and its deployment 1. */
function exampleOf(path: string): string {
  const filled = path.replace("{app}", "shop").replaceAll(/\{\w+\}/g, "1");
  return /\/(nix\/check|audit)$|\/notify\b/.test(path) ? `${filled}?app=shop` : filled;
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
    for (const { method, path } of routes) {
      const secret = bed.token({ role });
      const least = expected.get(`${method} ${path}`) ?? "nobody";
      const may = isEnough(role, least.replace(/^all:/, ""));
      const code = await codeOf(await ask(method, exampleOf(path), secret));
      expect(code === "NOT_ALLOWED", `${role} ${method} ${path}: ${code}`).toBe(!may);
      expect(code).not.toBe("ROUTE_UNDECLARED");
    }
  });

  it.each(roles)("gives a %s of one app nothing of another, nor of the server", async (role) => {
    for (const { method, path } of routes) {
      const own = bed.token({ role, app: "shop" });
      const other = bed.token({ role, app: "wiki" });
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

  it("does not tell strangers to an app whose deployment it is", async () => {
    const other = bed.token({ role: "owner", app: "wiki" });
    for (const call of ["GET /api/v1/deployments/1", "POST /api/v1/deployments/1/cancel"]) {
      const [method = "", path = ""] = call.split(" ");
      const known = await (await ask(method, path, other)).text();
      expect(known).toContain("NOT_ALLOWED");
      expect(known).toBe(
        await (await ask(method, path.replace("deployments/1", "deployments/99"), other)).text(),
      );
      expect(known).not.toContain("shop");
    }
  });

  function isEnough(role: Role, least: string): boolean {
    if (["open", "anyone", "account"].includes(least)) return true;
    return roles.indexOf(role) >= roles.indexOf(least as Role);
  }
});

describe("a token", () => {
  it("has no more than its scopes leave of what its user may", async () => {
    const narrow = bed.token({ role: "developer" }, [{ allow: "app.deploy", app: "shop" }]);
    const wide = bed.token({ role: "viewer" }, [{ allow: "owner" }]);
    expect(await codeOf(await ask("POST", "/api/v1/apps/shop/restart", narrow))).not.toBe(
      "NOT_ALLOWED",
    );
    expect(await codeOf(await ask("POST", "/api/v1/apps/wiki/restart", narrow))).toBe(
      "SCOPE_MISSING",
    );
    expect(await codeOf(await ask("POST", "/api/v1/apps/shop/run", narrow))).toBe("SCOPE_MISSING");
    // What came of it is for whoever may do it.
    expect(await codeOf(await ask("GET", "/api/v1/apps/shop", narrow))).not.toBe("SCOPE_MISSING");
    expect(await codeOf(await ask("GET", "/api/v1/apps", narrow))).not.toBe("SCOPE_MISSING");
    expect(await codeOf(await ask("GET", "/api/v1/apps/wiki", narrow))).toBe("SCOPE_MISSING");
    expect(await codeOf(await ask("POST", "/api/v1/apps/shop/restart", wide))).toBe("NOT_ALLOWED");
  });

  it("is nobody's after it has expired, was revoked, or its user is gone", async () => {
    const { accounts } = bed;
    const user = accounts.users.add("leaver", "-", new Date().toISOString());
    accounts.users.setRole(user.id, { role: "owner" });
    const expiresAt = new Date(bed.clock.now - 1).toISOString();
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

  it("with scopes cannot reach its user's account, where it could make a wider one", async () => {
    const narrow = bed.token({ role: "owner" }, [{ allow: "owner" }]);
    for (const { method, path } of routes) {
      if (expected.get(`${method} ${path}`) !== "account") continue;
      const code = await codeOf(await ask(method, exampleOf(path), narrow));
      expect(code, `${method} ${path}`).toBe("ACCOUNT_CLOSED_TO_TOKEN");
    }
  });
});

describe("a route that declares nothing", () => {
  const bare = new Hono();

  beforeAll(() => {
    const { accounts } = bed;
    const parts = {
      accounts,
      events: makeEvents({ now: () => new Date() }),
      isLocal: true,
      addressOf: () => "local",
      appOfDeployment: () => undefined,
      publicUrl: undefined,
    };
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
