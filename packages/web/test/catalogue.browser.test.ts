import type { RecipeList } from "@hop3/core";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { look } from "./support/look.ts";
import { startWebBed, type WebBed } from "./support/web-bed.ts";

let bed: WebBed;
let page: Page;

beforeAll(async () => {
  bed = await startWebBed("web-catalogue");
  page = await bed.openAs("dora", { role: "developer" });
});

afterAll(async () => {
  await bed.stop();
});

const served = () => page.getByText(/^Release \d+ serves users\.$/);
const cards = () => page.getByRole("main").locator("a.recipe");

describe("an app of the catalogue", () => {
  it("is four clicks away from whoever has just signed in", async () => {
    let clicks = 0;
    const click = async (target: Locator) => {
      clicks += 1;
      await target.click();
    };
    await page.goto("/");
    await click(page.getByRole("link", { name: "Open the catalogue" }));
    await click(cards().filter({ hasText: "Landing page" }));
    await page.getByLabel("Title").fill("<b>Ada's</b> page");
    await click(page.getByRole("button", { name: "Install" }));
    await served().waitFor({ timeout: 120_000 });
    await click(page.getByRole("link", { name: "Open the app" }));
    await page.getByRole("heading", { name: "<b>Ada's</b> page" }).waitFor();
    expect(clicks).toBe(4);
  });

  it("keeps its answers as config, and its name to itself", async () => {
    await page.goto("/apps/landing-page/config");
    await page.getByRole("cell", { name: "PAGE_TITLE", exact: true }).waitFor();
    await page.goto("/catalogue/landing-page");
    const name = page.getByLabel("Name of the app");
    await expect.poll(() => name.inputValue()).toBe("landing-page-2");
    await name.fill("landing-page");
    await page.getByText("There is an app landing-page already.").waitFor();
    expect(await page.getByRole("button", { name: "Install" }).isDisabled()).toBe(true);
  });
});

describe("an app whose recipe has changed", () => {
  it("is brought up to date from the page of the recipe", async () => {
    await page.route("**/api/v1/catalogue", async (route) => {
      const answer = await route.fetch();
      const list = (await answer.json()) as RecipeList;
      const installed = list.installed.map((each) => ({ ...each, newer: "2.0" }));
      await route.fulfill({ json: { ...list, installed } });
    });
    await page.goto("/catalogue");
    await cards()
      .filter({ hasText: "Landing page" })
      .getByText("update", { exact: true })
      .waitFor();
    await cards().filter({ hasText: "Landing page" }).click();
    await page.getByRole("heading", { name: "Installed already" }).waitFor();
    expect(await look(page, "recipe-newer")).toEqual([]);
    await page.unroute("**/api/v1/catalogue");
    await page.getByRole("button", { name: "Update to 2.0" }).click();
    await page.getByText("Nothing had changed: what runs goes on.").waitFor();
    await page.goto("/catalogue/landing-page");
    await page.getByRole("heading", { name: "Installed already" }).waitFor();
    expect(await page.getByRole("button", { name: /^Update/ }).count()).toBe(0);
  });
});

describe("the catalogue", () => {
  it("is searched by words and by category", async () => {
    await page.goto("/catalogue");
    await cards().first().waitFor();
    expect(await look(page, "catalogue")).toEqual([]);
    const all = await cards().count();
    await page.getByLabel("Search").fill("landing");
    await expect.poll(() => cards().count()).toBe(1);
    await cards().click();
    await page.getByRole("heading", { name: "Landing page" }).waitFor();
    await page.goBack();
    await expect.poll(() => page.getByLabel("Search").inputValue()).toBe("landing");
    await page.getByLabel("Search").fill("");
    await page.getByLabel("Category").selectOption("website");
    await expect.poll(() => cards().count()).toBeLessThan(all);
    await page.getByLabel("Search").fill("no such thing");
    await page.getByText("Nothing fits").waitFor();
  });

  it("says what the server cannot install, and why an answer is refused", async () => {
    await page.goto("/catalogue");
    await cards().first().waitFor();
    await page.getByLabel("Only what runs on this server").uncheck();
    await cards().filter({ hasText: "not on this server" }).first().click();
    await page.getByText("does not have all that it needs").waitFor();
    expect(await page.getByRole("button", { name: "Install" }).isDisabled()).toBe(true);
    expect(await look(page, "recipe-not-here")).toEqual([]);
    await page.goto("/catalogue/landing-page");
    await page.getByLabel("Own address").fill("not a host name");
    await page.getByRole("button", { name: "Install" }).click();
    await page.getByRole("alert").getByText("host name").first().waitFor();
    expect(await look(page, "recipe-refused")).toEqual([]);
  });

  it("lets viewers look, and no more", async () => {
    const viewer = await bed.openAs("vera", { role: "viewer" });
    await viewer.goto("/catalogue/landing-page");
    await viewer.getByText("Your role does not let you install an app.").waitFor();
    expect(await viewer.getByRole("button", { name: "Install" }).isDisabled()).toBe(true);
  });
});

describe("the pages", () => {
  it("do nothing that a browser complains about", () => {
    expect(bed.faults).toEqual([]);
  });
});
