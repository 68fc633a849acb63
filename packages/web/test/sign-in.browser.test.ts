import type { CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { look } from "./support/look.ts";
import { publicKey, totpCode } from "./support/secrets.ts";
import { password, startWebBed, type WebBed } from "./support/web-bed.ts";

let bed: WebBed;
let page: Page;
let device: CDPSession;
/** A passkey belongs to a name; an address has none. */
let origin: string;

beforeAll(async () => {
  bed = await startWebBed("web-passkeys");
  origin = `http://localhost:${bed.server.apiPort}`;
  const roles = [{ role: "owner" }];
  await bed.server.json("POST", "/users", { name: "ada", password, roles });
  page = await bed.open();
  device = await page.context().newCDPSession(page);
  await device.send("WebAuthn.enable");
  await device.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
});

afterAll(async () => {
  await bed.stop();
});

const signedIn = () => page.getByRole("navigation", { name: "Main" }).waitFor();

describe("a passkey", () => {
  it("is told apart from no passkey", async () => {
    await page.goto(origin);
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.getByRole("alert").waitFor();
    expect(await page.getByText("cannot be reached").count()).toBe(0);
  });

  it("is made with the password", async () => {
    await page.getByLabel("Name").fill("ada");
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await signedIn();
    await page.goto(`${origin}/account`);
    await page.getByLabel("Name of this device").fill("the test's device");
    await page.getByLabel("Your password").fill("not the password");
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.getByRole("alert").waitFor();
    await page.getByLabel("Your password").fill(password);
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.getByText("the test's device", { exact: true }).waitFor();
    expect(await look(page, "account-passkeys")).toEqual([]);
  });

  it("signs in alone", async () => {
    await page.getByRole("button", { name: "Sign out" }).first().click();
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await signedIn();
    await page.getByText(", used").waitFor();
  });

  it("opens nothing once it is removed", async () => {
    await page.getByRole("button", { name: "Remove the test's device" }).click();
    await page.getByText("There is none.").first().waitFor();
    await page.getByRole("button", { name: "Sign out" }).first().click();
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("navigation", { name: "Main" }).count()).toBe(0);
  });

  it("is not offered where browsers have none", async () => {
    const other = await bed.open();
    await other.goto("/");
    await other.getByRole("heading", { name: "Sign in to Hop3" }).waitFor();
    expect(await other.getByRole("button", { name: "Use a passkey" }).count()).toBe(0);
  });
});

describe("a second factor", () => {
  it("is scanned or typed, asked for, and turned off", async () => {
    const other = await bed.openAs("tina", { role: "viewer" });
    const enter = async () => {
      await other.getByRole("button", { name: "Sign out" }).first().click();
      await other.getByRole("heading", { name: "Sign in to Hop3" }).waitFor();
      await other.getByLabel("Name").fill("tina");
      await other.getByLabel("Password").fill(password);
      await other.getByRole("button", { name: "Sign in", exact: true }).click();
    };
    await other.goto("/account");
    await other.getByRole("button", { name: "Set up an authenticator app" }).click();
    await other.getByRole("img", { name: "The secret for an authenticator app" }).waitFor();
    expect(await look(other, "account-second-factor")).toEqual([]);
    const secret = await other.getByLabel("Secret for the app").inputValue();
    await other.getByLabel("Code", { exact: true }).fill(totpCode(secret, Date.now()));
    await other.getByLabel("Your password").fill(password);
    await other.getByRole("button", { name: "Turn on" }).click();
    await other.getByText("Keep these recovery codes.").waitFor();
    const codes = (await other.locator(".note pre").textContent()) ?? "";
    await enter();
    await other.locator("input[name=code]:focus").waitFor();
    await other.getByLabel("Code").fill(codes.split("\n")[0] ?? "");
    await other.getByRole("button", { name: "Sign in", exact: true }).click();
    await other.getByLabel("Password, to turn it off").fill(password);
    await other.getByRole("button", { name: "Turn off" }).click();
    await other.getByRole("button", { name: "Set up an authenticator app" }).waitFor();
    await enter();
    await other.getByRole("heading", { name: "Second factor" }).waitFor();
  });
});

describe("what programs sign in with", () => {
  it("is a token that may less than its user, or a key", async () => {
    const other = await bed.openAs("kim", { role: "developer" });
    await other.goto("/account");
    await other.getByLabel("Name of a new token").fill("monitoring");
    await other.getByLabel("May").selectOption("viewer");
    await other.getByRole("button", { name: "Make a token" }).click();
    const token = await other.getByLabel("The token").inputValue();
    await other.getByText("viewer of all apps").waitFor();
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const ask = async (method: string, path: string) =>
      (await fetch(`${bed.origin}/api/v1${path}`, { method, headers })).status;
    expect(await ask("GET", "/apps")).toBe(200);
    expect(await ask("POST", "/packages/update")).toBe(403);
    await other.getByLabel("Public key").fill("ssh-ed25519 not a key");
    await other.getByRole("button", { name: "Add a key" }).click();
    await other.getByRole("alert").waitFor();
    await other.getByLabel("Public key").fill(`${publicKey()} kim@laptop`);
    await other.getByRole("button", { name: "Add a key" }).click();
    await other.getByText("kim@laptop", { exact: true }).waitFor();
    expect(await look(other, "account-programs")).toEqual([]);
    await other.getByRole("button", { name: "Remove kim@laptop" }).click();
    await other.getByText("kim@laptop", { exact: true }).waitFor({ state: "detached" });
    await other.getByRole("button", { name: "Revoke monitoring" }).click();
    await other.getByText("viewer of all apps").waitFor({ state: "detached" });
    expect(await ask("GET", "/apps")).toBe(401);
  });
});

describe("a session that has ended elsewhere", () => {
  it("leads to the way in, and from there to the same page", async () => {
    const other = await bed.openAs("otto", { role: "owner" });
    await other.context().clearCookies();
    await other.getByRole("link", { name: "Users" }).click();
    await other.getByRole("heading", { name: "Sign in to Hop3" }).waitFor();
    await other.getByLabel("Name").fill("otto");
    await other.getByLabel("Password").fill(password);
    await other.getByRole("button", { name: "Sign in", exact: true }).click();
    await other.getByRole("heading", { name: "Users", exact: true }).waitFor();
    await other.getByText("ada").first().waitFor();
  });
});

describe("a part of the page that does not arrive", () => {
  it("is told, and can be loaded again", async () => {
    const other = await bed.openAs("otto", { role: "owner" });
    await other.route("**/assets/health-*.js", (route) => route.abort());
    await other.goto("/");
    await other.getByRole("link", { name: "Health" }).click();
    await other.getByText("This part of the page did not arrive").waitFor();
    await other.unroute("**/assets/health-*.js");
    await other.getByRole("button", { name: "Load again" }).click();
    await other.getByRole("heading", { name: "This server" }).waitFor();
  });
});

describe("the pages", () => {
  it("do nothing that a browser complains about", () => {
    expect(bed.faults).toEqual([]);
  });
});
