import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import type { Server } from "node:http";
import { join } from "node:path";
import { Secret, TOTP } from "otpauth";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CallResult, call, typed } from "../../cli/test/call.ts";
import { closeServer, listenOn } from "../src/http/listen.ts";
import { type AccountsBed, makeAccountsBed, password } from "./support/accounts-bed.ts";
import { freePort } from "./support/test-server.ts";

let bed: AccountsBed;
let server: Server;
let dir: string;
let url: string;
let env: Record<string, string>;

beforeEach(async () => {
  bed = makeAccountsBed();
  bed.clock.now = Date.now();
  const port = await freePort();
  server = await listenOn(bed.http, { host: "127.0.0.1", port });
  url = `http://127.0.0.1:${port}`;
  dir = mkdtempSync("/tmp/hop3-login-");
  env = { HOME: dir };
  await bed.user("ada", { role: "owner" });
});

afterEach(() => {
  closeServer(server);
  bed.close();
  rmSync(dir, { recursive: true });
});

/** As on a terminal, with what is typed there. */
function onTerminal(text: string, ...argv: readonly string[]): Promise<CallResult> {
  return call(argv, { env: { ...env, NO_COLOR: "1" }, stdin: typed(text, true), terminal: true });
}

function piped(text: string, ...argv: readonly string[]): Promise<CallResult> {
  return call(argv, { env, stdin: typed(text, false) });
}

async function json<T>(...argv: readonly string[]): Promise<T> {
  const { stdout } = await piped("", ...argv, "--json");
  return JSON.parse(stdout) as T;
}

const file = () => join(dir, ".config/hop3/contexts.json");

async function signedIn(): Promise<void> {
  const { exitCode, stderr } = await piped(`${password}\n`, "login", url, "--user", "ada");
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
}

describe("hop3 login", () => {
  it("asks for name and password, keeps a token that only its user can read, and never the password", async () => {
    const result = await onTerminal(`ada\n${password}\n`, "login", url);
    expect(result).toMatchObject({ exitCode: 0 });
    expect(result.stdout).toContain(`Signed in to ${url} as ada. Commands go there now`);
    expect(result.stdout + result.stderr).not.toContain(password);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(statSync(join(dir, ".config/hop3")).mode & 0o777).toBe(0o700);
    expect(readFileSync(file(), "utf8")).not.toContain(password);
    expect((await piped("", "whoami")).stdout).toMatch(
      /user +ada\ntoken +hop3 login on .*\nmay +owner\n/,
    );
  });

  it("ends with 4 where the password is wrong, and keeps nothing", async () => {
    const result = await onTerminal("ada\nwrong\n", "login", url);
    expect(result).toMatchObject({ exitCode: 4 });
    expect(result.stderr).toContain("error SIGN_IN_FAILED");
    expect(() => statSync(file())).toThrow("ENOENT");
  });

  it("asks for the code of an authenticator app where there is one", async () => {
    const user = bed.accounts.users.find("ada");
    if (user === undefined) throw new Error("no user");
    const { secret } = bed.accounts.secondFactor.propose(user, "Hop3");
    const totp = new TOTP({ secret: Secret.fromBase32(secret) });
    const code = totp.generate({ timestamp: bed.clock.now });
    bed.accounts.secondFactor.enable(user, { secret, code });
    bed.clock.now += 60_000;
    const later = totp.generate({ timestamp: bed.clock.now });
    expect((await onTerminal(`ada\n${password}\n${later}\n`, "login", url)).exitCode).toBe(0);
    const piece = await piped(password, "login", url, "--user", "ada");
    expect(piece.stderr).toContain("error SECOND_FACTOR_NEEDED");
  });

  it("takes a one-time link, and asks twice for what nobody sees", async () => {
    const link = JSON.parse((await ownerLink("bob")).stdout) as { url: string };
    const there = `${url}/${link.url.split("/").at(-1)}`;
    const differ = await onTerminal("a new password\nanother one\n", "login", there);
    expect(differ).toMatchObject({ exitCode: 2 });
    expect(differ.stderr).toContain("PASSWORDS_DIFFER");
    const result = await onTerminal("a new password\na new password\n", "login", there);
    expect(result.stdout).toContain("as bob");
    expect(result.stderr).not.toContain("a new password");
    const again = await onTerminal("a new password\na new password\n", "login", there);
    expect(again).toMatchObject({ exitCode: 3 });
    expect(again.stderr).toContain("error INVITE_INVALID");
  });

  async function ownerLink(name: string): Promise<CallResult> {
    await signedIn();
    return await piped("", "users", "invite", name, "--role", "viewer", "--json");
  }

  it("takes a token, and refuses one that opens nothing", async () => {
    const token = bed.token({ role: "viewer" });
    const result = await piped(`${token}\n`, "login", url, "--token", "--name", "shop");
    expect(result).toMatchObject({ exitCode: 0 });
    expect(await json("whoami")).toMatchObject({ grants: [{ allow: "viewer" }] });
    expect((await piped("hop3_x\n", "login", url, "--token")).exitCode).toBe(4);
    expect((await piped("", "login", url, "--token")).exitCode).toBe(2);
  });

  it.each([
    ["", "login"],
    ["", "login", "ftp://example.org"],
    ["", "login", "http://a:b@example.org"],
  ])("needs an address: %s %s %s", async (...argv) => {
    expect(await piped(...(argv as [string, string]))).toMatchObject({ exitCode: 2 });
  });

  it("says so where the way to the server is not encrypted", async () => {
    // Stops before it connects: there is nobody to ask for a name.
    const { stderr } = await piped("", "login", "http://192.0.2.1:1");
    expect(stderr).toContain("The connection to 192.0.2.1 is not encrypted");
    expect((await piped("", "login", url)).stderr).not.toContain("not encrypted");
  });
});

describe("hop3 logout", () => {
  it("revokes the token and forgets the server", async () => {
    await signedIn();
    expect(bed.accounts.tokens.all()).toHaveLength(1);
    expect((await piped("", "logout")).stdout).toContain("Its token works no more.");
    expect(bed.accounts.tokens.all()).toEqual([]);
    expect((await json<{ contexts: unknown[] }>("context")).contexts).toHaveLength(1);
    expect((await piped("", "logout")).exitCode).toBe(2);
  });

  it("forgets a server too that does not answer", async () => {
    await signedIn();
    closeServer(server);
    expect((await piped("", "logout")).stdout).toContain("could not be revoked");
    expect(readFileSync(file(), "utf8")).not.toContain("hop3_");
  });
});

describe("hop3 context", () => {
  it("lists servers without their tokens, and changes between them", async () => {
    await signedIn();
    expect(
      (await piped("", "context", "add", "prod", "ssh://root@hop3.example.org")).exitCode,
    ).toBe(0);
    const name = url.slice("http://".length);
    const { stdout } = await piped("", "context", "list");
    expect(stdout.split("\n").map((text) => text.trimEnd())).toEqual([
      `   context${" ".repeat(name.length - 7)}  user  server`,
      `   local${" ".repeat(name.length - 5)}  -     the socket on this machine`,
      `   ${name}  ada   ${url}`,
      `*  prod${" ".repeat(name.length - 4)}  -     ssh://root@hop3.example.org`,
      "",
    ]);
    expect(stdout).not.toContain("hop3_");
    await piped("", "context", "use", name);
    expect(await json("whoami")).toMatchObject({ user: "ada" });
    await piped("", "context", "use", "local");
    expect((await piped("", "whoami", "--context", name)).exitCode).toBe(0);
    env = { ...env, HOP3_CONTEXT: name };
    expect((await piped("", "whoami")).exitCode).toBe(0);
    expect((await piped("", "context", "remove", "prod")).exitCode).toBe(0);
    const unknown = await piped("", "whoami", "--context", "prod");
    expect(unknown).toMatchObject({ exitCode: 3 });
    expect(unknown.stderr).toContain(`One of: local, ${name}`);
  });

  it("goes behind --home, HOP3_HOME and HOP3_SERVER, which mean another server", async () => {
    await signedIn();
    const none = join(dir, "none");
    expect((await piped("", "whoami", "--home", none)).stderr).toContain(
      `no server answers for ${none}`,
    );
    env = { ...env, HOP3_HOME: none };
    expect((await piped("", "whoami")).stderr).toContain(`no server answers for ${none}`);
    env = { ...env, HOP3_SERVER: url };
    expect((await piped("", "whoami")).exitCode).toBe(4);
  });

  it.each([
    ["local", "ssh://host"],
    ["a b", "ssh://host"],
    ["x", "https://host"],
    ["x", "ssh://-oProxyCommand=id"],
  ])("refuses %s %s", async (name, address) => {
    expect((await piped("", "context", "add", name, address)).exitCode).toBe(2);
  });

  it("refuses a file that others may read, and one that it did not write", async () => {
    await signedIn();
    const { chmodSync, writeFileSync } = await import("node:fs");
    chmodSync(file(), 0o644);
    const exposed = await piped("", "whoami");
    expect(exposed).toMatchObject({ exitCode: 2 });
    expect(exposed.stderr).toContain(`chmod 600 ${file()}`);
    chmodSync(file(), 0o600);
    for (const text of ["{", "[]", '{"contexts":{"x":{"url":7}}}', "null"]) {
      writeFileSync(file(), text);
      expect((await piped("", "whoami")).stderr, text).toContain("CONTEXTS_UNUSABLE");
    }
  });
});

describe("hop3 users, tokens and audit", () => {
  it("add, change, list and remove users", async () => {
    await signedIn();
    expect((await piped("", "users", "add", "bob", "--role", "viewer")).exitCode).toBe(2);
    expect((await piped("short", "users", "add", "bob")).stderr).toContain(
      "error USAGE  the new password of bob has fewer than 10 characters",
    );
    expect((await piped("bobs password", "users", "add", "bob", "--role", "viewer")).stdout).toBe(
      "Added bob, with roles: viewer.\n",
    );
    const changed = await piped("", "users", "role", "bob", "developer", "--app", "shop");
    expect(changed.stdout).toBe("bob has: viewer, developer:shop.\n");
    expect((await piped("", "users", "role", "bob", "none")).stdout).toBe(
      "bob has: developer:shop.\n",
    );
    expect((await piped("", "users", "role", "bob", "root")).exitCode).toBe(2);
    const { stdout } = await piped("", "users");
    expect(stdout).toMatch(/^user +roles +signs in with +last\nada +owner +password +/);
    expect(stdout).toMatch(/\nbob +developer:shop +password +never\n/);
    const reset = await piped("", "users", "reset", "bob", "--second-factor");
    expect(reset.stdout).toMatch(
      /^https:\/\/hop3\.example\.org\/welcome#hop3i_[\w-]{43}\nWorks once/,
    );
    expect((await piped("", "users", "remove", "ada")).exitCode).toBe(6);
    expect((await piped("", "users", "remove", "bob")).exitCode).toBe(0);
    expect((await piped("", "users", "remove", "bob")).exitCode).toBe(3);
  });

  it("make tokens for scripts: the token alone on standard output", async () => {
    await signedIn();
    const made = await piped("", "tokens", "create", "ci", "app.deploy:shop", "--days", "90");
    expect(made.stdout).toMatch(/^hop3_[\w-]{43}\n$/);
    expect(made.stderr).toContain("ci may: app.deploy:shop. It expires ");
    env = { ...env, HOP3_SERVER: url, HOP3_TOKEN: made.stdout.trim() };
    expect((await piped("", "whoami")).stdout).toMatch(/token +ci\n.*\nonly +app\.deploy:shop\n/);
    const refused = await piped("", "users", "list");
    expect(refused).toMatchObject({ exitCode: 5 });
    expect(refused.stderr).toContain(
      "error SCOPE_MISSING  the token 'ci' may not do this: it needs users.read",
    );
    expect((await piped("", "tokens", "create", "wider")).exitCode).toBe(5);
    env = { HOME: dir };
    expect((await piped("", "tokens", "create", "x", "root")).exitCode).toBe(2);
    const { tokens } = await json<{ tokens: { id: string; name: string }[] }>("tokens");
    const { id = "" } = tokens.find(({ name }) => name === "ci") ?? {};
    expect((await piped("", "tokens")).stdout).toContain("app.deploy:shop");
    expect((await piped("", "tokens", "revoke", id)).exitCode).toBe(0);
    expect((await piped("", "tokens", "revoke", id)).exitCode).toBe(3);
  });

  it("show who did what, as lines and as JSON", async () => {
    await signedIn();
    await piped("", "destroy", "shop", "--yes");
    await piped("x", "login", url, "--user", "ada");
    await piped("bobs password", "users", "add", "bob", "--role", "viewer");
    const { stdout } = await piped("", "audit");
    const lines = stdout.split("\n").map((text) => text.replace(/^\S+ \S+ {2}/, "").split(/ {2,}/));
    expect(lines.slice(1, 4)).toEqual([
      [
        "ada",
        expect.stringMatching(/^127\.0\.0\.1, token hop3 login on /),
        "user.add",
        "-",
        "done",
        "bob: nothing -> viewer",
      ],
      ["ada", "127.0.0.1", "session.start", "-", "refused", "SIGN_IN_FAILED"],
      expect.arrayContaining(["ada", "token.create"]),
    ]);
    const { entries } = await json<{ entries: { action: string }[] }>(
      "audit",
      "--action",
      "user.add",
    );
    expect(entries.map(({ action }) => action)).toEqual(["user.add"]);
    expect(
      (await json<{ entries: unknown[] }>("audit", "--since", "1h", "-n", "2")).entries,
    ).toHaveLength(2);
    expect((await piped("", "audit", "--since", "2099-01-01")).stdout).toBe("Nothing was done.\n");
    expect((await piped("", "audit", "--since", "soon")).exitCode).toBe(2);
    expect((await piped("", "audit", "--app", "shop")).exitCode).toBe(0);
  });
});
