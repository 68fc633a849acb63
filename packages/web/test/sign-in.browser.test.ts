import type { CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { look } from "./support/look.ts";
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
