import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pageApp } from "../../server/test/support/apps.ts";
import { type BedRole, password, settled, startWebBed, type WebBed } from "./support/web-bed.ts";

let bed: WebBed;

beforeAll(async () => {
  bed = await startWebBed("web-roles");
  await bed.server.deployed("shop", await pageApp("the shop"));
  await bed.server.deployed("blog", await pageApp("the blog"));
});

afterAll(async () => {
  await bed.stop();
});

interface Case {
  readonly name: string;
  readonly role: BedRole;
  readonly apps: readonly string[];
  /** Entries of the main menu. */
  readonly menu: readonly string[];
  readonly config: boolean;
  readonly destroy: boolean;
  readonly invite: boolean;
  /** What the server says to a change of config, whatever the page shows. */
  readonly changes: number;
}

const everything = ["Apps", "Catalogue", "Store", "Plug-ins", "Users", "Audit log", "Health"];
const cases: readonly Case[] = [
  {
    name: "olga",
    role: { role: "owner" },
    apps: ["blog", "shop"],
    menu: everything,
    config: true,
    destroy: true,
    invite: true,
    changes: 200,
  },
  {
    name: "otto",
    role: { role: "operator" },
    apps: ["blog", "shop"],
    menu: everything,
    config: true,
    destroy: true,
    invite: false,
    changes: 200,
  },
  {
    name: "dora",
    role: { role: "developer" },
    apps: ["blog", "shop"],
    menu: ["Apps", "Catalogue", "Store", "Plug-ins", "Health"],
    config: true,
    destroy: false,
    invite: false,
    changes: 200,
  },
  {
    name: "vera",
    role: { role: "viewer" },
    apps: ["blog", "shop"],
    menu: ["Apps", "Catalogue", "Store", "Plug-ins", "Health"],
    config: false,
    destroy: false,
    invite: false,
    changes: 403,
  },
  {
    name: "sam",
    role: { role: "developer", app: "shop" },
    apps: ["shop"],
    menu: ["Apps", "Catalogue"],
    config: true,
    destroy: false,
    invite: false,
    changes: 200,
  },
];

/** As a script in the page would: with its cookie, from its origin. */
function ask(page: Page, call: string, body?: unknown): Promise<number> {
  const [method = "", path = ""] = call.split(" ");
  return page.evaluate(
    async ([verb, url, text]) => {
      const headers = { "content-type": "application/json" };
      const answer = await fetch(url, { method: verb, ...(text && { headers, body: text }) });
      return answer.status;
    },
    [method, `/api/v1${path}`, body === undefined ? "" : JSON.stringify(body)] as const,
  );
}

describe.each(cases)("$name", (one) => {
  let page: Page;
  beforeAll(async () => {
    page = await bed.openAs(one.name, one.role);
  });

  it("sees its apps and its part of the menu", async () => {
    await settled(page);
    const links = page.getByRole("main").getByRole("link", { name: /^(shop|blog)$/ });
    await links.first().waitFor();
    expect((await links.allInnerTexts()).toSorted()).toEqual(one.apps);
    const menu = page.getByRole("navigation", { name: "Main" }).getByRole("link");
    expect(await menu.allInnerTexts()).toEqual(one.menu);
    expect(await page.getByRole("link", { name: "New app" }).count()).toBe(Number(one.config));
  });

  it("is offered what it may do", async () => {
    await page.goto("/apps/shop/config");
    await page.getByText("No config is stored").waitFor();
    expect(await page.getByRole("button", { name: "Add", exact: true }).count()).toBe(
      Number(one.config),
    );
    await page.goto("/apps/shop/settings");
    await page.getByRole("heading", { name: "Rollout" }).waitFor();
    await settled(page);
    const destroy = page.getByRole("button", { name: "Destroy shop" });
    expect(await destroy.count()).toBe(Number(one.destroy));
    if (!one.menu.includes("Users")) return;
    await page.goto("/users");
    await page.getByRole("heading", { name: "olga" }).waitFor();
    expect(await page.getByRole("button", { name: "Make a link", exact: true }).count()).toBe(
      Number(one.invite),
    );
  });

  it("is refused the rest by the server", async () => {
    const config = { values: { SEEN: null }, apply: false };
    expect(await ask(page, "PATCH /apps/shop/config", config)).toBe(one.changes);
    const another = one.apps.includes("blog") ? 200 : 404;
    expect([another, 403]).toContain(await ask(page, "GET /apps/blog"));
    expect(await ask(page, "GET /users")).toBe(one.menu.includes("Users") ? 200 : 403);
    expect(await ask(page, "POST /invites", {})).toBe(one.invite ? 422 : 403);
  });

  it("reads why a page that it was not offered stays closed", async () => {
    if (one.menu.includes("Users")) return;
    await page.goto("/users");
    await page.getByRole("alert").waitFor();
    expect(await page.getByRole("alert").textContent()).toContain("may not");
  });
});

describe("a stranger", () => {
  it("meets the sign-in at every address, and is sent on to it afterwards", async () => {
    const page = await bed.open();
    await page.goto("/apps/shop/logs");
    await page.getByRole("heading", { name: "Sign in to Hop3" }).waitFor();
    expect(page.url()).toBe(`${bed.origin}/apps/shop/logs`);
    await page.getByLabel("Name").fill("vera");
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("alert").waitFor();
  });

  it("cannot make somebody's browser ask for a change from another site", async () => {
    const page = await bed.openAs("olga", { role: "owner" });
    // The app's own page is another origin, which the browser says with what it sends.
    await page.goto(`http://shop.localhost:${bed.server.routerPort}/`);
    const sent = await page.evaluate(async (url) => {
      const answer = fetch(url, { method: "POST", mode: "no-cors", credentials: "include" });
      return answer.then(({ type }) => type);
    }, `${bed.origin}/api/v1/apps/shop/restart`);
    expect(sent).toBe("opaque");
    const { deployments } = await bed.server.json<{ deployments: { kind: string }[] }>(
      "GET",
      "/apps/shop/deployments",
    );
    expect(deployments.map(({ kind }) => kind)).not.toContain("restart");
  });
});

describe("an owner", () => {
  it("invites somebody, who gets in by the link, once", async () => {
    const page = await bed.openAs("olga", { role: "owner" });
    await page.goto("/users");
    await page.getByLabel("Name").fill("nina");
    const form = page.locator("section").filter({ hasText: "Invite somebody" });
    await form.getByLabel("For", { exact: true }).selectOption("shop");
    await form.getByRole("button", { name: "Make a link", exact: true }).click();
    const card = page.getByRole("article").filter({ hasText: "invited" });
    await card.getByText("developer of shop").waitFor();
    const link = await page.getByLabel("The link", { exact: true }).inputValue();
    const guest = await bed.open();
    await guest.goto(link);
    await guest.getByText("You sign in as nina.").waitFor();
    await guest.getByLabel("Password").fill(password);
    await guest.getByRole("button", { name: "Go on" }).click();
    await guest.getByRole("link", { name: "shop", exact: true }).waitFor();
    await card.waitFor({ state: "detached" });
    const another = await bed.open();
    await another.goto(link);
    await another.getByRole("alert").waitFor();
  });

  it("withdraws an invitation", async () => {
    const page = await bed.openAs("olga", { role: "owner" });
    await page.goto("/users");
    await page.getByLabel("Name").fill("nils");
    await page.getByRole("button", { name: "Make a link", exact: true }).click();
    const link = await page.getByLabel("The link", { exact: true }).inputValue();
    await page.getByRole("button", { name: "Withdraw the invitation of nils" }).click();
    await page.getByRole("button", { name: "Withdraw", exact: true }).click();
    await page.getByRole("heading", { name: "nils", exact: true }).waitFor({ state: "detached" });
    const guest = await bed.open();
    await guest.goto(link);
    await guest.getByRole("alert").waitFor();
  });

  it("gives and takes roles, which counts at once", async () => {
    const page = await bed.openAs("olga", { role: "owner" });
    const vera = await bed.openAs("vera", { role: "viewer" });
    await page.goto("/users");
    const card = page.getByRole("article").filter({
      has: page.getByRole("heading", { name: "vera", exact: true }),
    });
    await vera.goto("/");
    await card.getByLabel("For", { exact: true }).selectOption("blog");
    await card.getByRole("button", { name: "Give vera this role" }).click();
    await card.getByText("developer of blog").waitFor();
    const change = { values: { SEEN: null }, apply: false };
    expect(await ask(vera, "PATCH /apps/blog/config", change)).toBe(200);
    expect(await ask(vera, "PATCH /apps/shop/config", change)).toBe(403);
    await card.getByRole("button", { name: "Take away: developer of blog" }).click();
    await card.getByText("developer of blog").waitFor({ state: "detached" });
    expect(await ask(vera, "PATCH /apps/blog/config", change)).toBe(403);
  });

  it("lets somebody choose a new password, and removes somebody", async () => {
    const page = await bed.openAs("olga", { role: "owner" });
    await page.goto("/users");
    const card = page.getByRole("article").filter({
      has: page.getByRole("heading", { name: "nina", exact: true }),
    });
    await card.getByRole("button", { name: "Make a link for a new password" }).click();
    const link = await card.getByLabel("The link for nina").inputValue();
    const guest = await bed.open();
    await guest.goto(link);
    await guest.getByRole("heading", { name: "Choose a new password" }).waitFor();
    await card.getByRole("button", { name: "Remove" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await card.waitFor({ state: "detached" });
    await page.goto("/audit");
    await page.getByLabel("Who").fill("olga");
    for (const action of ["user.invite", "user.role", "user.reset", "user.remove"]) {
      await page.getByText(action, { exact: true }).first().waitFor();
    }
  });
});

describe("the pages", () => {
  it("do nothing that a browser complains about", () => {
    expect(bed.faults).toEqual([]);
  });
});
