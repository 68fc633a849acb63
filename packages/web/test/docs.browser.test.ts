import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { look } from "./support/look.ts";
import { startWebBed, type WebBed } from "./support/web-bed.ts";

let bed: WebBed;
let page: Page;

beforeAll(async () => {
  bed = await startWebBed("web-docs");
  page = await bed.open();
});

afterAll(async () => {
  await bed.stop();
});

describe("the documentation reads well at both widths, light and dark", () => {
  it.each([
    ["docs-home", "/docs/"],
    ["docs-guide", "/docs/get-started/developers.html"],
    ["docs-table", "/docs/coming-from/heroku.html"],
    ["docs-reference", "/docs/reference/hop3-toml.html"],
    ["docs-missing", "/docs/guides/nothing.html"],
  ])("%s", async (name, path) => {
    await page.goto(path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    expect(await look(page, name)).toEqual([]);
  });
});

describe("the documentation", () => {
  it("is found by its words, at the place itself", async () => {
    await page.goto("/docs/languages/go.html");
    await page.getByRole("searchbox").fill("drain-timeout");
    await page.keyboard.press("Enter");
    await page.getByText(/^\d+ places$/).waitFor();
    expect(await look(page, "docs-search")).toEqual([]);
    await page.getByRole("link", { name: "Zero downtime: What happens at a switch" }).click();
    await page.waitForURL(/\/docs\/guides\/zero-downtime\.html#what-happens-at-a-switch$/);
    await page.goBack();
    await page.getByRole("searchbox").fill("no such words anywhere");
    await page.getByText("0 places").waitFor();
  });

  it("keeps the theme that was chosen, also for the web page beside it", async () => {
    await page.goto("/docs/");
    await page.getByRole("button", { name: "Theme: system" }).click();
    await page.getByRole("button", { name: "Theme: light" }).click();
    await page.goto("/docs/reference/api.html");
    await page.getByRole("button", { name: "Theme: dark" }).waitFor();
    const colour = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(await colour()).toBe("rgb(20, 22, 26)");
    await page.getByRole("button", { name: "Theme: dark" }).click();
    expect(await colour()).toBe("rgb(246, 247, 249)");
  });

  it("gives what is to be typed, without the prompt and the answer", async () => {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.goto("/docs/languages/static.html");
    const block = page.locator("figure.code", { hasText: "404" }).first();
    await block.hover();
    await block.getByRole("button", { name: "Copy" }).click();
    await block.getByRole("button", { name: "Copied" }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toMatch(/^curl --silent [^\n]*$/);
  });

  it("shows in its list of pages where the reader is", async () => {
    await page.goto("/docs/reference/errors.html");
    const list = page.getByRole("navigation", { name: "Pages" });
    const current = list.getByRole("link", { name: "Errors", exact: true });
    const [box, frame] = [await current.boundingBox(), await list.boundingBox()];
    expect(box?.y).toBeGreaterThan(frame?.y ?? Number.POSITIVE_INFINITY);
    expect(box?.y).toBeLessThan((frame?.y ?? 0) + (frame?.height ?? 0));
  });

  it("has its list of pages behind a button on a phone", async () => {
    const phone = await bed.open({ width: 390 });
    await phone.goto("/docs/");
    const list = phone.getByRole("navigation", { name: "Pages" });
    expect(await list.isVisible()).toBe(false);
    await phone.getByRole("button", { name: "Pages" }).click();
    await list.getByRole("link", { name: "Python" }).click();
    await phone.getByRole("heading", { level: 1, name: "Python" }).waitFor();
  });

  it("does nothing that a browser complains about", () => {
    expect(bed.faults).toEqual([]);
  });
});
