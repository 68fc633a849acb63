import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { look } from "./support/look.ts";
import { markup, tickingApp } from "./support/ticking-app.ts";
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

const log = () => page.getByRole("log", { name: "Log of shop" });

const logText = async () => (await log().textContent()) ?? "";
/** What every deployment that went well says at its end. */
const served = () => page.getByText(/^Release \d+ serves users\.$/);

/** The greatest number that the worker has counted to in what the page shows. */
async function lastTick(): Promise<number> {
  const ticks = [...(await logText()).matchAll(/tick (\d+)/g)];
  return Number(ticks.at(-1)?.[1] ?? 0);
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
    await upload(await tickingApp("the first text"), "shop");
    await served().waitFor();
    expect(await look(page, "deployment")).toEqual([]);
    await page.getByRole("link", { name: "Open the app" }).click();
    await page.getByText("the first text").waitFor();
    await page.goBack();
    await served().waitFor();
  });

  it("explains a deployment that fails, and leaves what runs alone", async () => {
    await upload(brokenApp, "shop");
    const failure = page.getByRole("alert");
    await failure.getByText("hop3.nix:5:14", { exact: true }).waitFor();
    await failure.getByText("undefined variable 'busybox'").first().waitFor();
    expect(await look(page, "deployment-failed")).toEqual([]);
    expect((await bed.server.get("shop")).text).toContain("the first text");
  });
});

describe("an app that runs", () => {
  it("shows its log as it is written, as text", async () => {
    await page.goto("/apps/shop/logs");
    await log().getByText(markup).waitFor();
    const before = await lastTick();
    await expect.poll(lastTick).toBeGreaterThan(before);
    await page.getByLabel("Search").fill("onerror");
    await expect.poll(logText).not.toMatch(/tick \d/);
    expect(await logText()).toContain(markup);
    await page.getByLabel("Search").fill("");
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByText("paused").waitFor();
  });

  it("gets a changed config, which is text as well", async () => {
    await page.goto("/apps/shop/config");
    await page.getByLabel("Name", { exact: true }).fill("COLOUR");
    await page.getByLabel("Value", { exact: true }).fill(markup);
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByRole("button", { name: "Apply now" }).click();
    await served().waitFor();
    await page.goto("/apps/shop/logs");
    await log().getByText(`tick 1 ${markup}`).first().waitFor();
    await page.goto("/apps/shop/config");
    await page.getByLabel("Show values").check();
    await page.getByRole("cell", { name: markup }).waitFor();
  });

  it("gets a new text, and goes back to the old one", async () => {
    await upload(await tickingApp("the second text"), "shop");
    await served().waitFor();
    expect((await bed.server.get("shop")).text).toContain("the second text");
    await page.goto("/apps/shop/releases");
    const first = page.getByRole("article").filter({
      has: page.getByRole("heading", { name: "Release 1", exact: true }),
    });
    await first.getByRole("button", { name: "Go back to this" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Go back" }).click();
    await page.getByRole("heading", { name: /^Deployment \d+$/ }).waitFor();
    await served().waitFor();
    expect((await bed.server.get("shop")).text).toContain("the first text");
  });

  it("goes when its name is typed", async () => {
    await page.goto("/apps/shop/settings");
    await page.getByRole("button", { name: "Destroy shop" }).click();
    const dialog = page.getByRole("dialog");
    expect(await dialog.getByRole("button", { name: "Destroy" }).isDisabled()).toBe(true);
    await dialog.getByLabel("Type shop to go on").fill("shop");
    await dialog.getByRole("button", { name: "Destroy" }).click();
    await page.getByRole("heading", { name: "No apps yet" }).waitFor();
  });
});

describe("the pages", () => {
  it("do nothing that a browser complains about", () => {
    expect(bed.faults).toEqual([]);
  });
});
