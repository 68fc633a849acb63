import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PackageParts, packPlugin } from "../../server/test/support/plugin-package.ts";
import { look } from "./support/look.ts";
import { markup, tickingApp } from "./support/ticking-app.ts";
import { settled, startWebBed, type WebBed } from "./support/web-bed.ts";

let bed: WebBed;
let page: Page;

beforeAll(async () => {
  bed = await startWebBed("web-looks");
  await bed.server.deployed("shop", await tickingApp("the shop"));
  await bed.server.json("PATCH", "/apps/shop/config", {
    values: { GREETING: "hello", LONG: "x".repeat(300) },
    apply: false,
  });
  await bed.server.deployed("shop", await tickingApp("the shop, changed"));
  page = await bed.openAs("ada", { role: "owner" });
  await bed.server.json("POST", "/users", {
    name: "somebody.with.a.long.name@example.org",
    password: "correct horse battery",
    roles: [{ role: "developer", app: "shop" }],
  });
  await bed.server.json("POST", "/invites", { name: "jane", roles: [{ role: "viewer" }] });
});

afterAll(async () => {
  await bed.stop();
});

/** Every page by its address, with something that is only there when it has all its data. */
const pages: readonly (readonly [name: string, path: string, shows: string])[] = [
  ["apps", "/", "shop"],
  ["new-app", "/new", "Drop a folder here"],
  ["app-overview", "/apps/shop", "What runs"],
  ["app-deployments", "/apps/shop/deployments", "succeeded"],
  ["app-releases", "/apps/shop/releases", "Release 1"],
  ["app-config", "/apps/shop/config", "GREETING"],
  ["app-domains", "/apps/shop/domains", "given by the server"],
  ["app-processes", "/apps/shop/processes", "ticker.0"],
  ["app-logs", "/apps/shop/logs", "tick 1"],
  ["app-git-empty", "/apps/shop/git", "Nothing was pushed yet."],
  ["app-previews-none", "/apps/shop/previews", "This app has no previews"],
  ["app-settings-plain", "/apps/shop/settings", "Danger zone"],
  ["deployment", "/apps/shop/deployments/1", "Release 1 serves users."],
  ["store", "/store", "The whole store"],
  ["plugins", "/plugins", "Add a plug-in"],
  ["users", "/users", "somebody.with.a.long.name@example.org"],
  ["audit", "/audit", "user.add"],
  ["health", "/health", "Package set"],
  ["account", "/account", "Password"],
  ["not-found", "/no/such/page", "There is no such page"],
  ["app-missing", "/apps/nothing", "nothing"],
];

describe("every page reads well at both widths, light and dark", () => {
  it.each(pages)("%s", async (name, path, shows) => {
    await page.goto(path);
    await page.getByText(shows).filter({ visible: true }).first().waitFor();
    await settled(page);
    expect(await look(page, name)).toEqual([]);
    expect(await page.title()).toMatch(/ · Hop3$/);
  });

  it("sign-in", async () => {
    const stranger = await bed.open();
    await stranger.goto("/");
    await stranger.getByRole("heading", { name: "Sign in to Hop3" }).waitFor();
    expect(await look(stranger, "sign-in")).toEqual([]);
  });
});

describe("by keyboard", () => {
  it("skips the menu, and comes to every part of it", async () => {
    await page.goto("/");
    await page.getByRole("heading", { name: "shop" }).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(page.url()).toBe(`${bed.origin}/#content`);
    await page.goto("/health");
    await page.getByRole("heading", { name: "This server" }).waitFor();
    const users = page.getByRole("link", { name: "Users" });
    await users.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Users" }).waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("Users");
    await page.goBack();
    await page.getByRole("heading", { name: "This server" }).waitFor();
  });
});

describe("a link", () => {
  it("leads to the top of a page", async () => {
    await page.goto("/account");
    await page.getByRole("heading", { name: "Signed in at" }).scrollIntoViewIfNeeded();
    expect(await page.evaluate(() => window.scrollY)).toBeGreaterThan(0);
    await page.getByRole("link", { name: "Health" }).click();
    await page.getByRole("heading", { name: "This server" }).waitFor();
    expect(await page.evaluate(() => window.scrollY)).toBe(0);
  });
});

describe("the theme", () => {
  it("is what the system wants, until another is chosen, which stays", async () => {
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const [light, dark] = ["rgb(246, 247, 249)", "rgb(20, 22, 26)"];
    await page.goto("/");
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await ground()).toBe(dark);
    await page.getByLabel("Theme").selectOption("light");
    expect(await ground()).toBe(light);
    await page.reload();
    await page.getByRole("heading", { name: "shop" }).waitFor();
    expect(await ground()).toBe(light);
    await page.getByLabel("Theme").selectOption("system");
    expect(await ground()).toBe(dark);
    await page.emulateMedia({ colorScheme: "light" });
  });
});

describe("a question before something is lost", () => {
  it("reads well, and is closed by Escape", async () => {
    await page.goto("/apps/shop/settings");
    await page.getByRole("button", { name: "Destroy shop" }).click();
    const dialog = page.getByRole("dialog", { name: "Destroy shop?" });
    await dialog.waitFor();
    expect(await look(page, "app-destroy")).toEqual([]);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect((await bed.server.get("shop")).status).toBe(200);
  });
});

describe("a plug-in that comes as a tarball", () => {
  const add = async (parts: PackageParts) => {
    await page.goto("/plugins");
    await page.getByLabel("Add a tarball").setInputFiles(await packPlugin(parts));
  };
  const hello = `import { definePlugin } from "hop3/plugin";
export default definePlugin({ name: "hop3-hello", toolchains: [
  { name: "hello", detect: () => ({ fits: false, reason: "no" }), tools: async () => [], build: async () => ({}) },
] });`;

  it("is named with its state, and can be removed", async () => {
    await add({ name: "hop3-hello", source: hello });
    await page.getByText("hop3-hello is added; restart the server").waitFor();
    await page.getByRole("heading", { name: "hop3-hello" }).waitFor();
    expect(await look(page, "plugins-added")).toEqual([]);
    await page.getByRole("button", { name: "Remove" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await page.getByText("hop3-hello is removed").waitFor();
  });

  it("is refused with the reason where it does not load", async () => {
    await add({ name: "hop3-broken", source: `throw new Error("no way");` });
    await page.getByRole("status").getByText("no way").first().waitFor();
    expect(await page.getByRole("heading", { name: "hop3-broken" }).count()).toBe(0);
  });
});

describe("an address with markup in it", () => {
  it.each([
    `/apps/${encodeURIComponent(markup)}`,
    `/apps/${encodeURIComponent(markup)}/config`,
    `/apps/shop/deployments/${encodeURIComponent(markup)}`,
    `/welcome#${markup}`,
  ])("%s is shown as text", async (path) => {
    await page.goto(path);
    await page.getByRole("alert").first().waitFor();
    expect(await page.locator("img[src=x]").count()).toBe(0);
  });
});

describe("the pages", () => {
  it("do nothing that a browser complains about", () => {
    expect(bed.faults).toEqual([]);
  });
});
