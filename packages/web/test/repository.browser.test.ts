import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pageFiles } from "../../server/test/support/apps.ts";
import {
  type ForgeServer,
  githubPush,
  type SentDelivery,
  serveForge,
} from "../../server/test/support/forge.ts";
import { type Checkout, makeCheckout, runGit } from "../../server/test/support/git.ts";
import { look } from "./support/look.ts";
import { password, startWebBed, type WebBed } from "./support/web-bed.ts";

let bed: WebBed;
let page: Page;
let root = "";
let forge: ForgeServer;
let work: Checkout;
let receiver: Server;
let told = "";
/** What the page has shown once. */
let hook = { url: "", secret: "" };

const files = {
  ...pageFiles("from the forge"),
  "hop3.toml": '[deploy]\npreview = true\n\n[env]\nCOLOUR = "blue"\n',
};

beforeAll(async () => {
  bed = await startWebBed("web-repository", '[hooks]\ninternal-hosts = ["127.0.0.1"]\n');
  root = await mkdtemp("/tmp/hop3-forge-");
  forge = await serveForge(root, password);
  await runGit(["init", "--quiet", "--bare", "-b", "main", "web.git"], { cwd: root });
  work = await makeCheckout();
  await work.git("remote", "add", "forge", join(root, "web.git"));
  receiver = createServer((_request, response) => response.end("ok")).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  const bound = receiver.address();
  if (bound === null || typeof bound === "string") throw new Error("no port");
  told = `http://127.0.0.1:${bound.port}/hook`;
  page = await bed.openAs("olga", { role: "owner" });
});

afterAll(async () => {
  forge?.close();
  receiver?.close();
  await bed?.stop();
  await rm(root, { recursive: true, force: true });
});

async function deliver({ headers, body }: SentDelivery): Promise<number> {
  const url = `${bed.origin}${new URL(hook.url).pathname}`;
  return (await fetch(url, { method: "POST", headers, body })).status;
}

describe("a repository at a forge", () => {
  let commit = "";

  const connect = async (token: string) => {
    await page.getByLabel("Address of the repository").fill(`${forge.url}/web.git`);
    await page.getByText("It is not public, and read by https").click();
    await page.getByLabel("Token or password").fill(token);
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await page.getByLabel("Secret of the webhook").waitFor();
  };
  const disconnect = async () => {
    await page.getByRole("button", { name: `Disconnect ${forge.url}/web.git` }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Disconnect" }).click();
    await page.getByText("is not heard any more").first().waitFor();
  };

  it("says at once that a token is wrong", async () => {
    commit = await work.commit(files);
    await work.git("push", "forge", "HEAD:main");
    await page.goto("/new?way=repository");
    await page.getByLabel("Name of the app").fill("web");
    await page.getByRole("button", { name: "Show how" }).click();
    await connect("not the token");
    await page.getByRole("alert").waitFor();
    expect(await look(page, "new-app-connected")).toEqual([]);
    await page.goto("/apps/web/git");
    await disconnect();
  });

  it("is connected, and its secret is shown once", async () => {
    await page.goto("/apps/web/git");
    await connect(password);
    const secret = page.getByLabel("Secret of the webhook");
    const url = page.getByLabel("Address of the webhook", { exact: true });
    hook = { url: await url.inputValue(), secret: await secret.inputValue() };
    await page.goto("/apps/web/git");
    await page.getByText("Nothing has come yet.").waitFor();
    expect(await secret.count()).toBe(0);
  });

  it("is deployed when the forge tells of a push, which is listed as it comes", async () => {
    expect(await deliver(githubPush({ branch: "main", commit }, "a wrong secret"))).toBe(401);
    const push = githubPush({ branch: "main", commit, delivery: "2" }, hook.secret);
    expect(await deliver(push)).toBe(202);
    const row = page.getByRole("row").filter({ hasText: "done" });
    await row.getByRole("link").waitFor();
    await page.getByRole("button", { name: "Ask the repository" }).click();
    await page.getByText("The repository answers: main is at").waitFor();
    expect(await look(page, "app-git")).toEqual([]);
    await row.getByRole("link").click();
    await page.getByText("Release 1 serves users.").waitFor();
    expect((await bed.server.get("web")).text).toContain("from the forge");
  });

  it("shows another branch for a while", async () => {
    await page.goto("/apps/web/previews");
    await page.getByRole("heading", { name: "No previews yet" }).waitFor();
    const { url } = await bed.server.json<{ url: string }>("GET", "/apps/web/git");
    const remote = new URL(url);
    [remote.username, remote.password] = ["olga", password];
    await work.commit({ ...files, ...pageFiles("another branch") });
    const pushed = await work.git("push", remote.href, "HEAD:topic");
    expect(pushed.exitCode, pushed.text).toBe(0);
    const card = page.getByRole("article").filter({ hasText: "topic" });
    await card.getByText("in 7 days").waitFor();
    await page.getByLabel("How long web--topic stays").selectOption("30");
    await page.getByRole("button", { name: "Keep web--topic" }).click();
    await card.getByText("in 30 days").waitFor();
    expect(await look(page, "app-previews")).toEqual([]);
    await card.getByRole("link", { name: "topic", exact: true }).click();
    await page.getByText("preview of").waitFor();
    expect(await page.getByRole("link", { name: "Previews" }).count()).toBe(0);
    await page.goto("/apps/web/previews");
    await page.getByRole("button", { name: "Remove web--topic" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await page.getByRole("heading", { name: "No previews yet" }).waitFor();
  });

  it("is heard no more once it is disconnected", async () => {
    await page.goto("/apps/web/git");
    await disconnect();
    const late = githubPush({ branch: "main", commit: "0".repeat(40), delivery: "9" }, hook.secret);
    expect(await deliver(late)).toBe(404);
  });
});

describe("somebody who is told of deployments", () => {
  it("is added with a secret that is shown once, tried, and removed", async () => {
    await page.goto("/apps/web/settings");
    await page.getByLabel("Address to tell").fill(told);
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByLabel("Secret of the notifications").waitFor();
    await page.getByRole("button", { name: `Try it: ${told}` }).click();
    await page.getByText("delivered").waitFor();
    await page.getByRole("button", { name: /^Send again: notice \d+$/ }).click();
    await page.getByText("It is on its way again").waitFor();
    expect(await look(page, "app-settings")).toEqual([]);
    await page.getByRole("button", { name: `Remove ${told}` }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await page.getByRole("button", { name: `Try it: ${told}` }).waitFor({ state: "detached" });
  });

  it("is no business of those who may not configure the app", async () => {
    const viewer = await bed.openAs("vera", { role: "viewer" });
    await viewer.goto("/apps/web/settings");
    await viewer.getByRole("heading", { name: "Rollout" }).waitFor();
    expect(await viewer.getByRole("heading", { name: "Notifications" }).count()).toBe(0);
    await viewer.goto("/apps/web/git");
    await viewer.getByText("Pushes to main are deployed.").waitFor();
    expect(await viewer.getByRole("button", { name: "Connect" }).count()).toBe(0);
  });
});

describe("config", () => {
  const row = (name: string) => page.getByRole("row").filter({ hasText: name });

  it("is gathered, stored for later, and then applied", async () => {
    await page.goto("/apps/web/config");
    await page.getByText("COLOUR", { exact: true }).waitFor();
    const name = page.getByLabel("Name", { exact: true });
    await name.fill("1BAD");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByText("not a digit first").waitFor();
    await name.fill("GREETING");
    await page.getByLabel("Value", { exact: true }).fill("hello");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await row("GREETING").getByText("to be added").waitFor();
    await page.getByText("Paste a .env file").click();
    await page.getByLabel("Names and values").fill('KEY="two\\nlines"\nCOLOUR=red');
    await page.getByRole("button", { name: "Take these" }).click();
    await page.getByText("3 changes not stored yet").waitFor();
    expect(await look(page, "app-config-changes")).toEqual([]);
    await page.getByRole("button", { name: "Undo KEY" }).click();
    await page.getByRole("button", { name: "Store for later" }).click();
    await page.getByText("The app does not run with this yet").waitFor();
    await page.getByText("stands in both places").waitFor();
    await page.getByRole("button", { name: "Apply now" }).click();
    await page.getByText(/^Release \d+ serves users\.$/).waitFor();
  });

  it("is changed and removed by name", async () => {
    await page.goto("/apps/web/config");
    await page.getByRole("button", { name: "Remove COLOUR" }).click();
    await row("COLOUR").getByText("to be removed").waitFor();
    await page.getByRole("button", { name: "Change GREETING" }).click();
    await page.getByLabel("Value", { exact: true }).fill("good evening");
    await page.getByRole("button", { name: "Change", exact: true }).click();
    await row("GREETING").getByText("to be changed").waitFor();
    await page.getByRole("button", { name: "Apply now" }).click();
    await page.getByText(/^Release \d+ serves users\.$/).waitFor();
    await page.goto("/apps/web/config");
    await page.getByLabel("Show values").check();
    await row("GREETING").getByText("good evening").waitFor();
    expect(await page.getByText("The app does not run with this yet").count()).toBe(0);
  });
});

describe("the pages", () => {
  it("do nothing that a browser complains about", () => {
    expect(bed.faults).toEqual([]);
  });
});
