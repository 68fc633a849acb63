import type { AuditPage, Identity, SessionInfo, TokenCreated, UserInfo } from "@hop3/core";
import { Secret, TOTP } from "otpauth";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type AccountsBed,
  makeAccountsBed,
  origin,
  password,
} from "../../test/support/accounts-bed.ts";
import { Browser } from "../../test/support/browser.ts";

let bed: AccountsBed;
let browser: Browser;

beforeEach(async () => {
  bed = makeAccountsBed();
  browser = new Browser(bed);
  await bed.user("ada", { role: "owner" });
});
afterEach(() => bed.close());

const right = { name: "ada", password };
const cookieName = "__Host-hop3";
const hourMs = 3600_000;

async function signedIn(name = "ada"): Promise<Browser> {
  const other = new Browser(bed);
  expect((await other.ask("POST", "/sign-in", { body: { name, password } })).code).toBe("OK");
  return other;
}

describe("signing in", () => {
  it("sets a cookie that scripts and other sites do not get, and that is not in the database", async () => {
    const { headers, body } = await browser.ask<Identity>("POST", "/sign-in", { body: right });
    const [cookie = ""] = headers.getSetCookie();
    expect(cookie).toMatch(
      /^__Host-hop3=[\w-]{43}; Max-Age=1209600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect(body).toEqual({ kind: "session", user: "ada", grants: [{ allow: "owner" }] });
    expect((await browser.ask("GET", "/identity")).code).toBe("OK");
    const secret = browser.cookies.get(cookieName) ?? "";
    const stored = JSON.stringify(bed.accounts.sessions.ofUser(1));
    expect(stored).not.toContain(secret);
    expect(bed.accounts.sessions.find(secret)).toBeUndefined();
  });

  it("says the same of a wrong password and of a user who is not there", async () => {
    const wrong = await browser.ask("POST", "/sign-in", { body: { ...right, password: "x" } });
    const nobody = await browser.ask("POST", "/sign-in", { body: { ...right, name: "eve" } });
    expect(wrong).toMatchObject({ status: 401, code: "SIGN_IN_FAILED" });
    expect(nobody.body).toEqual(wrong.body);
    expect(nobody.headers.getSetCookie()).toEqual([]);
  });

  it("takes a name in capitals for the same one", async () => {
    const { code } = await browser.ask("POST", "/sign-in", { body: { ...right, name: "Ada" } });
    expect(code).toBe("OK");
  });

  it("makes a guesser wait, and then even the right password, but for a minute at most", async () => {
    for (let n = 0; n < 5; n++) {
      await browser.ask("POST", "/sign-in", { body: { ...right, password: `guess ${n}` } });
    }
    const limited = await browser.ask("POST", "/sign-in", { body: right });
    expect(limited).toMatchObject({ status: 429, code: "SIGN_IN_LIMITED" });
    const entries = bed.accounts.audit.find({ limit: 100 });
    for (let n = 0; n < 50; n++) await browser.ask("POST", "/sign-in", { body: right });
    expect(bed.accounts.audit.find({ limit: 100 })).toEqual(entries);
    bed.clock.now += 60_000;
    expect((await browser.ask("POST", "/sign-in", { body: right })).code).toBe("OK");
  });

  it("reads no more of a stranger's request than it needs", async () => {
    const body = { ...right, password: "x".repeat(70_000) };
    expect(await browser.ask("POST", "/sign-in", { body })).toMatchObject({
      status: 413,
      code: "BODY_TOO_LARGE",
    });
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(16_384).fill(32)),
    });
    const init = {
      method: "POST",
      headers: { "content-type": "application/json" },
      duplex: "half" as const,
    };
    const response = await bed.http.request(`${origin}/api/v1/sign-in`, { ...init, body: endless });
    expect(response.status).toBe(413);
  });

  it("cannot be given a session beforehand, and ends the one that the browser had", async () => {
    browser.cookies.set(cookieName, "chosen-by-somebody-else");
    await browser.ask("POST", "/sign-in", { body: right });
    const first = browser.cookies.get(cookieName) ?? "";
    expect(first).not.toBe("chosen-by-somebody-else");
    await browser.ask("POST", "/sign-in", { body: right });
    expect(browser.cookies.get(cookieName)).not.toBe(first);
    expect(bed.accounts.bySession(first)).toBeUndefined();
  });

  it("asks for the code of an authenticator app where there is one", async () => {
    const owner = await signedIn();
    const setup = await owner.ask<{ secret: string }>("POST", "/account/totp");
    const { secret } = setup.body;
    const codeNow = () =>
      new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: bed.clock.now });
    const body = { secret, code: codeNow(), password };
    expect(
      (await owner.ask("PUT", "/account/totp", { body: { ...body, password: "x" } })).code,
    ).toBe("PASSWORD_WRONG");
    const enabled = await owner.ask<{ codes: string[] }>("PUT", "/account/totp", { body });
    expect(enabled.body.codes).toHaveLength(10);
    bed.clock.now += 60_000;
    const without = await browser.ask("POST", "/sign-in", { body: right });
    expect(without).toMatchObject({ status: 401, code: "SECOND_FACTOR_NEEDED" });
    const sent = (code: string) => browser.ask("POST", "/sign-in", { body: { ...right, code } });
    expect((await sent("123456")).code).toBe("SIGN_IN_FAILED");
    expect((await sent(codeNow())).code).toBe("OK");
    expect((await sent(codeNow())).code).toBe("SIGN_IN_FAILED");
    expect((await sent(enabled.body.codes[0] ?? "")).code).toBe("OK");
    expect((await owner.ask("DELETE", "/account/totp", { body: { password } })).status).toBe(204);
    expect((await browser.ask("POST", "/sign-in", { body: right })).code).toBe("OK");
  });
});

describe("a session", () => {
  it("ends after two weeks without use, and after three months at last", async () => {
    const used = await signedIn();
    const unused = await signedIn();
    for (let days = 0; days < 88; days += 8) {
      bed.clock.now += 8 * 24 * hourMs;
      expect((await used.ask("GET", "/identity")).code, `${days}`).toBe("OK");
    }
    expect((await unused.ask("GET", "/identity")).code).toBe("NOT_SIGNED_IN");
    bed.clock.now += 3 * 24 * hourMs;
    expect((await used.ask("GET", "/identity")).code).toBe("NOT_SIGNED_IN");
  });

  it("is listed with its place, and can be ended from another one, but only by its user", async () => {
    const [here, there] = [await signedIn(), await signedIn()];
    await bed.user("bob", { role: "owner" });
    const bob = await signedIn("bob");
    const { body } = await here.ask<{ sessions: SessionInfo[] }>("GET", "/account/sessions");
    expect(body.sessions.map(({ current }) => current).sort()).toEqual([false, true]);
    const other = body.sessions.find(({ current }) => !current)?.id;
    expect((await bob.ask("DELETE", `/account/sessions/${other}`)).code).toBe("SESSION_NOT_FOUND");
    expect((await here.ask("DELETE", `/account/sessions/${other}`)).status).toBe(204);
    expect((await there.ask("GET", "/identity")).code).toBe("NOT_SIGNED_IN");
    expect((await here.ask("GET", "/identity")).code).toBe("OK");
  });

  it("ends with sign-out, and with the user", async () => {
    const one = await signedIn();
    const secret = one.cookies.get(cookieName) ?? "";
    expect((await one.ask("POST", "/sign-out")).status).toBe(204);
    expect(one.cookies.size).toBe(0);
    expect(bed.accounts.bySession(secret)).toBeUndefined();
    await bed.user("bob", { role: "owner" });
    const bob = await signedIn("bob");
    const owner = await signedIn();
    expect((await owner.ask("DELETE", "/users/bob")).status).toBe(204);
    expect((await bob.ask("GET", "/identity")).code).toBe("NOT_SIGNED_IN");
  });

  it("other than this one ends when the password changes, for which it must be known", async () => {
    const [here, there] = [await signedIn(), await signedIn()];
    const change = (current: string, next: string) =>
      here.ask("POST", "/account/password", { body: { password: current, next } });
    expect((await change("wrong", "another password")).code).toBe("PASSWORD_WRONG");
    expect((await change(password, "short")).code).toBe("REQUEST_INVALID");
    expect((await change(password, "another password")).status).toBe(204);
    expect((await there.ask("GET", "/identity")).code).toBe("NOT_SIGNED_IN");
    expect((await here.ask("GET", "/identity")).code).toBe("OK");
    expect((await browser.ask("POST", "/sign-in", { body: right })).code).toBe("SIGN_IN_FAILED");
  });

  it("of a user without a role sees itself and nothing else", async () => {
    await bed.user("guest");
    const guest = await signedIn("guest");
    expect((await guest.ask<UserInfo>("GET", "/account")).body.roles).toEqual([]);
    expect((await guest.ask("GET", "/apps")).code).toBe("NOT_ALLOWED");
  });
});

describe("a request with a session from elsewhere", () => {
  const rows: readonly [string, Record<string, string>][] = [
    ["another site", { "sec-fetch-site": "cross-site", origin: "https://evil.example" }],
    ["another site that hides its name", { "sec-fetch-site": "cross-site", origin: "null" }],
    [
      "an app below the same domain",
      { "sec-fetch-site": "same-site", origin: "https://app.hop3.example.org" },
    ],
    ["an old browser on another site", { origin: "https://evil.example" }],
    ["another port", { origin: `${origin}:8443` }],
    ["the same host without TLS", { origin: "http://hop3.example.org" }],
    ["nowhere", {}],
  ];

  it.each(rows)("changes nothing when it comes from %s", async (_name, headers) => {
    const owner = await signedIn();
    const cookie = `${cookieName}=${owner.cookies.get(cookieName)}`;
    const body = { name: "evil", password, roles: [{ role: "owner" }] };
    const asked = { headers: { ...headers, cookie }, body };
    expect(await owner.bare("POST", "/users", asked)).toBe("FOREIGN_ORIGIN");
    expect(bed.accounts.users.find("evil")).toBeUndefined();
    expect(await owner.bare("GET", "/identity", { headers: { ...headers, cookie } })).toBe("OK");
  });

  it("cannot sign a browser in as somebody else", async () => {
    const headers = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };
    expect(await browser.bare("POST", "/sign-in", { headers, body: right })).toBe("FOREIGN_ORIGIN");
    const form = await bed.http.request(`${origin}/api/v1/sign-in`, {
      method: "POST",
      headers: { "content-type": "text/plain" },
      body: JSON.stringify(right),
    });
    expect(form.status).toBe(422);
  });

  it("is fine from our own pages, and from programs with a token", async () => {
    const owner = await signedIn();
    const cookie = `${cookieName}=${owner.cookies.get(cookieName)}`;
    const body = { name: "bob", hours: 1 };
    expect(await owner.bare("POST", "/invites", { headers: { cookie, origin }, body })).toBe("OK");
    const authorization = `Bearer ${bed.token({ role: "owner" })}`;
    const headers = { authorization, origin: "https://evil.example" };
    expect(await owner.bare("POST", "/invites", { headers, body })).toBe("OK");
  });
});

describe("signing in with a program", () => {
  it("gives a token that can be listed, used and ended by itself", async () => {
    const asked = { ...right, token: { name: "hop3 login on laptop", days: 30 } };
    const { body } = await browser.ask<TokenCreated>("POST", "/sign-in/token", { body: asked });
    expect(body).toMatchObject({ user: "ada", name: "hop3 login on laptop" });
    expect(body.expiresAt).toBe("2026-12-23T12:00:00.000Z");
    const headers = { authorization: `Bearer ${body.token}` };
    expect(await browser.bare("GET", "/tokens", { headers })).toBe("OK");
    expect(await browser.bare("POST", "/sign-out", { headers })).toBe("OK");
    expect(await browser.bare("GET", "/tokens", { headers })).toBe("NOT_SIGNED_IN");
  });

  it("needs the right password too", async () => {
    const asked = { ...right, password: "wrong", token: { name: "x" } };
    expect(await browser.bare("POST", "/sign-in/token", { body: asked })).toBe("SIGN_IN_FAILED");
    expect(bed.accounts.tokens.all()).toEqual([]);
  });
});

describe("the audit log", () => {
  it("has who did what, with names and without secrets, and everything that was refused", async () => {
    const owner = await signedIn();
    await browser.ask("POST", "/sign-in", { body: { ...right, password: "a wrong password" } });
    await browser.ask("POST", "/sign-in", { body: { name: "my password", password: "x" } });
    await owner.ask("POST", "/users", { body: { name: "bob", password, roles: [] } });
    await owner.ask("POST", "/users/bob/roles", { body: { role: "viewer", app: "shop" } });
    await owner.ask("POST", "/users/bob/roles", { body: { role: "developer", app: "shop" } });
    const bob = await signedIn("bob");
    await bob.ask("DELETE", "/apps/shop");
    await bob.ask("DELETE", "/users/ada");
    const { body } = await owner.ask<AuditPage>("GET", "/audit");
    const shown = body.entries.map(({ actor, action, app, target, outcome, before, after }) =>
      [actor, action, outcome, app, target, before, after].map((part) => part ?? "-").join(" | "),
    );
    expect(shown).toEqual([
      "bob | user.remove | refused | - | - | - | -",
      "bob | app.destroy | refused | shop | - | - | -",
      "bob | session.start | done | - | - | - | -",
      "ada | user.role | done | shop | bob | viewer:shop | developer:shop",
      "ada | user.role | done | shop | bob |  | viewer:shop",
      "ada | user.add | done | - | bob | - | ",
      "unknown | session.start | refused | - | SIGN_IN_FAILED | - | -",
      "ada | session.start | refused | - | SIGN_IN_FAILED | - | -",
      "ada | session.start | done | - | - | - | -",
    ]);
    expect(JSON.stringify(body)).not.toContain(password);
    expect(JSON.stringify(body)).not.toContain("my password");
  });

  it("is read by pages and by filters, per app by whoever operates that app alone", async () => {
    const owner = await signedIn();
    for (const name of ["one", "two"]) await owner.ask("DELETE", `/apps/${name}`);
    const page = async (query: string) =>
      (await owner.ask<AuditPage>("GET", `/audit?${query}`)).body;
    const first = await page("limit=2");
    expect(first.entries.map(({ id }) => id)).toEqual([3, 2]);
    const second = await page(`limit=2&before=${first.next}`);
    expect(second.entries.map(({ id }) => id)).toEqual([1]);
    expect(second.next).toBeUndefined();
    expect((await page("app=two")).entries.map(({ app }) => app)).toEqual(["two"]);
    expect((await page("action=session.start&user=ada")).entries).toHaveLength(1);
    expect((await page("since=2999-01-01T00:00:00Z")).entries).toEqual([]);
    const authorization = `Bearer ${bed.token({ role: "operator", app: "one" })}`;
    const asked = { headers: { authorization } };
    expect(await owner.bare("GET", "/audit?app=one", asked)).toBe("OK");
    expect(await owner.bare("GET", "/audit?app=two", asked)).toBe("NOT_ALLOWED");
    expect(await owner.bare("GET", "/audit", asked)).toBe("NOT_ALLOWED");
  });

  it("keeps the beginning of what is longer than anybody reads", async () => {
    const owner = await signedIn();
    const name = "🦉".repeat(2_000);
    await owner.ask("POST", "/users", { body: { name, password, roles: [] } });
    await owner.ask("DELETE", `/apps/${"a".repeat(10_000)}`);
    const { body } = await owner.ask<AuditPage>("GET", "/audit");
    for (const { app, target } of body.entries) {
      const text = app ?? target ?? "";
      expect(text.length).toBeLessThanOrEqual(2_000);
      expect(text.isWellFormed()).toBe(true);
    }
    expect(body.entries[0]?.app).toMatch(/^a{1999}…$/);
  });

  it("is neither changed nor shortened, not even by the server itself", async () => {
    await signedIn();
    expect(() => bed.db.run("UPDATE audit SET actor = 'nobody'")).toThrow("append-only");
    expect(() => bed.db.run("DELETE FROM audit")).toThrow("append-only");
    expect(() => bed.db.run("INSERT OR REPLACE INTO audit SELECT * FROM audit")).toThrow(
      "append-only",
    );
    expect(bed.accounts.audit.find({ limit: 10 })).toHaveLength(1);
  });
});
