import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeTree } from "../../server/test/support/apps.ts";
import { look } from "./support/look.ts";
import { tickingApp } from "./support/ticking-app.ts";
import { startWebBed, type WebBed } from "./support/web-bed.ts";

let bed: WebBed;
let page: Page;

beforeAll(async () => {
  bed = await startWebBed("web-releases");
  await bed.server.deployed("shop", await tickingApp("the shop"));
  await bed.server.json("PATCH", "/apps/shop/config", {
    values: { GREETING: "a secret word" },
    apply: false,
  });
  await bed.server.deployed("shop", await tickingApp("the shop, changed"));
  page = await bed.openAs("ada", { role: "owner" });
});

afterAll(async () => {
  await bed.stop();
});

describe("two releases", () => {
  it("are compared, names only", async () => {
    await page.goto("/apps/shop/releases");
    await page.getByRole("button", { name: "Compare" }).click();
    await page.getByRole("heading", { name: "Release 1 to 2" }).waitFor();
    await page.getByText("The files differ.").waitFor();
    await page.getByText("GREETING").waitFor();
    expect(await page.getByText("a secret word").count()).toBe(0);
    expect(await look(page, "release-compare")).toEqual([]);
  });
});

describe("one release", () => {
  it("says what it is made of and what the build said", async () => {
    await page.goto("/apps/shop/releases");
    await page.getByRole("link", { name: "Release 1", exact: true }).click();
    await page.getByRole("heading", { name: "What it is made of" }).waitFor();
    await page.getByText("Build log").click();
    await page.locator("details pre").waitFor();
    expect(await look(page, "release")).toEqual([]);
  });

  it("is built a second time, and found the same", async () => {
    await page.getByRole("button", { name: "Verify" }).click();
    await page.getByText("All of it came out the same").waitFor({ timeout: 120_000 });
    await page.getByText("reproducible", { exact: true }).waitFor();
    await page.goto("/apps/shop/releases");
    await page.getByText("reproducible", { exact: true }).waitFor();
  });

  it("is downloaded as one file", async () => {
    await page.goto("/apps/shop/releases/2");
    const begun = page.waitForEvent("download", { timeout: 120_000 });
    await page.getByRole("button", { name: "Download" }).click();
    const download = await begun;
    expect(download.suggestedFilename()).toBe("shop-2.tar");
    expect(await download.failure()).toBeNull();
  });

  it("shows its weight, and why a part of it is there", async () => {
    await page.getByRole("link", { name: /store paths$/ }).click();
    await page.getByRole("heading", { name: "What release 2 weighs" }).waitFor();
    await page.getByLabel("Search paths").fill("busybox");
    await page
      .getByRole("cell", { name: /^busybox/ })
      .getByRole("button")
      .first()
      .click();
    await page.getByRole("heading", { name: /^Why .*busybox.* is there$/ }).waitFor();
    await page.getByRole("listitem").filter({ hasText: "Release 2" }).waitFor();
    await page.getByLabel("Search paths").fill("");
    expect(await look(page, "closure")).toEqual([]);
  });
});

describe("the number of instances", () => {
  const workers = () => page.getByRole("form", { name: "Workers" });

  it("goes up and down, and shows what becomes of it", async () => {
    await page.goto("/apps/shop/processes");
    await page.getByRole("cell", { name: "web.0" }).waitFor();
    await page.getByRole("button", { name: "One web more" }).click();
    await page.getByRole("button", { name: "One web more" }).click();
    await page.getByLabel("Instances of ticker").fill("0");
    await page.getByText("ticker 1 → 0, web 1 → 3").waitFor();
    expect(await look(page, "app-processes-draft")).toEqual([]);
    await page.getByRole("button", { name: "Apply" }).click();
    await workers().getByText("3 of 3 up").waitFor();
    await page.getByRole("cell", { name: "web.2" }).waitFor();
    await page.getByRole("cell", { name: "ticker.0" }).waitFor({ state: "detached" });
    await workers().getByText("stopped").waitFor();
    expect(await page.getByRole("button", { name: "Apply" }).count()).toBe(0);
    expect(await look(page, "app-processes-scaled")).toEqual([]);
    expect(await bed.server.json("GET", "/apps/shop/processes")).toMatchObject({
      workers: [
        { worker: "ticker", stored: 0, up: 0 },
        { worker: "web", stored: 3, up: 3 },
      ],
    });
  });

  it("goes back to what the release says", async () => {
    await page.getByRole("button", { name: "Use that for web" }).click();
    await page.getByText("web 3 → 1").waitFor();
    await page.getByRole("button", { name: "Use that for ticker" }).click();
    await page.getByRole("button", { name: "Apply" }).click();
    await workers().getByText("1 of 1 up").nth(1).waitFor();
    expect(await workers().getByText("as the release says").count()).toBe(2);
  });

  it("is looked at, not changed, by a viewer", async () => {
    const viewer = await bed.openAs("vera", { role: "viewer" });
    await viewer.goto("/apps/shop/processes");
    await viewer.getByRole("form", { name: "Workers" }).waitFor();
    expect(await viewer.getByLabel("Instances of web").isDisabled()).toBe(true);
    expect(await viewer.getByRole("button", { name: "One web more" }).isDisabled()).toBe(true);
  });
});

describe("a command", () => {
  it("runs in the environment of the release, and shows what it prints and how it ends", async () => {
    await page.goto("/apps/shop/processes");
    await page.getByLabel("Command").fill('echo "I am $HOP3_ROLE of $HOP3_APP"; exit 3');
    const button = page.getByRole("button", { name: "Run", exact: true });
    await button.click();
    await page.getByText("Ended with exit code 3.").waitFor();
    await page.getByRole("log").getByText("I am run of shop").waitFor();
    // It was disabled meanwhile.
    const isFocused = () => button.evaluate((shown) => shown === document.activeElement);
    await expect.poll(isFocused).toBe(true);
    expect(await look(page, "app-processes-run")).toEqual([]);
  });

  it("is not offered to a viewer", async () => {
    const viewer = await bed.openAs("vic", { role: "viewer" });
    await viewer.goto("/apps/shop/processes");
    await viewer.getByRole("form", { name: "Workers" }).waitFor();
    expect(await viewer.getByLabel("Command").count()).toBe(0);
  });
});

describe("a release of a local build", () => {
  it("weighs its directory and its tools, each with the reason", async () => {
    const files = { "index.html": "local", "hop3.toml": '[build]\nmethod = "local"\n' };
    await bed.server.deployed("pages", await makeTree(files));
    await page.goto("/apps/pages/releases/1/closure");
    const part = (name: string | RegExp) =>
      page.getByRole("button", { name }).filter({ visible: true });
    await part("index.html").last().click();
    await page.getByText("The build has left it in the directory of the release.").waitFor();
    await part(/^busybox/)
      .last()
      .click();
    await page.getByRole("heading", { name: /^Why busybox.* is there$/ }).waitFor();
    await page.getByRole("listitem").filter({ hasText: "Release 1" }).waitFor();
    expect(await look(page, "closure-local")).toEqual([]);
  });
});

describe("settings", () => {
  it("say how a release comes to its users, and which branch is deployed", async () => {
    await page.goto("/apps/shop/settings");
    await page.getByText("the old release serves until the new one answers").waitFor();
    await page.goto("/apps/shop/git");
    await page.getByLabel("Deploy branch").fill("no..branch");
    await page.getByRole("button", { name: "Change" }).click();
    await page.getByRole("alert").getByText("is not the name of a branch").waitFor();
    await page.getByLabel("Deploy branch").fill("production");
    await page.getByRole("button", { name: "Change" }).click();
    await page.getByText("Pushes to production are deployed from now on").waitFor();
    expect(await bed.server.json("GET", "/apps/shop/git")).toMatchObject({ branch: "production" });
  });
});

describe("on a phone", () => {
  it("shows which part of the app is open", async () => {
    const phone = await bed.openAs("pia", { role: "owner" }, { width: 390 });
    await phone.goto("/apps/shop/settings");
    const open = phone.getByRole("link", { name: "Settings" });
    await open.waitFor();
    await expect.poll(async () => (await open.boundingBox())?.x ?? 1000).toBeLessThan(390 - 60);
  });

  it("has the menu behind a button, which Escape closes", async () => {
    const phone = await bed.openAs("pia", { role: "owner" }, { width: 390 });
    await phone.goto("/store");
    const menu = phone.getByRole("navigation", { name: "Main" });
    expect(await menu.isVisible()).toBe(false);
    await phone.getByRole("button", { name: "Menu" }).click();
    await menu.waitFor();
    await phone.keyboard.press("Escape");
    await menu.waitFor({ state: "hidden" });
    await phone.getByRole("button", { name: "Menu" }).click();
    await menu.getByRole("link", { name: "Catalogue" }).click();
    await phone.getByRole("heading", { name: "Catalogue" }).waitFor();
    expect(await menu.isVisible()).toBe(false);
  });
});

describe("the other parts of an app read well", () => {
  it.each(["metrics", "addons"])("%s", async (tab) => {
    await page.goto(`/apps/shop/${tab}`);
    await page.getByText("Loading…").waitFor({ state: "detached" });
    expect(await look(page, `app-${tab}`)).toEqual([]);
  });
});

describe("the pages", () => {
  it("do nothing that a browser complains about", () => {
    expect(bed.faults).toEqual([]);
  });
});
