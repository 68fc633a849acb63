import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeTree, pageFiles } from "../../server/test/support/apps.ts";
import { makeCheckout } from "../../server/test/support/git.ts";
import { markup, tickingApp } from "./support/ticking-app.ts";
import { password, settled, startWebBed, type WebBed } from "./support/web-bed.ts";

let bed: WebBed;
let page: Page;
const domain = "<img src=x onerror=alert(7)>.example.org";
/** What strangers try to have ada's browser ask for. */
const restarts = async () => {
  const path = "/apps/shop/deployments";
  const { deployments } = await bed.server.json<{ deployments: { kind: string }[] }>("GET", path);
  return deployments.filter(({ kind }) => kind === "restart").length;
};

beforeAll(async () => {
  bed = await startWebBed("web-attacks", `[plugins]\nload = ["${await evilPlugin()}"]\n`);
  await bed.server.deployed(
    "shop",
    await tickingApp("the shop"),
    `?revision=${encodeURIComponent(markup)}`,
  );
  await push();
  page = await bed.openAs("ada", { role: "owner" });
});

afterAll(async () => {
  await bed.stop();
});

/** A plug-in that fails with markup in every word it says. */
async function evilPlugin(): Promise<string> {
  const dir = await mkdtemp("/tmp/hop3-evil-");
  const about = {
    name: "hop3-evil",
    version: "1.0.0",
    type: "module",
    exports: "./index.js",
    description: markup,
    peerDependencies: { hop3: ">=0.1.0 <1.0.0" },
  };
  await writeFile(join(dir, "package.json"), JSON.stringify(about));
  await writeFile(join(dir, "index.js"), `throw new Error(${JSON.stringify(markup)});`);
  return dir;
}

/** A commit whose author, message and file names are markup. */
async function push(): Promise<void> {
  const token = (await readFile(join(bed.server.home, "token"), "utf8")).trim();
  const work = await makeCheckout("main", {
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "http.extraHeader",
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${btoa(`x:${token}`)}`,
    GIT_AUTHOR_NAME: markup,
  });
  await work.commit({ ...pageFiles("pushed"), "<img src=x onerror=alert(3)>.txt": "x" }, markup);
  const pushed = await work.git("push", `${bed.origin}/git/pushed.git`, "main");
  expect(pushed.exitCode, pushed.text).toBe(0);
}

/** The page of an app, which anybody may have written, on another port of the name that the page has, or elsewhere. */
async function evilPage(where: "same site" | "another site"): Promise<Page> {
  const other = await page.context().newPage();
  const host = where === "same site" ? "127.0.0.1" : "shop.localhost";
  await other.goto(`http://${host}:${bed.server.routerPort}/`);
  return other;
}

describe("words of strangers", () => {
  it("are refused where a name is wanted", async () => {
    const name = encodeURIComponent("<script>alert(1)</script>");
    const values = { "A<script>": "1" };
    const answers = await Promise.all([
      bed.server.api("PATCH", `/apps/${name}/config`, { values: { A: "1" } }),
      bed.server.api("PATCH", "/apps/shop/config", { values }),
      bed.server.api("POST", "/users", { name: "<b>eve</b>", password, roles: [] }),
      bed.server.api("POST", "/apps/shop/domains", { domain }),
      bed.server.api("POST", "/tokens", { name: markup }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([422, 422, 422, 422, 422]);
  });

  it("are text in a failed deployment", async () => {
    const nix = `{ pkgs }: { package = throw "${markup}"; }\n`;
    const failed = await bed.server.deployed("shop", await makeTree({ "hop3.nix": nix }));
    await page.goto(`/apps/shop/deployments/${failed.id}`);
    await page.getByRole("alert").getByText(markup).first().waitFor();
  });

  it("are text in logs and values", async () => {
    await bed.server.json("PATCH", "/apps/shop/config", {
      values: { COLOUR: markup },
      apply: false,
    });
    await page.goto("/apps/shop/logs");
    await page.getByRole("log").getByText(markup).first().waitFor();
    await page.goto("/apps/shop/config");
    await page.getByLabel("Show values").check();
    await page.getByText(markup).first().waitFor();
  });

  it("are text in sessions, plug-ins and the audit log", async () => {
    const credentials = { name: "ada", password };
    const headers = {
      "user-agent": markup,
      origin: bed.origin,
      "content-type": "application/json",
    };
    const sent = { method: "POST", headers, body: JSON.stringify(credentials) };
    expect((await fetch(`${bed.origin}/api/v1/sign-in`, sent)).status).toBe(200);
    await page.goto("/account");
    await page.getByText(markup).waitFor();
    await page.goto("/plugins");
    await page.getByText(markup).first().waitFor();
    // What was refused above, with what it was to be called.
    await page.goto("/audit");
    await page.getByText(domain).first().waitFor();
  });

  it("are text wherever the server passes them on, links included", async () => {
    const other = await page.context().newPage();
    await other.route("**/api/v1/**", async (route) => {
      const { method, url } = { method: route.request().method(), url: route.request().url() };
      if (method !== "GET" || /\/(events|stream)\b/.test(url)) return route.continue();
      const response = await route.fetch();
      if (!(response.headers()["content-type"] ?? "").includes("json"))
        return route.fulfill({ response });
      await route.fulfill({ response, json: poisoned(await response.json()) });
    });
    const tabs = ["/deployments", "/releases", "/config", "/domains", "/git", "/previews"];
    const pages = ["/", "/catalogue", "/catalogue/landing-page", "/plugins", "/users", "/audit"];
    const more = ["/account", "/health", "/apps/shop/releases/1", "/apps/shop/releases/1/closure"];
    const paths = [...pages, ...more, ...tabs.map((tab) => `/apps/shop${tab}`)];
    let clicks = 0;
    for (const path of paths) {
      await other.goto(path);
      await settled(other);
      for (const link of await other.locator("a[href^='javascript:' i]").all()) {
        await link.click();
        clicks += 1;
      }
    }
    await other.close();
    expect(clicks).toBeGreaterThan(3);
    const refused = /Running the JavaScript URL violates the following Content Security Policy/;
    expect(bed.faults.splice(0).filter((fault) => !refused.test(fault))).toEqual([]);
  });

  it("have done nothing", () => expect(bed.faults).toEqual([]));
});

const poison: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      "title",
      "summary",
      "description",
      "license",
      "reason",
      "detail",
      "hint",
      "message",
      "text",
      "agent",
    ]
      .concat([
        "branch",
        "before",
        "after",
        "target",
        "actor",
        "label",
        "help",
        "command",
        "revision",
      ])
      .map((key) => [key, markup]),
  ),
  homepage: "javascript:alert(4)//",
  url: "javascript:alert(5)//",
};

let poisons = 0;

/** Never the same words twice: what told things apart still does. */
function poisonOf(key: string, word: string): string {
  const found = poison[key];
  return found === undefined ? word : `${found}${poisons++}`;
}

/** The answer with other words in it: what a server would say that has been told lies. */
function poisoned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(poisoned);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      typeof each === "string" ? poisonOf(key, each) : poisoned(each),
    ]),
  );
}

describe("the page", () => {
  it("runs and loads nothing but what is the server's", async () => {
    const own = await page.context().newPage();
    await own.goto("/");
    const refused = await own.evaluate(async () => {
      const found: string[] = [];
      document.addEventListener("securitypolicyviolation", (event) =>
        found.push(event.effectiveDirective),
      );
      const add = (name: string, values: Record<string, string>) =>
        document.body.append(Object.assign(document.createElement(name), values));
      add("script", { textContent: "window.evil = 1" });
      add("script", { src: "http://shop.localhost/evil.js" });
      add("img", { src: "http://shop.localhost/evil.png" });
      add("iframe", { src: "http://shop.localhost/" });
      add("style", { textContent: "body { display: none }" });
      add("base", { href: "http://shop.localhost/" });
      document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.evil = 2'>");
      await fetch("http://shop.localhost/evil").catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 500));
      return [`evil ${"evil" in window}`, ...new Set(found)].sort();
    });
    expect(refused).toEqual([
      "base-uri",
      "connect-src",
      "evil false",
      "frame-src",
      "img-src",
      "script-src-attr",
      "script-src-elem",
      "style-src-elem",
    ]);
    await own.close();
  });

  it("has a cookie that no script sees", async () => {
    const cookies = await page.context().cookies(bed.origin);
    expect(cookies).toMatchObject([{ name: "hop3", httpOnly: true, sameSite: "Lax", path: "/" }]);
    expect(await page.evaluate(() => document.cookie)).toBe("");
  });

  it("leads nowhere else, whatever its address says", async () => {
    for (const path of ["//evil.example/x", "/sign-in?next=//evil.example"]) {
      const stranger = await bed.open();
      await stranger.goto(`${bed.origin}${path}`);
      await stranger.getByLabel("Name").fill("ada");
      await stranger.getByLabel("Password").fill(password);
      await stranger.getByRole("button", { name: "Sign in", exact: true }).click();
      await stranger.getByRole("navigation", { name: "Main" }).waitFor();
      expect(new URL(stranger.url()).origin).toBe(bed.origin);
      await stranger.context().close();
    }
  });
});

describe.each(["same site", "another site"] as const)("a page of %s", (where) => {
  it("cannot make a browser that is signed in change anything", async () => {
    const evil = await evilPage(where);
    await evil.evaluate(async (origin) => {
      const target = `${origin}/api/v1/apps/shop/restart`;
      const kinds = ["text/plain", "application/x-www-form-urlencoded", "application/json"];
      const asks = kinds.flatMap((type) =>
        (["no-cors", "cors"] as const).map((mode) =>
          fetch(target, {
            method: "POST",
            mode,
            credentials: "include",
            headers: { "content-type": type },
            body: "{}",
          }),
        ),
      );
      await Promise.allSettled(asks);
      navigator.sendBeacon(target, "{}");
    }, bed.origin);
    await evil.evaluate((origin) => {
      const form = Object.assign(document.createElement("form"), {
        method: "post",
        action: `${origin}/api/v1/apps/shop/restart`,
        enctype: "text/plain",
      });
      document.body.append(form);
      form.submit();
    }, bed.origin);
    await evil.waitForURL(`${bed.origin}/**`);
    expect(await evil.textContent("body")).toMatch(/FOREIGN_ORIGIN|NOT_SIGNED_IN/);
    expect(await restarts()).toBe(0);
    await evil.close();
  });

  it("reads nothing: no answer, no events, no socket, no frame", async () => {
    const evil = await evilPage(where);
    const heard = await evil.evaluate(async (origin) => {
      const api = `${origin}/api/v1`;
      const found: string[] = [];
      await fetch(`${api}/identity`, { credentials: "include" }).then(
        () => found.push("an answer"),
        () => {},
      );
      const ended = (source: EventTarget, what: string) =>
        new Promise<void>((resolve) => {
          source.addEventListener("open", () => {
            found.push(what);
            resolve();
          });
          source.addEventListener("error", () => resolve());
        });
      await ended(new EventSource(`${api}/events`, { withCredentials: true }), "events");
      await ended(new WebSocket(`${api.replace("http", "ws")}/events`), "a socket");
      const frame = Object.assign(document.createElement("iframe"), { src: `${origin}/` });
      document.body.append(frame);
      return found;
    }, bed.origin);
    expect(heard).toEqual([]);
    const framed = () => evil.frames()[1]?.url() ?? "";
    await expect.poll(framed, { timeout: 30_000 }).toMatch(/^chrome-error:/);
    await evil.close();
  });
});
