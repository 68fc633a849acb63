import type { InviteCreated, TokenCreated, TokenInfo, UserInfo, UserList } from "@hop3/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type AccountsBed,
  makeAccountsBed,
  origin,
  password,
} from "../../test/support/accounts-bed.ts";
import { Browser } from "../../test/support/browser.ts";

let bed: AccountsBed;
let owner: Browser;
let stranger: Browser;

beforeEach(async () => {
  bed = makeAccountsBed();
  stranger = new Browser(bed);
  owner = new Browser(bed);
  await bed.user("ada", { role: "owner" });
  await owner.ask("POST", "/sign-in", { body: { name: "ada", password } });
});
afterEach(() => bed.close());

const hourMs = 3600_000;
const accept = (more: object) => stranger.ask<UserInfo>("POST", "/sign-in/accept", { body: more });

describe("the link of the first start", () => {
  it("makes the first owner, once, and only while there is nobody", async () => {
    const empty = makeAccountsBed();
    const visitor = new Browser(empty);
    const use = (more: object) => visitor.ask<UserInfo>("POST", "/sign-in/accept", { body: more });
    const old = empty.accounts.invites.first() ?? "";
    const secret = empty.accounts.invites.first() ?? "";
    expect(secret).toMatch(/^hop3i_[\w-]{43}$/);
    expect((await use({ secret: old, name: "eve", password })).code).toBe("INVITE_INVALID");
    expect((await use({ secret, password })).code).toBe("INVITE_NEEDS_NAME");
    const made = await use({ secret, name: "ada", password });
    expect(made.body).toMatchObject({ name: "ada", roles: [{ role: "owner" }] });
    expect((await use({ secret, name: "eve", password })).code).toBe("INVITE_INVALID");
    expect(empty.accounts.invites.first()).toBeUndefined();
    const entered = await visitor.ask("POST", "/sign-in", { body: { name: "ada", password } });
    expect(entered.code).toBe("OK");
    empty.close();
  });

  it("works no more after a day", async () => {
    const empty = makeAccountsBed();
    const visitor = new Browser(empty);
    const secret = empty.accounts.invites.first() ?? "";
    empty.clock.now += 24 * hourMs;
    const body = { secret, name: "ada", password };
    expect((await visitor.ask("POST", "/sign-in/accept", { body })).code).toBe("INVITE_INVALID");
    empty.close();
  });

  it("is used by one of many who come at once", async () => {
    const empty = makeAccountsBed();
    const visitor = new Browser(empty);
    const secret = empty.accounts.invites.first() ?? "";
    const names = ["a1", "b2", "c3", "d4"];
    const results = await Promise.all(
      names.map((name) =>
        visitor.ask("POST", "/sign-in/accept", { body: { secret, name, password } }),
      ),
    );
    expect(results.filter(({ code }) => code === "OK")).toHaveLength(1);
    expect(empty.accounts.users.all()).toHaveLength(1);
    empty.close();
  });
});

describe("an invitation", () => {
  it("has the role that the owner chose, and says so to whoever has the link", async () => {
    const asked = { name: "bob", roles: [{ role: "developer", app: "shop" }], hours: 2 };
    const { body } = await owner.ask<InviteCreated>("POST", "/invites", { body: asked });
    expect(body.url).toBe(`${origin}/welcome#${body.secret}`);
    const { secret } = body;
    const look = await stranger.ask("POST", "/sign-in/invite", { body: { secret } });
    expect(look.body).toEqual({
      kind: "invite",
      name: "bob",
      roles: asked.roles,
      expiresAt: "2026-11-23T14:00:00.000Z",
    });
    const made = await accept({ secret, name: "eve", password });
    expect(made.body).toMatchObject({ name: "bob", roles: asked.roles });
    expect((await accept({ secret, password })).code).toBe("INVITE_INVALID");
    expect((await stranger.ask("POST", "/sign-in/invite", { body: { secret } })).code).toBe(
      "INVITE_INVALID",
    );
  });

  it("is refused for a name that is taken, and replaced by a newer one", async () => {
    expect((await owner.ask("POST", "/invites", { body: { name: "ada" } })).code).toBe(
      "USER_EXISTS",
    );
    const one = await owner.ask<InviteCreated>("POST", "/invites", { body: { name: "bob" } });
    const two = await owner.ask<InviteCreated>("POST", "/invites", { body: { name: "bob" } });
    expect((await accept({ secret: one.body.secret, password })).code).toBe("INVITE_INVALID");
    expect((await accept({ secret: two.body.secret, password: "too short" })).code).toBe(
      "REQUEST_INVALID",
    );
    expect((await accept({ secret: two.body.secret, password })).code).toBe("OK");
  });

  it("is listed until it is used or withdrawn, without its secret", async () => {
    const roles = [{ role: "viewer" }];
    const listed = async () => {
      const { body } = await owner.ask<UserList>("GET", "/users");
      return body.invites;
    };
    const invite = async () => {
      const asked = { name: "bob", roles, hours: 2 };
      return (await owner.ask<InviteCreated>("POST", "/invites", { body: asked })).body.secret;
    };
    const withdrawn = await invite();
    const expiresAt = "2026-11-23T14:00:00.000Z";
    expect(await listed()).toEqual([{ kind: "invite", name: "bob", roles, expiresAt }]);
    expect((await owner.ask("DELETE", "/users/bob")).status).toBe(204);
    expect(await listed()).toEqual([]);
    expect((await accept({ secret: withdrawn, password })).code).toBe("INVITE_INVALID");
    expect((await owner.ask("DELETE", "/users/bob")).code).toBe("USER_NOT_FOUND");
    expect((await accept({ secret: await invite(), password })).code).toBe("OK");
    expect(await listed()).toEqual([]);
  });

  it.each([
    ["an invitation", "/invites", { name: "bob" }],
    ["a link for a new password", "/users/bob/reset", {}],
  ])("is of no use with another account of that name: %s", async (_what, path, body) => {
    const isReset = path !== "/invites";
    const user = { name: "bob", password, roles: [] };
    if (isReset) await owner.ask("POST", "/users", { body: user });
    const { secret } = (await owner.ask<InviteCreated>("POST", path, { body })).body;
    if (isReset) await owner.ask("DELETE", "/users/bob");
    await owner.ask("POST", "/users", { body: user });
    if (!isReset) await owner.ask("DELETE", "/users/bob");
    expect((await accept({ secret, password: "another password" })).code).toBe("INVITE_INVALID");
  });

  it("for a new password ends the sessions that the old one opened", async () => {
    await bed.user("bob", { role: "viewer" });
    const bob = new Browser(bed);
    await bob.ask("POST", "/sign-in", { body: { name: "bob", password } });
    const { body } = await owner.ask<InviteCreated>("POST", "/users/bob/reset", { body: {} });
    expect((await bob.ask("GET", "/identity")).code).toBe("OK");
    expect((await accept({ secret: body.secret, password: "another password" })).code).toBe("OK");
    expect((await bob.ask("GET", "/identity")).code).toBe("NOT_SIGNED_IN");
    const again = { name: "bob", password: "another password" };
    expect((await bob.ask("POST", "/sign-in", { body: again })).code).toBe("OK");
    expect((await bob.ask<UserInfo>("GET", "/account")).body.roles).toEqual([{ role: "viewer" }]);
  });
});

describe("users", () => {
  it("are added, listed, given roles and removed", async () => {
    const roles = [{ role: "viewer" }];
    await owner.ask("POST", "/users", { body: { name: "bob", password, roles } });
    const role = (body: object) => owner.ask<UserInfo>("POST", "/users/bob/roles", { body });
    expect((await role({ role: "operator", app: "shop" })).body.roles).toEqual([
      { role: "viewer" },
      { role: "operator", app: "shop" },
    ]);
    expect((await role({ role: null })).body.roles).toEqual([{ role: "operator", app: "shop" }]);
    const { body } = await owner.ask<{ users: UserInfo[] }>("GET", "/users");
    expect(body.users.map(({ name }) => name)).toEqual(["ada", "bob"]);
    expect(JSON.stringify(body)).not.toContain("argon2");
    expect((await owner.ask("DELETE", "/users/bob")).status).toBe(204);
    expect((await owner.ask("DELETE", "/users/bob")).code).toBe("USER_NOT_FOUND");
    expect((await owner.ask("POST", "/users/bob/roles", { body: { role: "owner" } })).code).toBe(
      "USER_NOT_FOUND",
    );
  });

  it.each(["Bob", "", "-bob", "bob!", "a b", `b${"o".repeat(64)}`, "b/../ada"])(
    "cannot be called '%s'",
    async (name) => {
      const { code } = await owner.ask("POST", "/users", { body: { name, password } });
      expect(code).toBe("REQUEST_INVALID");
    },
  );

  it("always include an owner", async () => {
    const role = (name: string, body: object) =>
      owner.ask("POST", `/users/${name}/roles`, { body });
    expect((await owner.ask("DELETE", "/users/ada")).code).toBe("LAST_OWNER");
    expect((await role("ada", { role: "viewer" })).code).toBe("LAST_OWNER");
    expect((await role("ada", { role: null })).code).toBe("LAST_OWNER");
    expect((await role("ada", { role: "viewer", app: "shop" })).code).toBe("OK");
    await bed.user("bob", { role: "owner" });
    expect((await role("ada", { role: "viewer" })).code).toBe("OK");
  });
});

describe("tokens", () => {
  it("are told once, listed without the secret, and revoked", async () => {
    const scopes = [{ allow: "app.deploy", app: "shop" }];
    const asked = { name: "ci of shop", scopes, days: 90 };
    const made = await owner.ask<TokenCreated>("POST", "/tokens", { body: asked });
    const { token, ...shown } = made.body;
    expect(token).toMatch(/^hop3_[\w-]{43}$/);
    const list = await owner.ask<{ tokens: TokenInfo[] }>("GET", "/tokens");
    expect(list.body.tokens).toEqual([shown]);
    const headers = { authorization: `Bearer ${token}` };
    expect(await stranger.bare("GET", "/identity", { headers })).toBe("OK");
    expect((await owner.ask("DELETE", `/tokens/${shown.id}`)).status).toBe(204);
    expect(await stranger.bare("GET", "/identity", { headers })).toBe("NOT_SIGNED_IN");
    expect((await owner.ask("DELETE", `/tokens/${shown.id}`)).code).toBe("TOKEN_NOT_FOUND");
  });

  it("of others are for whoever manages users", async () => {
    const mine = await owner.ask<TokenCreated>("POST", "/tokens", { body: { name: "mine" } });
    await bed.user("bob", { role: "operator" });
    const bob = new Browser(bed);
    await bob.ask("POST", "/sign-in", { body: { name: "bob", password } });
    await bob.ask("POST", "/tokens", { body: { name: "of bob" } });
    const names = async (who: Browser) =>
      (await who.ask<{ tokens: TokenInfo[] }>("GET", "/tokens")).body.tokens.map(
        ({ name }) => name,
      );
    expect(await names(bob)).toEqual(["of bob"]);
    expect((await names(owner)).sort()).toEqual(["mine", "of bob"]);
    expect((await bob.ask("DELETE", `/tokens/${mine.body.id}`)).code).toBe("TOKEN_NOT_FOUND");
  });

  it("of the machine are made over the local socket, where nobody signs in", async () => {
    const made = await bed.local.request("/api/v1/tokens", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: "monitoring", scopes: [{ allow: "viewer" }] }),
    });
    const { token, user } = (await made.json()) as TokenCreated;
    expect(user).toBeUndefined();
    const headers = { authorization: `Bearer ${token}` };
    expect(await stranger.bare("GET", "/users", { headers })).toBe("SCOPE_MISSING");
    expect(await stranger.bare("GET", "/account", { headers })).toBe("ACCOUNT_CLOSED_TO_TOKEN");
    expect((await bed.local.request("/api/v1/account")).status).toBe(403);
  });
});

it("has one account of a name, however many make it at once", async () => {
  const body = { name: "carl", password, roles: [] };
  const made = await Promise.all([1, 2].map(() => owner.ask("POST", "/users", { body })));
  expect(made.map(({ code }) => code).sort()).toEqual(["OK", "USER_EXISTS"]);
});

const leaving = { method: "DELETE", path: "/users/user1", body: undefined };
const losing = { method: "POST", path: "/users/user1/roles", body: { role: null, app: "shop" } };

it.each([
  ["the user goes", leaving],
  ["the role goes", losing],
])("ends what a user still reads when %s", async (_, { method, path, body }) => {
  const shop = bed.apps.create("shop", 0, "");
  const columns = "app_id, kind, state, created_at";
  bed.db.run(`INSERT INTO deployments (${columns}) VALUES (?, 'deploy', 'running', '')`, shop.id);
  const headers = { authorization: `Bearer ${bed.token({ role: "viewer", app: "shop" })}` };
  const stream = await bed.http.request("/api/v1/deployments/1/events", { headers });
  expect(stream.status).toBe(200);
  await owner.ask(method, path, body === undefined ? {} : { body });
  expect(await stream.text()).toBe("");
});
