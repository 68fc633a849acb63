import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pageApp } from "../../server/test/support/apps.ts";
import { look } from "./support/look.ts";
import { password, startWebBed, type WebBed } from "./support/web-bed.ts";

const brokenApp = join(import.meta.dirname, "../../../examples/broken/undefined-variable");

let bed: WebBed;
let page: Page;

beforeAll(async () => {
  bed = await startWebBed("web-journey");
  page = await bed.open();
});

afterAll(async () => {
  await bed.stop();
});

/** Chooses a directory as an upload, and waits for what becomes of it. */
async function upload(directory: string, name: string): Promise<void> {
  await page.goto("/new");
  await page.getByLabel("Choose a folder").setInputFiles(directory);
  await page.getByLabel("Name of the app").fill(name);
  await page.getByRole("button", { name: "Deploy", exact: true }).click();
  await page.getByRole("heading", { name: /^Deployment \d+$/ }).waitFor();
}

describe("from an empty server to an app and back", () => {
  it("makes the first account by the link of the start", async () => {
    await page.goto(await bed.firstLink());
    await page.getByRole("heading", { name: "Welcome to Hop3" }).waitFor();
    expect(page.url()).toBe(`${bed.origin}/welcome`);
    expect(await look(page, "welcome")).toEqual([]);
    await page.getByLabel("Name").fill("ada");
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByRole("heading", { name: "No apps yet" }).waitFor();
    expect(await look(page, "apps-empty")).toEqual([]);
  });

  it("deploys a folder to an address that answers", async () => {
    await upload(await pageApp("the first text"), "shop");
    await page.getByText("Release 1 serves users.").waitFor();
    expect(await look(page, "deployment")).toEqual([]);
    await page.getByRole("link", { name: "Open the app" }).click();
    await page.getByText("the first text").waitFor();
    await page.goBack();
    await page.getByText("Release 1 serves users.").waitFor();
  });

  it("explains a deployment that fails, and leaves what runs alone", async () => {
    await upload(brokenApp, "shop");
    const failure = page.getByRole("alert");
    await failure.getByText("hop3.nix:5").waitFor();
    expect(await look(page, "deployment-failed")).toEqual([]);
    expect((await bed.server.get("shop")).text).toContain("the first text");
  });
});

describe("the pages", () => {
  it("do nothing that a browser complains about", () => {
    expect(bed.faults).toEqual([]);
  });
});
