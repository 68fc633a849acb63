import { readFileSync } from "node:fs";
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
import { describe, expect, it } from "vitest";
import { findBuiltInCatalogue } from "../src/catalogue/store.ts";
import { useTestServer } from "./support/use-test-server.ts";

const dir = findBuiltInCatalogue();
const index = JSON.parse(readFileSync(join(dir, "index.json"), "utf8")) as CatalogueIndex;

const server = useTestServer("catalogue");

async function install(recipe: string, body: object): Promise<DeploymentSummary> {
  const answer = await server.json("POST", `/catalogue/${recipe}/install`, body);
  return await server.ended(DeploymentSummary.parse(answer).id);
}

async function problem(method: string, path: string, body?: object): Promise<Problem> {
  return JSON.parse((await server.api(method, path, body)).text) as Problem;
}

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
    const detail = await server.json<AppDetail>("GET", `/apps/${id}`);
    expect(detail.processes.every(({ state }) => state === "up")).toBe(true);
    await server.api("DELETE", `/apps/${id}`);
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
    const update = await problem("POST", "/catalogue/update");
    expect(update.code).toBe("CATALOGUE_NOT_CONFIGURED");
  });
});
