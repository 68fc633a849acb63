import { existsSync, readFileSync } from "node:fs";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import {
  type AppDetail,
  type CatalogueIndex,
  type ConfigEntry,
  DeploymentSummary,
  loadConfig,
  type Problem,
  type RecipeDetail,
  type RecipeList,
} from "@hop3/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findBuiltInCatalogue } from "../src/catalogue/store.ts";
import { hop3 } from "./support/cli.ts";
import { type Publisher, startPublisher } from "./support/publisher.ts";
import { useTestServer } from "./support/use-test-server.ts";

const dir = findBuiltInCatalogue();
const index = JSON.parse(readFileSync(join(dir, "index.json"), "utf8")) as CatalogueIndex;

/** Another catalogue, which begins as a copy of the built-in one. */
let publisher: Publisher;

beforeAll(async () => {
  publisher = await startPublisher();
  await cp(dir, publisher.dir, { recursive: true });
});

afterAll(() => publisher.stop());

const server = useTestServer("catalogue", {
  settings: async () => `[catalogue]\nurl = "${publisher.url}"\nkey = "${await publish()}"\n`,
});

async function install(recipe: string, body: object): Promise<DeploymentSummary> {
  const answer = await server.json("POST", `/catalogue/${recipe}/install`, body);
  return await server.ended(DeploymentSummary.parse(answer).id);
}

/** Writes and signs the index of what the publisher has; returns the public key. */
async function publish(): Promise<string> {
  const where = [
    publisher.dir,
    "--name",
    "ours",
    "--key",
    join(publisher.dir, ".key.pem"),
    "--json",
  ];
  const { stdout, stderr } = await hop3({ home: publisher.dir }, "catalogue", "index", ...where);
  expect(stderr).toBe("");
  return (JSON.parse(stdout) as { keys: [string] }).keys[0];
}

async function publishFile(path: string, change: (text: string) => string): Promise<void> {
  const file = join(publisher.dir, path);
  await writeFile(file, change(await readFile(file, "utf8")));
}

/** What a server that speaks no HTTP says to a line; the deployment has said where it listens. */
async function talk({ id }: DeploymentSummary, sent: string): Promise<string> {
  const { text } = await server.api("GET", `/deployments/${id}/events`);
  const [, host = "", port = ""] = /listens on ([\d.]+):(\d+)/.exec(text) ?? [];
  const socket = connect(Number(port), host);
  socket.write(sent);
  for await (const chunk of socket) return String(chunk);
  return "";
}

async function installedOf(app: string): Promise<unknown> {
  const { installed } = await server.json<RecipeList>("GET", "/catalogue");
  return installed.find((each) => each.app === app);
}

async function problem(method: string, path: string, body?: object): Promise<Problem> {
  return JSON.parse((await server.api(method, path, body)).text) as Problem;
}

/** What those say that have no page. */
const spoken: Readonly<Record<string, readonly [string, string]>> = {
  memcached: ["version\r\n", "VERSION 1."],
  redis: ["PING\r\n", "-NOAUTH"],
};

describe("recipes that run here", () => {
  const here = index.recipes.filter(({ sets }) => sets.includes("debian"));

  it("are more than a handful", () => {
    expect(here.length).toBeGreaterThan(12);
    expect(index.recipes.length).toBeGreaterThanOrEqual(20);
  });

  it.each(here.map(({ id }) => id))("%s installs and answers", { timeout: 300_000 }, async (id) => {
    const deployment = await install(id, { app: id, inputs: {} });
    expect(deployment.failure, JSON.stringify(deployment.failure)).toBeUndefined();
    const { config } = loadConfig(readFileSync(join(dir, id, "hop3.toml"), "utf8"));
    const validations = config.test?.validations ?? [];
    for (const { path, status, contains } of validations) {
      const answer = await server.get(id, path);
      expect(answer.status, `${path}: ${answer.text}`).toBe(status ?? 200);
      expect(answer.text).toContain(contains ?? "");
    }
    const [line, said] = spoken[id] ?? [];
    if (line !== undefined) expect(await talk(deployment, line)).toContain(said);
    expect(validations.length > 0 || line !== undefined).toBe(true);
    const detail = await server.json<AppDetail>("GET", `/apps/${id}`);
    expect(detail.processes.every(({ state }) => state === "up")).toBe(true);
    await server.api("DELETE", `/apps/${id}`);
    expect(existsSync(join(server.home, "apps", id)), "nothing is left").toBe(false);
  });

  it("use more templates than one", () => {
    const templates = here.map(({ id }) => {
      const { config } = loadConfig(readFileSync(join(dir, id, "hop3.toml"), "utf8"));
      return config.nix?.template ?? "own expression";
    });
    const wanted = ["nixpkgs-wrapper", "node-source", "php-app", "python-venv", "static-site"];
    expect([...new Set(templates)].sort()).toEqual([...wanted, "own expression"].sort());
  });
});

describe("the catalogue over the API", () => {
  it("lists, searches and counts", async () => {
    const all = await server.json<RecipeList>("GET", "/catalogue");
    expect(all.catalogue).toEqual({ name: "hop3", serial: index.serial, origin: "built-in" });
    expect(all.recipes).toHaveLength(index.recipes.length);
    expect(all.categories[0]?.count).toBeGreaterThan(3);
    const found = await server.json<RecipeList>("GET", "/catalogue?search=sqlite%20browser");
    expect(found.recipes.map(({ id }) => id)).toEqual(["adminer", "phpliteadmin"]);
    const ofCategory = await server.json<RecipeList>("GET", "/catalogue?category=calendar");
    expect(ofCategory.recipes.map(({ id }) => id)).toEqual(["radicale"]);
  });

  it("shows what a recipe asks, and its icon", async () => {
    const recipe = await server.json<RecipeDetail>("GET", "/catalogue/webdav");
    expect(recipe.inputs.map(({ name, type }) => [name, type])).toEqual([
      ["user", "text"],
      ["password", "password"],
      ["domain", "domain"],
    ]);
    const icon = await server.api("GET", "/catalogue/webdav/icon");
    expect(icon.headers["content-type"]).toBe("image/svg+xml");
    expect(icon.headers["content-security-policy"]).toContain("sandbox");
    expect(icon.text).toContain("<svg");
  });

  it("stores answers as config, makes what is not answered, and uses both", async () => {
    const inputs = { title: 'Say "hi" to $HOME', domain: "Page.Example.org" };
    await install("landing-page", { app: "page", inputs });
    expect(JSON.parse((await server.get("page", "/page.json")).text).title).toBe(inputs.title);
    const detail = await server.json<AppDetail>("GET", "/apps/page");
    expect(JSON.stringify(detail)).toContain("page.example.org");
    await install("webdav", { app: "drive", inputs: {} });
    const { entries } = await server.json<{ entries: ConfigEntry[] }>(
      "GET",
      "/apps/drive/config?reveal=true",
    );
    const values = Object.fromEntries(entries.map(({ key, value }) => [key, value]));
    expect(values).toEqual({ RCLONE_USER: "me", RCLONE_PASS: expect.stringMatching(/^\w{24}$/) });
    await install("webdav", { app: "drive", inputs: { user: "you" } });
    const again = await server.json<{ entries: ConfigEntry[] }>(
      "GET",
      "/apps/drive/config?reveal=true",
    );
    expect(again.entries.find(({ key }) => key === "RCLONE_PASS")?.value).toBe(
      values["RCLONE_PASS"],
    );
  });

  it("refuses wrong answers, names that are taken and recipes that are not there", async () => {
    const wrong = { app: "fresh", inputs: { email: "nobody", colour: "red" } };
    expect(await problem("POST", "/catalogue/landing-page/install", wrong)).toMatchObject({
      code: "RECIPE_INPUTS_INVALID",
      title:
        "landing-page cannot be installed with these answers: 'colour' is nothing that it asks; email has to be an e-mail address",
    });
    expect((await server.api("GET", "/apps/fresh")).status).toBe(404);
    const taken = await problem("POST", "/catalogue/webdav/install", { app: "page" });
    expect(taken.title).toBe("page is an app already, and not one made from webdav");
    expect(await problem("GET", "/catalogue/webdaf")).toMatchObject({
      code: "RECIPE_NOT_FOUND",
      hint: "Did you mean webdav?",
    });
    expect((await problem("GET", "/catalogue/..%2f..%2fetc")).code).toBe("RECIPE_NOT_FOUND");
  });
});

describe("an app of a recipe", () => {
  it("stays as it is until somebody brings it up to date, and can be taken back", async () => {
    await install("landing-page", { app: "shop", inputs: { title: "Shop", domain: "shop.test" } });
    const version = JSON.parse((await server.get("shop", "/page.json")).text) as object;
    expect(await installedOf("shop")).toEqual({
      app: "shop",
      recipe: "landing-page",
      version: "1.0",
    });
    await publishFile("landing-page/recipe.toml", (text) => text.replace('"1.0"', '"2.0"'));
    await publishFile("landing-page/hop3.toml", (text) => text.replace('mail = "', 'post = "'));
    await publish();
    const updated = await hop3(server, "catalogue", "update");
    expect(updated.stdout).toContain("Updated to ours");
    expect(await installedOf("shop")).toMatchObject({ version: "1.0", newer: "2.0" });
    expect(JSON.parse((await server.get("shop", "/page.json")).text)).toEqual(version);
    const listed = await hop3(server, "catalogue", "installed");
    expect(listed.stdout).toMatch(/shop +landing-page +1\.0 +has 2\.0/);
    await install("landing-page", { app: "shop" });
    expect(JSON.parse((await server.get("shop", "/page.json")).text)).toEqual({
      title: "Shop",
      text: "This page is new.",
      post: "",
    });
    const { domains } = await server.json<AppDetail>("GET", "/apps/shop");
    expect(domains).toContain("shop.test");
    expect(await installedOf("shop")).not.toHaveProperty("newer");
    const back = await hop3(server, "rollback", "--app", "shop");
    expect(back.exitCode, back.stderr).toBe(0);
    expect(JSON.parse((await server.get("shop", "/page.json")).text)).toEqual(version);
    expect(await installedOf("shop")).toMatchObject({ version: "1.0", newer: "2.0" });
  });

  it("counts as up to date where the newer recipe comes to the same", async () => {
    await publishFile("landing-page/hop3.toml", (text) => `# Said once more.\n${text}`);
    await publish();
    await hop3(server, "catalogue", "update");
    await install("landing-page", { app: "shop" });
    expect(await installedOf("shop")).not.toHaveProperty("newer");
  });

  it("runs on where the catalogue has its recipe no more", async () => {
    await rm(join(publisher.dir, "landing-page"), { recursive: true });
    await publish();
    const { stdout } = await hop3(server, "catalogue", "update");
    expect(stdout).toMatch(/removed +landing-page/);
    expect((await server.get("shop")).status).toBe(200);
    expect(await installedOf("shop")).toEqual({
      app: "shop",
      recipe: "landing-page",
      version: "2.0",
    });
    expect((await problem("POST", "/catalogue/landing-page/install", { app: "shop" })).code).toBe(
      "RECIPE_NOT_FOUND",
    );
  });

  it("is destroyed with all that it was asked, and begins anew", async () => {
    const passwordOf = async (): Promise<string> => {
      const { stdout } = await hop3(
        server,
        "config",
        "list",
        "--reveal",
        "--app",
        "drive",
        "--json",
      );
      return stdout;
    };
    const before = await passwordOf();
    const destroyed = await hop3(server, "destroy", "drive", "--yes");
    expect(destroyed.exitCode).toBe(0);
    expect((await server.get("drive")).status).toBe(404);
    expect(existsSync(join(server.home, "apps/drive"))).toBe(false);
    await install("webdav", { app: "drive" });
    const after = await passwordOf();
    expect(after).toContain("RCLONE_PASS");
    expect(after).not.toBe(before);
  });
});
